"""A contents page without page numbers is known by what it lists, and is no text of the handbook."""

from __future__ import annotations

import pytest

from ingest.page import LaidOut, Line, Role
from ingest.page.pdf import Glyphs
from ingest.tree.layout import lay_out
from tests.ingest.tree.test_sections import PROSE, page
from tests.typesetting import Text, paragraph, typeset

TITLES = (
    "Why this matters",
    "Roles and duties",
    "A very long title that runs on for more than one line here",
    "Outlook",
)


def laid_out(*listed: str, head: str = "Contents") -> LaidOut:
    """A page that lists titles below a head, then two pages of chapters under TITLES."""
    first = [Text(head, 60, 60, 18, True), *(Text(t, 60, 100 + 16 * n, 10) for n, t in enumerate(listed))]
    pages = [first, page(*((t, 16, True) for t in TITLES[:2])), page(*((t, 16, True) for t in TITLES[2:]))]
    with Glyphs(typeset(pages), "x.pdf") as glyphs:
        return lay_out(glyphs.pages())


def listed_in(laid: LaidOut) -> list[Line]:
    return [line for line in laid.lines if line.role == Role.CONTENTS]


@pytest.mark.parametrize("head", ["Contents", "Inhalt", "Sisällysluettelo", "Índice", "Tartalom"])
def test_titles_that_are_printed_again_are_its_entries(head: str) -> None:
    laid = laid_out(*TITLES, head=head)
    assert [entry.title for entry in laid.contents] == list(TITLES)
    assert {entry.printed for entry in laid.contents} == {""}
    assert [line.text for line in listed_in(laid)] == [head, *TITLES]


def test_a_title_on_two_lines_is_one_entry_and_one_that_is_missing_stays_in() -> None:
    first, _, rest = TITLES[2].partition(" for ")
    laid = laid_out(TITLES[0], "A chapter that was left out", TITLES[1], first, f"for {rest}", TITLES[3])
    assert [e.title for e in laid.contents] == [TITLES[0], "A chapter that was left out", *TITLES[1:]]


def test_text_below_a_heading_like_it_and_a_list_without_one_stay_text() -> None:
    assert not laid_out(TITLES[0], "Another word", "A third line", "And one more", "Outlook").contents
    assert not laid_out(*TITLES, head="The examples at a glance").contents
    drawn = [Text("Contents", 60, 60, 18, True), *paragraph(PROSE, 60, 100, 420)]
    with Glyphs(typeset([drawn, page((TITLES[0], 16, True))]), "x.pdf") as glyphs:
        assert not lay_out(glyphs.pages()).contents
