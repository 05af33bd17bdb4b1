"""Records as references: BibTeX, RIS and CSL-JSON, each a chapter of its handbook.

Only what a page prints, or the library's owner states, is cited: an inferred institution is a note, not an author, and
so is an inferred publisher. Authors, publisher, year and ISBN are the handbook's, as its imprint has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from kb import Origin
from web.export.catalogued import of_exported
from web.export.exported import Exported

_TEX = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_"}
    | {"\\": r"{\textbackslash}", "{": r"{\lbrace}", "}": r"{\rbrace}"}
    | {"~": r"{\textasciitilde}", "^": r"{\textasciicircum}"}
)
"""Braces by name: BibTeX counts them even where a backslash stands before them."""
_LIGATURES = re.compile(r"([-`'])(?=\1)|([!?])(?=`)")
_NOTED = ("doi", "licence")


def as_bibtex(items: Iterable[Exported]) -> bytes:
    """An @incollection each, in UTF-8 (biber, BibTeX 0.99d with 8 bits, Zotero, JabRef)."""
    return "\n".join(_bibtex(item) for item in items).encode()


def _bibtex(item: Exported) -> str:
    about = of_exported(item)
    stated = {
        "author": f"{{{tex(about.author)}}}" if about.author else "",
        "title": f"{{{tex(item.title)}}}",
        "booktitle": f"{{{tex(item.handbook_title)}}}",
        "bookauthor": " and ".join(f"{{{tex(name)}}}" for name in about.book.told("author")),
        "publisher": f"{{{tex(name)}}}" if (name := about.book.first("publisher")) else "",
        "year": about.book.first("year"),
        "isbn": tex(about.book.first("isbn")),
        "edition": str(item.edition),
        "pages": tex(_printed(item)).replace("–", "--"),
        "url": item.url.replace("{", "%7B").replace("}", "%7D"),
        "language": item.language,
        "keywords": tex(", ".join(about.topics)),
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
    about = of_exported(item)
    first, _, last = _printed(item).partition("–")
    stated = [
        ("TY", "CHAP"),
        ("ID", item.id),
        ("TI", item.title),
        ("AU", about.author),
        ("T2", item.handbook_title),
        *(("A2", name) for name in about.book.told("author")),
        ("PB", about.book.first("publisher")),
        ("PY", about.book.first("year")),
        ("SN", about.book.first("isbn")),
        ("ET", str(item.edition)),
        ("SP", first),
        ("EP", last),
        ("LA", item.language),
        ("AB", item.summary),
        *(("KW", topic) for topic in about.topics),
        *(("N1", note) for note in _notes(item)),
        ("UR", item.url),
    ]
    lines = [f"{tag}  - {line(value)}\r\n" for tag, value in stated if line(value)]
    return f"{''.join(lines)}ER  - \r\n"


def as_csl(items: Iterable[Exported]) -> bytes:
    """A chapter each, as citeproc, Zotero and Pandoc read it (CSL 1.0.2)."""
    return json.dumps([_csl(item) for item in items], ensure_ascii=False, indent=1).encode()


def _csl(item: Exported) -> dict[str, object]:
    about = of_exported(item)
    year = about.book.first("year")
    stated = {
        "id": item.id,
        "type": "chapter",
        "title": line(item.title),
        "author": [{"literal": line(about.author)}] if about.author else "",
        "container-title": line(item.handbook_title),
        "container-author": [{"literal": line(name)} for name in about.book.told("author")],
        "publisher": line(about.book.first("publisher")),
        "issued": {"date-parts": [[int(year)]]} if re.fullmatch("[0-9]{4}", year) else "",
        "ISBN": about.book.first("isbn"),
        "edition": str(item.edition),
        "page": _printed(item),
        "URL": item.url,
        "language": item.language,
        "keyword": ", ".join(about.topics),
        "abstract": line(item.summary),
        "license": line(about.book.first("licence")),
        "note": line("; ".join(_notes(item))),
    }
    return {name: value for name, value in stated.items() if value}


def _printed(item: Exported) -> str:
    """The printed pages, "26" or "26–27"; empty where none are printed."""
    first, last = item.printed_page_first, item.printed_page_last
    return f"{first}–{last}" if first and last and first != last else first


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
