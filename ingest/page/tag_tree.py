"""The structure tree of a tagged PDF -> its elements, by pypdf; runs in the sandbox child.

A tree may be broken or made to harm: what is no element is left out, what runs in a circle is read once, and no more is
read than the bounds below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from ingest.page.tags import Tag, Tagged, Tags

# elements (real handbooks have 50 a page), marks, objects read and levels at the most
_MOST_ELEMENTS, _MOST_MARKS, _MOST_OBJECTS, _DEEPEST = 60_000, 200_000, 150_000, 60
_LONGEST_ROLES = 8  # names from a role to the standard one
_LONGEST_TEXT = 4000  # characters of an alternative text
_MOST_SPANNED = 200  # rows or columns
_BROKEN = (
    PyPdfError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    NotImplementedError,
)  # pypdf lets these through on damage
_HEADING = re.compile(r"H(\d{1,2})?")
_TAGS = {
    "Title": Tag.TITLE,
    "P": Tag.PARAGRAPH,
    "L": Tag.LIST,
    "LI": Tag.ITEM,
    "Table": Tag.TABLE,
    "TR": Tag.ROW,
    "TH": Tag.HEAD_CELL,
    "TD": Tag.CELL,
    "Caption": Tag.CAPTION,
    "Note": Tag.NOTE,
    "FENote": Tag.NOTE,
    "Figure": Tag.FIGURE,
    "Formula": Tag.FIGURE,
    "BlockQuote": Tag.QUOTE,
    "Code": Tag.CODE,
    "TOC": Tag.CONTENTS,
    "TOCI": Tag.ENTRY,
    "Index": Tag.CONTENTS,
    "Artifact": Tag.ARTIFACT,
}
_PARTS = frozenset(
    ("Document", "DocumentFragment", "Part", "Art", "Sect", "Div", "Aside", "NonStruct", "Private")
)
_PARTS |= {"THead", "TBody", "TFoot"}
_NESTING = frozenset(
    ("Part", "Art", "Sect")
)  # what makes the next H a level deeper (ISO 32000-1, 14.8.4.3.5)
_STANDARD = frozenset(
    (*_TAGS, *_PARTS, "Span", "Quote", "Reference", "BibEntry", "Link", "Annot", "Lbl", "LBody")
)
_KEPT = frozenset(("Title", "Artifact"))  # standard since PDF 2.0; older ones map them away


class _Waiting(NamedTuple):
    """An object of the tree yet to be read, with what it inherits."""

    item: Any
    parent: int
    depth: int
    page: int
    language: str
    nesting: int


@dataclass(slots=True)
class _Reading:
    """What was read of a tree so far."""

    pages: dict[int, int]
    roles: Any
    elements: list[Tagged] = field(default_factory=list)
    marks: list[list[tuple[int, int]]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    count: int = 0
    steps: int = 0

    def is_full(self) -> bool:
        return (
            len(self.elements) >= _MOST_ELEMENTS or self.count >= _MOST_MARKS or self.steps >= _MOST_OBJECTS
        )


def read_tags(reader: pypdf.PdfReader) -> Tags:
    """The document's tags; none where it has none, those read so far where the tree is broken or too large."""
    try:
        root = _value(reader.root_object, "/StructTreeRoot")
        if not isinstance(root, DictionaryObject) or "/K" not in root:
            return Tags()
        pages: dict[int, int] = {}
        for number, page in enumerate(reader.pages, 1):
            if page.indirect_reference is not None:
                pages.setdefault(page.indirect_reference.idnum, number)
        language = _text(_value(reader.root_object, "/Lang"))
        reading = _Reading(pages, _value(root, "/RoleMap"))
        first = _Waiting(root.raw_get("/K"), -1, 0, 0, language, 0)
    except _BROKEN:
        return Tags()
    waiting = [first]
    while waiting and not reading.is_full():
        try:
            waiting.extend(reversed(list(_read(reading, waiting.pop()))))
        except _BROKEN:
            continue
    return Tags.of([replace(e, marks=tuple(m)) for e, m in zip(reading.elements, reading.marks, strict=True)])


def _read(reading: _Reading, waiting: _Waiting) -> Iterator[_Waiting]:
    """Read one object; gives those below it."""
    reading.steps += 1
    item = waiting.item
    if isinstance(item, IndirectObject):
        if item.idnum in reading.seen:
            return
        reading.seen.add(item.idnum)
        item = item.get_object()
    if isinstance(item, int):
        _mark(reading, waiting, item)
    elif isinstance(item, ArrayObject):
        for below in item[:_MOST_MARKS]:
            if isinstance(below, int):
                _mark(reading, waiting, below)
            elif waiting.depth < _DEEPEST:
                yield waiting._replace(item=below, depth=waiting.depth + 1)
    elif isinstance(item, DictionaryObject):
        page = _page(reading, item, waiting.page)
        if "/MCID" in item:
            _mark(reading, waiting._replace(page=page), item["/MCID"])
        elif "/S" in item and waiting.depth < _DEEPEST:
            yield from _element(reading, item, waiting._replace(page=page, depth=waiting.depth + 1))


def _element(reading: _Reading, item: DictionaryObject, waiting: _Waiting) -> Iterator[_Waiting]:
    role, name = str(item["/S"]).lstrip("/"), _standard(reading, item)
    tag, level = _tag(name, waiting.nesting)
    rows, columns = _spans(_value(item, "/A")) if tag in (Tag.CELL, Tag.HEAD_CELL) else (1, 1)
    language = _text(_value(item, "/Lang")) or waiting.language
    alt, actual = _text(_value(item, "/Alt")), _text(_value(item, "/ActualText"))
    reading.elements.append(
        Tagged(
            _TAGS.get(role, tag) if role in _KEPT else tag,
            level,
            waiting.parent,
            (),
            rows,
            columns,
            alt,
            actual,
            language,
        )
    )
    reading.marks.append([])
    if "/K" in item:
        place = len(reading.elements) - 1
        nesting = waiting.nesting + (name in _NESTING)
        yield waiting._replace(item=item.raw_get("/K"), parent=place, language=language, nesting=nesting)


def _mark(reading: _Reading, waiting: _Waiting, mark: Any) -> None:
    if waiting.parent >= 0 and waiting.page and isinstance(mark, int) and mark >= 0 and not reading.is_full():
        reading.marks[waiting.parent].append((waiting.page, int(mark)))
        reading.count += 1


def _page(reading: _Reading, item: DictionaryObject, inherited: int) -> int:
    if "/Pg" not in item:
        return inherited
    pointer = item.raw_get("/Pg")
    return reading.pages.get(pointer.idnum, 0) if isinstance(pointer, IndirectObject) else inherited


def _standard(reading: _Reading, item: DictionaryObject) -> str:
    """The standard name of an element's role."""
    name = str(item["/S"]).lstrip("/")
    for _ in range(_LONGEST_ROLES):
        if not isinstance(reading.roles, DictionaryObject) or name in _STANDARD or _HEADING.fullmatch(name):
            break
        mapped = _value(reading.roles, "/" + name)
        if mapped is None:
            break
        name = str(mapped).lstrip("/")
    return name


def _tag(name: str, nesting: int) -> tuple[Tag, int]:
    if match := _HEADING.fullmatch(name):
        return Tag.HEADING, max(int(match[1]) if match[1] else nesting, 1)
    return _TAGS.get(name, Tag.PART if name in _PARTS else Tag.INLINE), 0


def _spans(attributes: Any) -> tuple[int, int]:
    """The rows and columns that a cell's attributes say it spans."""
    rows = columns = 1
    for item in attributes if isinstance(attributes, ArrayObject) else [attributes]:
        owner = item.get_object() if isinstance(item, IndirectObject) else item
        if isinstance(owner, DictionaryObject):
            rows, columns = _span(_value(owner, "/RowSpan"), rows), _span(_value(owner, "/ColSpan"), columns)
    return rows, columns


def _span(value: Any, usual: int) -> int:
    return int(value) if isinstance(value, int) and 1 <= value <= _MOST_SPANNED else usual


def _value(item: DictionaryObject, key: str) -> Any:
    """What a dictionary holds under a key, looked up; None without it."""
    return item[key] if key in item else None  # noqa: SIM401 - pypdf looks up by [], not by get


def _text(value: Any) -> str:
    return " ".join(value[:_LONGEST_TEXT].split()) if isinstance(value, str) else ""
