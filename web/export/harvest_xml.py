"""Answers of OAI-PMH 2.0 as XML: their frame, headers and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from kb import Handbook
from kb.store import ChronicleEntry
from web.export import dublin_core, lom
from web.export.catalogued import Catalogued, of_record
from web.export.dublin_core import XSI
from web.export.exported import clean

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"


@dataclass(frozen=True, slots=True)
class HarvestFormat:
    """A format that records are harvested in."""

    namespace: str
    schema: str
    write: Callable[[Catalogued, str], ET.Element]


HARVEST_FORMATS: Mapping[str, HarvestFormat] = {
    dublin_core.PREFIX: HarvestFormat(dublin_core.NAMESPACE, dublin_core.SCHEMA, dublin_core.dublin_core),
    lom.LOM_PREFIX: HarvestFormat(lom.LOM_NAMESPACE, lom.LOM_SCHEMA, lom.lom),
}
"""By metadataPrefix."""


def framed(moment: str, address: str, arguments: Mapping[str, str]) -> ET.Element:
    """An answer without its content, at a moment, to a request to an address; its arguments are repeated."""
    root = ET.Element(
        "OAI-PMH", {"xmlns": OAI, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{OAI} {OAI_SCHEMA}"}
    )
    put(root, "responseDate", moment)
    ET.SubElement(root, "request", {name: clean(text) for name, text in arguments.items()}).text = address
    return root


def headed(parent: ET.Element, entry: ChronicleEntry, namespace: str) -> None:
    """Add the header of an entry."""
    given = {} if entry.record is not None else {"status": "deleted"}
    header = ET.SubElement(parent, "header", given)
    put(header, "identifier", f"oai:{namespace}:{entry.id}")
    put(header, "datestamp", entry.stamp)
    put(header, "setSpec", f"handbook:{entry.handbook}")
    if entry.kind is not None:
        put(header, "setSpec", f"kind:{entry.kind}")


def recorded(
    parent: ET.Element,
    entry: ChronicleEntry,
    books: Mapping[str, Handbook],
    namespace: str,
    prefix: str,
    origin: str,
) -> None:
    """Add an entry whole, in a format; `origin` ("https://example.org") goes before each address."""
    record = ET.SubElement(parent, "record")
    headed(record, entry, namespace)
    if entry.record is not None:
        about = of_record(entry.record, books[entry.handbook], origin)
        ET.SubElement(record, "metadata").append(HARVEST_FORMATS[prefix].write(about, clean(entry.year)))


def described(parent: ET.Element, namespace: str) -> None:
    """Add how identifiers are made (oai-identifier)."""
    holder = ET.SubElement(parent, "description")
    found = ET.SubElement(
        holder,
        "oai-identifier",
        {"xmlns": IDENTIFIER, "xsi:schemaLocation": f"{IDENTIFIER} {IDENTIFIER}.xsd"},
    )
    put(found, "scheme", "oai")
    put(found, "repositoryIdentifier", namespace)
    put(found, "delimiter", ":")
    put(found, "sampleIdentifier", f"oai:{namespace}:handbook.a-record")


def put(parent: ET.Element, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
    """Add an element that holds a text, without the characters that XML cannot hold."""
    ET.SubElement(parent, name, dict(attributes or {})).text = clean(text)


def written(root: ET.Element) -> bytes:
    """An XML document in UTF-8."""
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
