"""A record in Learning Object Metadata (IEEE 1484.12.1, XML binding 1484.12.3), which repositories of learning harvest.

What a rule inferred is in it as a classification whose source says so; all else is printed, or stated by a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from web.export.catalogued import Catalogued, licence_address
from web.export.dublin_core import LABELS, XSI

LOM_PREFIX = "oai_lom"
LOM_NAMESPACE = "http://ltsc.ieee.org/xsd/LOM"
LOM_SCHEMA = "http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd"
SOURCE = "LOMv1.0"
STATED = "Practice knowledge base"
INFERRED = "Practice knowledge base: inferred by a rule, not stated in the handbook"
"""Sources of classifications."""
_ROLES = {
    "Students": "learner",
    "Doctoral candidates": "learner",
    "Teaching staff": "teacher",
    "Teaching support staff": "teacher",
    "Administrative staff": "manager",
    "Policymakers": "manager",
}
"""Target groups, as their labels are in English -> LOM 5.5."""
_HIGHER = frozenset({"Bachelor", "Master", "Doctorate"})
"""Levels that are higher education, LOM 5.6."""
_PURPOSES = (("theme", "idea"), ("discipline", "discipline"), ("level", "educational level"))
"""Facets -> LOM 9.1."""


def lom(about: Catalogued, year: str) -> ET.Element:
    """The categories as far as something is known, in the standard's order."""
    root = ET.Element(
        "lom",
        {
            "xmlns": LOM_NAMESPACE,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{LOM_NAMESPACE} {LOM_SCHEMA}",
        },
    )
    _general(root, about)
    _life_cycle(root, about, year)
    meta = ET.SubElement(root, "metaMetadata")
    _put(meta, "metadataSchema", SOURCE)
    technical = ET.SubElement(root, "technical")
    _put(technical, "format", "text/html")
    _put(technical, "location", about.url)
    _educational(root, about)
    _rights(root, about)
    _relation(root, "ispartof", about.book.url, about.book.title, about.book.language)
    for tool in about.tools:
        _relation(root, "references", tool)
    for facet, purpose in _PURPOSES:
        _classification(root, purpose, STATED, about.told(facet))
        _classification(root, purpose, INFERRED, about.inferred(facet))
    return root


def _general(root: ET.Element, about: Catalogued) -> None:
    general = ET.SubElement(root, "general")
    _identifier(general, about.url)
    _strings(general, "title", about.title, about.language)
    _put(general, "language", about.language)
    if about.summary:
        _strings(general, "description", about.summary, about.language)
    for topic in about.topics:
        _strings(general, "keyword", topic, LABELS)
    for country in about.told("country"):
        _strings(general, "coverage", country, LABELS)


def _life_cycle(root: ET.Element, about: Catalogued, year: str) -> None:
    """Who contributed: the institutions that tell of their practice, and whose handbook it is."""
    book = about.book
    shares = [("author", name, True) for name in about.told("institution")]
    shares += [("editor", name, False) for name in book.told("author")]
    shares += [("publisher", name, True) for name in book.told("publisher")]
    if year and not book.told("publisher"):
        shares.append(("publisher", "", True))
    if not shares:
        return
    cycle = ET.SubElement(root, "lifeCycle")
    for role, name, is_organisation in shares:
        contribute = ET.SubElement(cycle, "contribute")
        _vocabulary(contribute, "role", role)
        if name:
            _put(contribute, "entity", vcard(name, is_organisation))
        if role == "publisher" and year:
            _put(ET.SubElement(contribute, "date"), "dateTime", year)


def _educational(root: ET.Element, about: Catalogued) -> None:
    roles = dict.fromkeys(_ROLES[group] for group in about.told("target_group") if group in _ROLES)
    is_higher = not _HIGHER.isdisjoint(about.told("level"))
    if roles or is_higher:
        educational = ET.SubElement(root, "educational")
        for role in roles:
            _vocabulary(educational, "intendedEndUserRole", role)
        if is_higher:
            _vocabulary(educational, "context", "higher education")


def _rights(root: ET.Element, about: Catalogued) -> None:
    if licence := about.book.first("licence"):
        rights = ET.SubElement(root, "rights")
        address = licence_address(licence)
        if address:
            _vocabulary(rights, "copyrightAndOtherRestrictions", "no" if "publicdomain" in address else "yes")
        _strings(rights, "description", f"{licence}: {address}" if address else licence, about.book.language)


def _relation(root: ET.Element, kind: str, address: str, title: str = "", language: str = "") -> None:
    relation = ET.SubElement(root, "relation")
    _vocabulary(relation, "kind", kind)
    resource = ET.SubElement(relation, "resource")
    _identifier(resource, address)
    if title:
        _strings(resource, "description", title, language)


def _classification(root: ET.Element, purpose: str, source: str, values: Iterable[str]) -> None:
    values = tuple(values)
    if values:
        found = ET.SubElement(root, "classification")
        _vocabulary(found, "purpose", purpose)
        for value in values:
            path = ET.SubElement(found, "taxonPath")
            _strings(path, "source", source, LABELS)
            _strings(ET.SubElement(path, "taxon"), "entry", value, LABELS)


def vcard(name: str, is_organisation: bool) -> str:
    """A vCard 3.0 (RFC 2426) of somebody of whom no more than a name is known."""
    escaped = name.replace("\\", "\\\\").replace("\n", " ").replace(",", "\\,").replace(";", "\\;")
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{escaped}", f"N:{'' if is_organisation else escaped};;;;"]
    lines += [f"ORG:{escaped}"] if is_organisation else []
    return "\n".join([*lines, "END:VCARD"])


def _identifier(parent: ET.Element, address: str) -> None:
    identifier = ET.SubElement(parent, "identifier")
    _put(identifier, "catalog", "URI")
    _put(identifier, "entry", address)


def _strings(parent: ET.Element, name: str, text: str, language: str) -> None:
    ET.SubElement(ET.SubElement(parent, name), "string", language=language).text = text


def _vocabulary(parent: ET.Element, name: str, value: str) -> None:
    found = ET.SubElement(parent, name)
    _put(found, "source", SOURCE)
    _put(found, "value", value)


def _put(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
