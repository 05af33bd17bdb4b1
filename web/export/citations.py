"""Records as references: BibTeX, RIS and CSL-JSON, each a chapter of its handbook.

Only what a page prints, or the library's owner states, is cited: an inferred institution is a note, not an author, and
so is an inferred publisher. Authors, publisher, year and ISBN are the handbook's, as its imprint has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from kb import Origin
from web.export.exported import Exported

_TEX = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_"}
    | {"\\": r"{\textbackslash}", "{": r"{\lbrace}", "}": r"{\rbrace}"}
    | {"~": r"{\textasciitilde}", "^": r"{\textasciicircum}"}
)
"""Braces by name: BibTeX counts them even where a backslash stands before them."""
_LIGATURES = re.compile(r"([-`'])(?=\1)|([!?])(?=`)")
_NOTED = ("doi", "licence")
_TOPICS = ("theme", "discipline", "format", "level", "target_group")


def as_bibtex(items: Iterable[Exported]) -> bytes:
    """An @incollection each, in UTF-8 (biber, BibTeX 0.99d with 8 bits, Zotero, JabRef)."""
    return "\n".join(_bibtex(item) for item in items).encode()


def _bibtex(item: Exported) -> str:
    stated = {
        "author": f"{{{tex(author)}}}" if (author := _author(item)) else "",
        "title": f"{{{tex(item.title)}}}",
        "booktitle": f"{{{tex(item.handbook_title)}}}",
        "bookauthor": " and ".join(f"{{{tex(name)}}}" for name in _cited(item, "author")),
        "publisher": f"{{{tex(name)}}}" if (name := _first(item, "publisher")) else "",
        "year": _first(item, "year"),
        "isbn": tex(_first(item, "isbn")),
        "edition": str(item.edition),
        "pages": tex(_printed(item)).replace("–", "--"),
        "url": item.url.replace("{", "%7B").replace("}", "%7D"),
        "language": item.language,
        "keywords": tex(", ".join(_topics(item))),
        "abstract": tex(item.summary),
        "note": tex("; ".join(_notes(item))),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in stated.items() if value]
    return f"@incollection{{{item.id},\n{''.join(lines)}}}\n"


def tex(words: str) -> str:
    """A text on one line, as TeX sets it back: its special characters named, its ligatures kept apart."""
    return _LIGATURES.sub(r"{\g<0>}", line(words).translate(_TEX))


def as_ris(items: Iterable[Exported]) -> bytes:
    """A CHAP each, in UTF-8."""
    return "\n".join(_ris(item) for item in items).encode()


def _ris(item: Exported) -> str:
    first, _, last = _printed(item).partition("–")
    stated = [
        ("TY", "CHAP"),
        ("ID", item.id),
        ("TI", item.title),
        ("AU", _author(item)),
        ("T2", item.handbook_title),
        *(("A2", name) for name in _cited(item, "author")),
        ("PB", _first(item, "publisher")),
        ("PY", _first(item, "year")),
        ("SN", _first(item, "isbn")),
        ("ET", str(item.edition)),
        ("SP", first),
        ("EP", last),
        ("LA", item.language),
        ("AB", item.summary),
        *(("KW", topic) for topic in _topics(item)),
        *(("N1", note) for note in _notes(item)),
        ("UR", item.url),
    ]
    lines = [f"{tag}  - {line(value)}\r\n" for tag, value in stated if line(value)]
    return f"{''.join(lines)}ER  - \r\n"


def as_csl(items: Iterable[Exported]) -> bytes:
    """A chapter each, as citeproc, Zotero and Pandoc read it (CSL 1.0.2)."""
    return json.dumps([_csl(item) for item in items], ensure_ascii=False, indent=1).encode()


def _csl(item: Exported) -> dict[str, object]:
    year = _first(item, "year")
    stated = {
        "id": item.id,
        "type": "chapter",
        "title": line(item.title),
        "author": [{"literal": line(author)}] if (author := _author(item)) else "",
        "container-title": line(item.handbook_title),
        "container-author": [{"literal": line(name)} for name in _cited(item, "author")],
        "publisher": line(_first(item, "publisher")),
        "issued": {"date-parts": [[int(year)]]} if re.fullmatch("[0-9]{4}", year) else "",
        "ISBN": _first(item, "isbn"),
        "edition": str(item.edition),
        "page": _printed(item),
        "URL": item.url,
        "language": item.language,
        "keyword": ", ".join(_topics(item)),
        "abstract": line(item.summary),
        "license": line(_first(item, "licence")),
        "note": line("; ".join(_notes(item))),
    }
    return {name: value for name, value in stated.items() if value}


def _author(item: Exported) -> str:
    return "" if "institution" in item.inferred else item.institution


def _cited(item: Exported, name: str) -> tuple[str, ...]:
    """What is known of its handbook by print or by the owner."""
    return tuple(v.value for v in item.handbook_imprint if v.name == name and v.origin is not Origin.INFERRED)


def _first(item: Exported, name: str) -> str:
    return next(iter(_cited(item, name)), "")


def _printed(item: Exported) -> str:
    """The printed pages, "26" or "26–27"; empty where none are printed."""
    first, last = item.printed_page_first, item.printed_page_last
    return f"{first}–{last}" if first and last and first != last else first


def _topics(item: Exported) -> tuple[str, ...]:
    """What it is about, as far as the handbook states it."""
    stated = (f.label for f in item.facets if f.name in _TOPICS and f.origin is not Origin.INFERRED)
    return tuple(dict.fromkeys(stated))


def _notes(item: Exported) -> tuple[str, ...]:
    first, last = item.pdf_page_first, item.pdf_page_last
    notes = [f"PDF page {first}" if first == last else f"PDF pages {first}–{last}"]
    for name in ("institution", "country"):
        if value := getattr(item, name):
            is_inferred = name in item.inferred
            if is_inferred or name == "country":
                notes.append(f"{name}: {value}{f' ({Origin.INFERRED})' if is_inferred else ''}")
    for fact in item.handbook_imprint:
        is_inferred = fact.origin is Origin.INFERRED
        if fact.name in _NOTED or (is_inferred and fact.name in ("publisher", "author")):
            notes.append(
                f"handbook's {fact.name}: {fact.value}{f' ({Origin.INFERRED})' if is_inferred else ''}"
            )
    return tuple(notes)


def line(words: str) -> str:
    """A text on one line."""
    return " ".join(words.split())
