"""Words that lead somewhere: links in their place, footnotes linked both ways, nothing else touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.records import FieldTable, Link, TableCell
from web.frame.worded import Leads, host_of, worded

GUIDE = Link("the guide", "https://www.example.org/guide")


def way(text: str, *links: Link, notes: tuple[str, ...] = ()) -> Leads:
    return Leads.of(text, (), links, notes, "field-1")


def test_a_link_stands_where_its_words_do_with_its_host() -> None:
    text = "Read the guide first."
    assert worded(text, way(text, GUIDE)) == (
        'Read <a href="https://www.example.org/guide" rel="noreferrer">the guide</a> '
        '<span class="host">(example.org)</span> first.'
    )


@pytest.mark.parametrize("text", ["Read the guide and the guide.", "Nothing of it."])
def test_a_link_whose_words_stand_nowhere_or_twice_is_listed(text: str) -> None:
    made = way(text, GUIDE)
    assert made.rest == (GUIDE,)
    assert "<a" not in worded(text, made)


def test_words_that_were_parted_at_a_line_end_are_found() -> None:
    text = "Write to mina@ example.org or call."
    link = Link("mina@example.org", "mailto:mina@example.org")
    assert 'href="mailto:mina@example.org"' not in worded(text, way(text, link)), "its words are not parted"
    parted = Link("mina@ example.org", "mailto:mina@example.org")
    assert '<a href="mailto:mina@example.org" rel="noreferrer">mina@ example.org</a>' in worded(
        text, way(text, parted)
    )


def test_an_address_in_the_text_is_a_link() -> None:
    assert 'href="mailto:mina@example.org"' in worded("Ask mina@example.org.")
    assert 'href="https://example.org/a"' in worded("See https://example.org/a.")


def test_a_link_in_a_table_stands_in_its_cell() -> None:
    table = FieldTable(0, 16, ((TableCell("Who"), TableCell("the guide")),))
    made = Leads.of("Who\tthe guide...", (table,), (GUIDE,), (), "field-1")
    assert made.placed
    assert not made.rest


@pytest.mark.parametrize(("text", "mark"), [("It works [2].", "[2]"), ("It works².", "²")])
def test_a_footnote_whose_mark_is_printed_is_linked_both_ways(text: str, mark: str) -> None:
    made = way(text, notes=("2 See the survey.",))
    assert [(note.key, note.text, note.is_marked) for note in made.notes] == [("2", "See the survey.", True)]
    assert (
        f'<sup><a id="field-1-mark-2" href="#field-1-note-2" role="doc-noteref">{mark}</a></sup>'
        in worded(text, made)
    )


def test_a_footnote_without_its_mark_in_the_text_is_listed() -> None:
    made = way("It works in 2024¹².", notes=("2 See the survey.", "See also."))
    assert [(note.key, note.is_marked) for note in made.notes] == [("2", False), ("", False)]


@given(st.text(max_size=80), st.text(min_size=1, max_size=6), st.text(max_size=20))
def test_no_word_is_lost_and_none_is_code(text: str, words: str, url: str) -> None:
    line = " ".join(text.split())
    made = worded(line, way(line, Link(words, f"https://example.org/{url}"), notes=("1 One.",)))
    bare = re.sub(r' <span class="host">[^<]*</span>', "", made)
    plain = re.sub(r"</?(?:a|sup)\b[^>]*>", "", bare)
    assert "<" not in plain
    assert made.striptags() is not None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.example.org/a", "example.org"),
        ("mailto:a%2Bb@example.org?subject=x", "a+b@example.org"),
        ("ftp://example.org", ""),
        ("http://[::1", ""),
    ],
)
def test_whose_an_address_is(url: str, host: str) -> None:
    assert host_of(url) == host
