"""The licence that a handbook states, in the words of any language, under its short name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.page import Line
from kb import Facet, Origin
from kb.words import Pattern

_REACH = 4  # lines over which the words of one licence run; by eye
_SHORT = re.compile(
    r"\bCC[\s-]?BY(?P<parts>(?:[\s-]*(?:NC|SA|ND)\b){0,3})[\s-]*(?:v\.?\s?)?(?P<version>\d\.\d)?|\bCC[\s-]?0\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licen[sc]es/(?P<parts>by(?:-(?:nc|sa|nd))*)/(?P<version>\d\.\d)|(?P<zero>publicdomain/zero))",
    re.IGNORECASE,
)
_LONG = Pattern(r"Creative\sCommons\b(?P<words>.{0,140})", re.IGNORECASE | re.DOTALL)
_PARTS = (
    ("NC", Pattern(r"<<licence.nc>>|\bNC\b")),
    ("ND", Pattern(r"<<licence.nd>>|\bND\b")),
    ("SA", Pattern(r"<<licence.sa>>|\bSA\b")),
)
_BY = Pattern("<<licence.by>>")
_VERSION = re.compile(r"\b[1-4]\.\d\b")
_OTHERS = re.compile(
    r"\bEUPL(?:\s?v?\.?\s?\d\.\d)?|\bGNU\s(?:\w+\s){0,2}(?:General|Free\sDocumentation)\s(?:Public\s)?Licen[sc]e"
    r"(?:,?\s(?:[vV]ersion\s|v)?\d(?:\.\d)?(?:\s(?:or\shigher|or\s(?:any\s)?later))?)?|\bMIT\sLicen[sc]e|\bApache\sLicen[sc]e"
    r"(?:,?\s(?:[vV]ersion\s)?\d(?:\.\d)?)?|\bOpen\sGovernment\sLicen[sc]e(?:\sv?\d(?:\.\d)?)?|\bLicence\sOuverte"
    r"(?:\s(?:/\sOpen\sLicence)?\s?(?:version\s)?\d\.\d)?"
)
_RESERVED = Pattern(r"<<licence.reserved>>")
_FREE = Pattern(r"<<licence.public>>")
LICENSED = Pattern(r"\blicen[sc]|<<licence.reserved>>")
"""Words that go on about rights, and are no part of a holder's name."""


def found(lines: Sequence[Line]) -> Iterator[Facet]:
    """The first licence that the lines name: `value` its short name, `printed` its words there."""
    for pattern in (_creative, _other, _reserved):
        for number, line in enumerate(lines):
            near = [one.text for one in lines[number : number + _REACH] if one.page == line.page]
            if (hit := pattern(line.text, " ".join(near))) is not None:
                value, printed = hit
                yield Facet("licence", value, Origin.STATED, line.page, printed)
                return


def _creative(text: str, near: str) -> tuple[str, str] | None:
    """A Creative Commons licence by its short name, its address or its words, which may run over lines."""
    if match := _ADDRESS.search(text):
        return (
            "CC0" if match["zero"] else _named(match["parts"][3:].upper().split("-"), match["version"])
        ), match[0]
    if match := _SHORT.search(text):
        if match["parts"] is None:
            return "CC0", match[0]
        return _named(re.findall("[A-Z]{2}", match["parts"].upper()), match["version"]), match[0].strip()
    if (match := _LONG.search(text)) is None or (words := _LONG.search(near)) is None:
        return None
    found_parts = [sign for sign, pattern in _PARTS if pattern.search(words["words"])]
    if not _BY.search(words["words"]) and not found_parts:
        return None
    version = _VERSION.search(words["words"])
    end = version.end() if version else len(match["words"])
    return _named(
        found_parts, version[0] if version else None
    ), f"Creative Commons{words['words'][:end]}".strip()


def _named(parts: Sequence[str], version: str | None) -> str:
    known = "".join(f"-{sign}" for sign in ("NC", "ND", "SA") if sign in parts)
    return " ".join(["CC BY" + known, *([version] if version else [])])


def _other(text: str, near: str) -> tuple[str, str] | None:  # noqa: ARG001 - as its siblings
    match = _OTHERS.search(text) or _FREE.search(text)
    return (match[0], match[0]) if match else None


def _reserved(text: str, near: str) -> tuple[str, str] | None:  # noqa: ARG001 - as its siblings
    match = _RESERVED.search(text)
    return (match[0], match[0]) if match else None
