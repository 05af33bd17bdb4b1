"""Lists that are checklists: those that a heading calls so, and those that stand alone under "Before you ...". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb import Field, Record
from kb.words import Pattern
from web.export.form_tables import FoundForm, FoundLine

_CHECKLIST = Pattern(r"(?<!\w)<<form.checklist>>(?!\w)")
_ALONE = Pattern(
    r"(?:[\d.]{1,9} )?(?:(?:<<form.before>>|<<form.questions>>)(?!\w)|(?:\w{1,20} ){0,2}<<form.self>>(?!\w)).{0,99}"
)
"""Headings of lists that are forms only where nothing but the list stands under them."""
_ITEM = re.compile(r"(?:•|[☐☑□❏❑❒⬜]|\(?\d{1,2}[.)])\s(?P<text>.*)")
_MOST_WORDS = 9
"""Words of a heading that names a form; a longer one speaks about it."""
_LEAST_ALONE, _LEAST_SHARE = 2, 0.75
"""Items of a list that stands alone, and the share of the letters under its heading that they hold."""


def found(record: Record, field: Field) -> Iterator[FoundForm]:
    """The checklist that a field is, if it is one."""
    heading, group = _headings(record, field)
    items = tuple(item for item in _items(field) if _letters(heading) not in _letters(item))
    if not items or not heading:
        return
    letters = sum(map(len, items)) / max(1, len(" ".join(field.text.split())))
    if _is_named(heading) or (len(items) >= _LEAST_ALONE and letters >= _LEAST_SHARE):
        yield FoundForm(heading, tuple(FoundLine(text, group) for text in items))


def names_checklist(heading: str) -> bool:
    """A heading that names a checklist, not a sentence that speaks of one."""
    return _is_named(heading) or (
        _is_short(heading) and _ALONE.fullmatch(" ".join(heading.split()).strip('«“"• ')) is not None
    )


def _headings(record: Record, field: Field) -> tuple[str, str]:
    """What makes a field a checklist, and the heading its items stand under within it; "" where nothing does."""
    above = record.path[-1] if record.path else ""
    for heading, group, is_so in (
        (field.label, record.title, names_checklist),
        (record.title, field.label, names_checklist),
        (above, field.label or record.title, _is_named),
    ):
        if is_so(heading):
            return heading.strip(" :"), group.strip(" :")
    return "", ""


def _is_named(heading: str) -> bool:
    return _is_short(heading) and _CHECKLIST.search(heading) is not None


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum()) or "-"


def _is_short(heading: str) -> bool:
    words = heading.split()
    return 0 < len(words) <= _MOST_WORDS and not heading.rstrip().endswith(".")


def _items(field: Field) -> Iterator[str]:
    """The items of its lists, tables left out."""
    at, outside = 0, ""
    for table in field.tables:
        outside += field.text[at : table.start] + "\n"
        at = table.end
    for line in (outside + field.text[at:]).splitlines():
        if (item := _ITEM.match(line.strip())) and any(c.isalpha() for c in item["text"]):
            yield item["text"].strip()
