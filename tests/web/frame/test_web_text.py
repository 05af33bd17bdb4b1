from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.records import FieldTable, TableCell
from tests.factories import a_field, a_record
from web.frame.prose import (
    LEAST_SUMMARY,
    TableBlock,
    TextBlock,
    blocks,
    paragraphs,
    segments,
    sentences,
    shortened,
    summary,
)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6))
def test_segments_of_a_text_joined_are_the_text(text: str, marks: list[tuple[int, int]]) -> None:
    assert "".join(piece for piece, _ in segments(text, marks)) == text


@given(
    st.text("ab", min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6),
)
def test_exactly_the_marked_characters_are_marked(text: str, marks: list[tuple[int, int]]) -> None:
    wanted = [any(start <= at < end for start, end in marks) for at in range(len(text))]
    shown = [is_marked for piece, is_marked in segments(text, marks) for _ in piece]
    assert shown == wanted


def test_bullets_become_one_list_and_lines_become_paragraphs() -> None:
    text = "First paragraph.\n\n• one\n• two\nAfter.\n\n• three"
    assert blocks(text) == (
        TextBlock(False, ("First paragraph.",)),
        TextBlock(True, ("one", "two")),
        TextBlock(False, ("After.",)),
        TextBlock(True, ("three",)),
    )


@given(st.text(alphabet="ab •\n.", max_size=80))
def test_no_letter_of_a_text_is_lost_in_blocks(text: str) -> None:
    shown = "".join(line for block in paragraphs(text) for line in block.lines)
    assert [c for c in shown if c in "ab."] == [c for c in text if c in "ab."]


def test_a_table_stands_where_its_flat_rows_are_in_the_text() -> None:
    text = "Before.\n\nWhat\tWhen\nA choir\tMay\n\nAfter."
    rows = (
        (TableCell("What", is_head=True), TableCell("When", is_head=True)),
        (TableCell("A choir"), TableCell("May")),
    )
    start = text.index("What")
    before, table, after = blocks(text, (FieldTable(start, text.index("\n\nAfter"), rows),))
    assert (before, after) == (TextBlock(False, ("Before.",)), TextBlock(False, ("After.",)))
    assert isinstance(table, TableBlock)
    assert [[cell.text for cell in row] for row in table.heads] == [["What", "When"]]
    assert [[(cell.head, cell.text) for cell in row] for row in table.body] == [
        [("What", "A choir"), ("When", "May")]
    ]


def test_sentences_do_not_run_over_list_items() -> None:
    text = "One of\n\n• a few. Another!\n• And “so?” Yes"
    assert sentences(text) == ("One of", "a few.", "Another!", "And “so?”", "Yes")


@given(st.text(max_size=300), st.integers(2, 100))
def test_shortened_text_keeps_to_its_length(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most


WHAT = "The course brings students of two universities together, online and for a week on site."


def test_summary_says_what_the_record_is_whatever_is_printed_first() -> None:
    fields = (a_field("Contact", f"Ask us. {WHAT}"), a_field("Description", f"{WHAT} And more of it."))
    assert summary(a_record(fields=fields)) == WHAT


def test_summary_goes_on_with_the_next_sentence_until_it_says_enough() -> None:
    text = "It is a course. Students of two universities meet in it. They travel, too. And so on."
    said = summary(a_record(text=text))
    assert said == "It is a course. Students of two universities meet in it. They travel, too."
    assert len(said) >= LEAST_SUMMARY


@pytest.mark.parametrize(
    "before",
    ["An example course", "What it is about", "offered it in that year.", "Three things:", "2. Aims."],
)
def test_summary_begins_with_no_heading_and_no_fragment(before: str) -> None:
    record = a_record(title="An example course", text=f"{before}\n\n{WHAT}")
    assert summary(record) == WHAT


def test_summary_of_little_text_is_all_of_it_that_is_no_heading() -> None:
    fields = (a_field("Objectives", "To share courses. And more."), a_field("Contact", "Ask."))
    assert summary(a_record(fields=fields)) == "To share courses. And more."


def test_summary_of_a_record_without_text_is_empty() -> None:
    assert summary(a_record(fields=())) == ""
