"""A record in simple Dublin Core (oai_dc), the format that every repository and harvester of OAI-PMH knows.

It has no way to mark a value as inferred, so that only what is printed, or stated by a person, is in it.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from web.export.catalogued import Catalogued, licence_address

PREFIX = "oai_dc"
NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
ELEMENTS = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LABELS = "en"
"""The language of values that the vocabulary knows."""


def dublin_core(about: Catalogued, year: str) -> ET.Element:
    """The fifteen elements as far as they are known; `year` is that since which the handbook says this."""
    root = ET.Element(
        "oai_dc:dc",
        {
            "xmlns:oai_dc": NAMESPACE,
            "xmlns:dc": ELEMENTS,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
        },
    )

    def put(name: str, *texts: str, language: str = "") -> None:
        for text in texts:
            if text:
                given = {"xml:lang": language} if language else {}
                ET.SubElement(root, f"dc:{name}", given).text = text

    book = about.book
    put("title", about.title, language=about.language)
    put("creator", *about.told("institution"))
    put("subject", *about.topics, language=LABELS)
    put("description", about.summary, language=about.language)
    put("publisher", *book.told("publisher"))
    put("contributor", *book.told("author"))
    put("date", year)
    put("type", "Text")  # of the DCMI Type Vocabulary
    put("type", about.kind.value, language=LABELS)
    put("format", "text/html")
    put("identifier", about.url)
    put("source", book.title, language=book.language)
    put("language", about.language)
    put("relation", book.url, *about.tools)
    put("coverage", *about.told("country"), language=LABELS)
    for licence in book.told("licence"):
        put("rights", licence, licence_address(licence))
    return root
