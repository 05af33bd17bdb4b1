"""Facts in a box beside a record: label by label, over lines, and none in a note."""

from __future__ import annotations

from ingest.page.lines import Line, Run
from ingest.page.raw import Style
from ingest.parts import beside
from kb.words.vocabulary import Vocabulary

PLAIN = Style(10, bold=False, italic=False, font="F", color=0)
BOLD = Style(10, bold=True, italic=False, font="F", color=0)


def line(number: int, *runs: tuple[str, Style]) -> Line:
    text = "".join(text for text, _ in runs)
    made = tuple(Run(text, style) for text, style in runs)
    return Line(1, text, (400, 20.0 * number, 500, 20.0 * number + 10), made, 400, 500, is_boxed=True)


def read(*lines: Line) -> dict[str, str]:
    found = beside.facts(lines, Vocabulary.load())
    return {fact.label: " ".join(part.text for part in fact.lines) for fact in found}


def test_each_label_has_its_value() -> None:
    assert read(
        line(1, ("Institution: University of", PLAIN)),
        line(2, ("Bergen", PLAIN)),
        line(3, ("Duration: two terms", PLAIN)),
    ) == {"Institution": "University of Bergen", "Duration": "two terms"}


def test_a_label_may_run_over_two_lines_or_stand_alone() -> None:
    assert read(
        line(1, ("Institution:", BOLD)),
        line(2, ("University of Bergen", PLAIN)),
        line(3, ("Partner", BOLD)),
        line(4, ("universities:", BOLD), (" Oslo, Uppsala", PLAIN)),
    ) == {"Institution": "University of Bergen", "Partner universities": "Oslo, Uppsala"}


def test_a_note_with_one_colon_or_an_address_holds_no_facts() -> None:
    assert (
        read(line(1, ("Tip: ask early, and ask again", PLAIN)), line(2, ("https://example.org", PLAIN))) == {}
    )
