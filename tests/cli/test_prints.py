"""What commands print of a handbook's text: it cannot steer the terminal, its marks stay, its pages have names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.progress import Progress
from rich.text import Text

from cli import caveat_prints, finding_prints, terminal
from cli.bars import _TimeLeft
from kb import Caveat, Facet, Flaw, Kind, Origin
from kb.search import Earlier, Hit, ShownAs
from kb.search.evidence import Excerpt
from tests.factories import a_record, an_edition


@given(st.text(max_size=80))
def test_text_of_a_handbook_cannot_steer_the_terminal(text: str) -> None:
    printed = terminal.clean(text)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in printed)
    assert "\x1b" not in printed
    assert "\x9b" not in printed


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_marks_stay_on_their_characters_when_control_characters_go(
    text: str, start: int, length: int
) -> None:
    marked = Text(text)
    end = min(start + length, len(text))
    marked.stylize("bold", start, end)
    shown = finding_prints._printable(marked)
    assert shown.plain == terminal.clean(marked.plain)


def test_a_page_is_named_by_its_printed_number_and_its_place() -> None:
    assert finding_prints.page_name(14, "xii") == "p. xii (PDF page 14)"
    assert finding_prints.page_name(14, "14") == finding_prints.page_name(14, "") == "p. 14"


def test_a_title_that_is_all_that_answers_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    record = a_record(title="Language tandem")
    said = Excerpt("", 1, "1", record.title, ((9, 15),), None, ShownAs.TITLE)
    finding_prints.print_earlier(Earlier((Hit(record, "Handbook", 0.5, said, 1, None),), 1))
    shown = capsys.readouterr().out
    assert " 1. Language tandem  0.50" in shown
    assert shown.count("Language tandem") == 1


def test_a_value_read_from_other_words_is_shown_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    facets = (
        Facet("discipline", "Services", Origin.MAPPED, 3, "sports science"),
        Facet("country", "Sweden", Origin.STATED, 3, "Sweden"),
    )
    finding_prints.print_record(a_record(facets=facets), an_edition())
    shown = " ".join(capsys.readouterr().out.split())
    assert "discipline: Services (mapped from “sports science”)" in shown
    assert "country: Sweden (stated)" in shown


def test_what_is_amiss_takes_a_line_for_each_kind_of_it() -> None:
    twins = [Caveat(Flaw.TWICE, (n,), f"d{n}", "River laboratory", Kind.PRACTICE) for n in (3, 5, 8, 9, 12)]
    tool = Caveat(Flaw.TWICE, (4,), "d4", "Padlet", Kind.TOOL)
    annexes = [Caveat(Flaw.NO_TEXT, (n,), f"a{n}", f"Annex {n}", Kind.ANNEX) for n in (6, 7)]
    assert list(
        caveat_prints.lines([Caveat(Flaw.GARBLED, (1, 2, 3, 7)), *twins, tool, *annexes, Caveat(Flaw.NO_END)])
    ) == [
        (
            "Pages 1-3, 7: the text layer is garbled (glyphs without Unicode, or letters of no language);"
            " OCR read the picture instead."
        ),
        (
            "Look at 5 practices with the title of another: 'River laboratory' (PDF page 3);"
            " 'River laboratory' (PDF page 5); 'River laboratory' (PDF page 8) and 2 more."
        ),
        "Look at 1 tool with the title of another: 'Padlet' (PDF page 4).",
        "Look at 2 annexes without any text: 'Annex 6' (PDF page 6); 'Annex 7' (PDF page 7).",
        "The file is damaged (its end is missing) and was repaired as PDF readers do.",
    ]
    assert caveat_prints.pages_of([5]) == "Page 5"


def test_a_stage_says_how_long_it_will_still_take_once_that_is_known() -> None:
    now = 0.0
    bars = Progress(get_time=lambda: now, disable=True)
    stage = bars.add_task("read", total=100)
    column = _TimeLeft()
    assert column.render(bars.tasks[0]).plain == ""
    for now, done in ((10.0, 10), (20.0, 20)):  # noqa: B007 - the clock
        bars.update(stage, completed=done)
    assert column.render(bars.tasks[0]).plain == "0:01:20 left"
    bars.update(stage, completed=100)
    assert column.render(bars.tasks[0]).plain == ""
