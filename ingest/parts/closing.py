"""An imprint on one of the last pages is the document's, not the record's or annex's that ends before it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.page import LaidOut, Line
from ingest.parts import imprint
from ingest.tree import Section

_LAST = 2  # pages from the end that an imprint closes a document on; by eye
_MOST_LINES = 40  # of a page that is an imprint and nothing else; by eye
_LEAST_SIGNS = 3  # labels of an imprint, ISBN and the like, that make one


def set_apart(root: Section, laid: LaidOut) -> None:
    """Give the document the lines of an imprint that closes it from the top of a page, with all that follows there."""
    body: dict[int, list[Line]] = {}
    for line in laid.body():
        body.setdefault(line.page, []).append(line)
    for page in sorted(body)[1:][-_LAST:]:
        if _is_imprint(body[page]):
            _move(root, page)
            return


def _is_imprint(lines: Sequence[Line]) -> bool:
    """The page opens as an imprint does, and states several things that only an imprint does."""
    opens = imprint.is_heading(lines[0].text) or bool(imprint.signs_of(lines[:1]))
    return opens and len(lines) <= _MOST_LINES and len(imprint.signs_of(lines)) >= _LEAST_SIGNS


def _move(root: Section, page: int) -> None:
    """Make all that stands on the page and after it one section below the root."""
    moved: list[Line] = []
    for section in [s for s in root.walk() if s.page < page]:
        kept = [line for line in section.lines if line.page < page]
        moved += [line for line in section.lines if line.page >= page]
        for child in section.children:
            if child.page >= page:
                moved += [*child.heading, *child.all_lines()]
        section.lines, section.children = kept, [c for c in section.children if c.page < page]
    if moved:
        first, *rest = sorted(moved, key=lambda line: line.page)
        root.children.append(Section(first.text, 0, first.page, rest, heading=(first,)))
