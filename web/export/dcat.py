"""The library as a catalogue of data sets, one a handbook, in JSON-LD: DCAT 3, in the shape of Europe's DCAT-AP.

Its context stands in it, so that nothing need be fetched to read it.
"""

from __future__ import annotations

from collections.abc import Iterable

from web.export import dublin_core, lom
from web.export.catalogued import CataloguedBook, licence_address
from web.export.exports import Format
from web.export.feed import MEDIA_TYPE
from web.frame import Json, links

DCAT_TYPE = "application/ld+json"
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_CONTEXT: Json = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGES = {
    "en": "ENG", "de": "DEU", "el": "ELL", "es": "SPA", "fr": "FRA", "it": "ITA", "ro": "RON", "sv": "SWE",
}  # fmt: skip
"""As the European Union's list of languages names them."""
_TITLES = {
    Format.CSV: "Table (CSV)",
    Format.XLSX: "Workbook (XLSX)",
    Format.JSON: "JSON",
    Format.BIBTEX: "References (BibTeX)",
    Format.RIS: "References (RIS)",
    Format.CSL: "References (CSL-JSON)",
}
"""The formats that a handbook is distributed in."""


def catalogue(books: Iterable[tuple[CataloguedBook, str]], origin: str, title: str, modified: str) -> Json:
    """The catalogue; each handbook comes with the time since which its records read as they do, "" for none."""
    found = [_dataset(book, changed, origin) for book, changed in books]
    return _filled(
        {
            "@context": _CONTEXT,
            "@id": f"{origin}{links.CATALOGUE}",
            "@type": "dcat:Catalog",
            "dct:title": _words(title, "en"),
            "dct:description": _words(
                "Practices, tools, annexes and sections read from handbooks; every value names the page it stands on.",
                "en",
            ),
            "foaf:homepage": {"@id": f"{origin}/"},
            "dct:modified": _moment(modified),
            "dct:language": [_language(code) for code in _LANGUAGES],
            "dcat:dataset": found,
            "dcat:service": [_harvesting(origin), _asking(origin)],
        }
    )


def _dataset(book: CataloguedBook, modified: str, origin: str) -> Json:
    named = book.first("licence")
    licence = licence_address(named)
    return _filled(
        {
            "@id": f"{book.url}#data",
            "@type": "dcat:Dataset",
            "dct:title": _words(book.title, book.language),
            "dct:description": _words(
                f"Practices, tools, annexes and sections of “{book.title}”, read from edition {book.edition}.",
                "en",
            ),
            "dct:identifier": book.url,
            "dcat:landingPage": {"@id": book.url},
            "dcat:version": str(book.edition),
            "dcat:keyword": [_words(subject, book.language) for subject in book.subjects],
            "dct:language": _language(book.language),
            "dct:publisher": [_agent(name) for name in book.told("publisher")][:1],
            "dct:creator": [_agent(name) for name in book.told("author")],
            "dct:issued": _year(book.first("year")),
            "dct:modified": _moment(modified),
            "dct:license": {"@id": licence} if licence else "",
            "dct:rights": _words(named, book.language) if named and not licence else "",
            "dcat:distribution": [
                *(_file(book, form, title, licence, origin) for form, title in _TITLES.items()),
                _feed(book, origin),
                _harvest(book, licence, origin),
            ],
        }
    )


def _file(book: CataloguedBook, form: Format, title: str, licence: str, origin: str) -> Json:
    address = origin + links.export(links.handbook(book.id), form)
    return _filled(
        {
            "@type": "dcat:Distribution",
            "dct:title": _words(title, "en"),
            "dcat:accessURL": {"@id": book.url},
            "dcat:downloadURL": {"@id": address},
            "dcat:mediaType": _media_type(form.media_type),
            "dct:license": {"@id": licence} if licence else "",
        }
    )


def _feed(book: CataloguedBook, origin: str) -> Json:
    address = f"{origin}{links.changes(book.id)}.atom"
    return {
        "@type": "dcat:Distribution",
        "dct:title": _words("What changes with each edition (Atom)", "en"),
        "dcat:accessURL": {"@id": address},
        "dcat:mediaType": _media_type(MEDIA_TYPE),
    }


def _harvest(book: CataloguedBook, licence: str, origin: str) -> Json:
    asked = f"verb=ListRecords&metadataPrefix={dublin_core.PREFIX}&set=handbook:{book.id}"
    return _filled(
        {
            "@type": "dcat:Distribution",
            "dct:title": _words("OAI-PMH", "en"),
            "dcat:accessURL": {"@id": f"{origin}/oai?{asked}"},
            "dcat:accessService": {"@id": f"{origin}/oai"},
            "dcat:mediaType": _media_type("text/xml"),
            "dct:license": {"@id": licence} if licence else "",
        }
    )


def _harvesting(origin: str) -> Json:
    return {
        "@id": f"{origin}/oai",
        "@type": "dcat:DataService",
        "dct:title": _words("OAI-PMH 2.0", "en"),
        "dcat:endpointURL": {"@id": f"{origin}/oai"},
        "dcat:endpointDescription": {"@id": f"{origin}/oai?verb=Identify"},
        "dct:conformsTo": [{"@id": namespace} for namespace in (dublin_core.NAMESPACE, lom.LOM_NAMESPACE)],
    }


def _asking(origin: str) -> Json:
    return {
        "@id": f"{origin}/api/docs",
        "@type": "dcat:DataService",
        "dct:title": _words("Search and reading, as JSON", "en"),
        "dcat:endpointURL": {"@id": f"{origin}/"},
        "dcat:endpointDescription": {"@id": f"{origin}/api/openapi.json"},
    }


def _agent(name: str) -> Json:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _words(text: str, language: str) -> Json:
    return {"@value": text, "@language": language}


def _moment(stamp: str) -> Json | str:
    return {"@value": stamp, "@type": "xsd:dateTime"} if stamp else ""


def _year(year: str) -> Json | str:
    return {"@value": year, "@type": "xsd:gYear"} if len(year) == 4 and year.isdecimal() else ""


def _language(code: str) -> Json | str:
    return {"@id": f"{_AUTHORITY}/language/{_LANGUAGES[code]}"} if code in _LANGUAGES else ""


def _media_type(name: str) -> Json:
    return {"@id": f"https://www.iana.org/assignments/media-types/{name}"}


def _filled(node: Json) -> Json:
    return {name: value for name, value in node.items() if value not in ("", [])}
