"""The tags of a PDF: elements in reading order, joined to words; trees that are broken or made to harm are bounded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from ingest.page import tag_tree
from ingest.page.pdf import Glyphs
from ingest.page.raw import RawPage
from ingest.page.structure import open_structure
from ingest.page.tags import ARTIFACT, UNTAGGED, Tag, Tagged, Tags
from tests.tagging import Node, said, spanning, tagged
from tests.typesetting import Text, typeset


def read(data: bytes) -> tuple[Tags, list[RawPage]]:
    """The tags of a PDF, and its pages."""
    tags = open_structure(data, "x.pdf", "", 50).tags
    with Glyphs(data, "x.pdf") as glyphs:
        return tags, list(glyphs.pages())


def text_of(tags: Tags, pages: list[RawPage], place: int) -> str:
    """The words of an element and all below it."""
    return " ".join(
        w.text for page, mark in tags.marks(place) for w in pages[page - 1].words if w.mark == mark
    )


def line(role: str, text: str, y: float, page: int = 1, x: float = 72) -> Node:
    return Node(role, ((page, Text(text, x, y)),))


def test_elements_come_in_reading_order_with_their_words_though_drawn_in_another() -> None:
    title, first, second = (
        line("H1", "Guide", 80),
        line("P", "First.", 120),
        line("P", "Second.", 200, page=2),
    )
    tags, pages = read(tagged([Node("Document", below=(title, first, second))]))
    assert [(e.tag, e.level, e.parent) for e in tags.elements] == [
        (Tag.PART, 0, -1),
        (Tag.HEADING, 1, 0),
        (Tag.PARAGRAPH, 0, 0),
        (Tag.PARAGRAPH, 0, 0),
    ]
    assert [text_of(tags, pages, n) for n in range(4)] == [
        "Guide First. Second.",
        "Guide",
        "First.",
        "Second.",
    ]
    assert [e.marks for e in tags.elements] == [(), ((1, 0),), ((1, 1),), ((2, 0),)]


def test_roles_are_resolved_to_what_they_are_mapped_to() -> None:
    nodes = [line("Title", "T", 80), line("Kapitel", "A", 100), line("Mine", "B", 120), line("Odd", "C", 140)]
    roles = {"Title": "P", "Kapitel": "Big", "Big": "H2", "Mine": "Yours", "Yours": "Mine"}
    tags, _ = read(tagged(nodes, roles=roles))
    assert [(e.tag, e.level) for e in tags.elements] == [
        (Tag.TITLE, 0),
        (Tag.HEADING, 2),
        (Tag.INLINE, 0),
        (Tag.INLINE, 0),
    ]


def test_a_heading_without_number_is_as_deep_as_its_section() -> None:
    inner = Node("Sect", below=(line("H", "Inner", 120), line("P", "Text", 140)))
    tags, _ = read(tagged([Node("Sect", below=(line("H", "Outer", 80), inner))]))
    assert [e.level for e in tags.elements if e.tag == Tag.HEADING] == [1, 2]


def test_a_table_over_two_pages_is_one_with_rows_cells_and_spans() -> None:
    head = Node(
        "TR", below=(line("TH", "Tool", 80), Node("TH", ((1, Text("Use", 200, 80)),), (), spanning(1, 2)))
    )
    row = Node(
        "TR",
        below=(line("TD", "Padlet", 80, 2), line("TD", "Boards", 80, 2, 200), line("TD", "x", 80, 2, 300)),
    )
    tags, pages = read(
        tagged([Node("Table", below=(Node("THead", below=(head,)), Node("TBody", below=(row,))))])
    )
    rows = list(tags.below(0, {Tag.ROW}))
    cells = [list(tags.below(r, {Tag.CELL, Tag.HEAD_CELL})) for r in rows]
    assert [[text_of(tags, pages, c) for c in row] for row in cells] == [
        ["Tool", "Use"],
        ["Padlet", "Boards", "x"],
    ]
    assert [(tags.elements[c].rows, tags.elements[c].columns) for c in cells[0]] == [(1, 1), (1, 2)]
    assert [tags.elements[c].tag for c in cells[0]] == [Tag.HEAD_CELL] * 2
    word = pages[1].words[0]
    assert tags.above(tags.at(2, word.mark) or 0, {Tag.TABLE}) == 0


def test_figures_notes_and_languages_are_told() -> None:
    nodes = [
        Node(
            "Figure",
            ((1, Text("(map)", 72, 80)),),
            (),
            said(Alt="A  map of sites", ActualText="map", Lang="fr"),
        ),
        Node("P", ((1, Text("Text", 72, 120)),), (line("Note", "A note.", 700),)),
        line("Caption", "Figure 1", 140),
    ]
    tags, _ = read(tagged(nodes))
    assert tags.elements[0] == Tagged(Tag.FIGURE, 0, -1, ((1, 0),), 1, 1, "A map of sites", "map", "fr")
    assert [e.tag for e in tags.elements[1:]] == [Tag.PARAGRAPH, Tag.NOTE, Tag.CAPTION]


def test_artifacts_and_text_without_tags_are_told_apart() -> None:
    data = tagged([line("Artifact", "Head", 30), line("P", "Body", 100)])
    tags, pages = read(data)
    assert [(w.text, w.mark) for w in pages[0].words] == [("Head", ARTIFACT), ("Body", 1)]
    assert [e.tag for e in tags.elements] == [Tag.PARAGRAPH]
    tags, pages = read(typeset([[Text("Plain", 72, 80)]]))
    assert not tags
    assert [w.mark for w in pages[0].words] == [UNTAGGED]


def test_a_mark_that_two_elements_claim_is_no_ones() -> None:
    def claim(_: PdfWriter, root: DictionaryObject) -> None:
        kids = root["/K"]
        assert isinstance(kids, ArrayObject)
        first, second = (kid.get_object() for kid in kids)
        assert isinstance(first, DictionaryObject)
        assert isinstance(second, DictionaryObject)
        second[NameObject("/K")] = first["/K"]

    tags, _ = read(tagged([line("H1", "A", 80), line("P", "B", 100)], spoil=claim))
    assert len(tags.elements) == 2
    assert tags.at(1, 0) is None


def _circle(_: PdfWriter, root: DictionaryObject) -> None:
    kids = root["/K"]
    assert isinstance(kids, ArrayObject)
    for kid in list(kids):
        element = kid.get_object()
        assert isinstance(element, DictionaryObject)
        element[NameObject("/K")] = ArrayObject([*kids, kid])


def _deep(writer: PdfWriter, root: DictionaryObject) -> None:
    below = writer._add_object(DictionaryObject({NameObject("/S"): NameObject("/Sect")}))
    for _ in range(3000):
        below = writer._add_object(
            DictionaryObject({NameObject("/S"): NameObject("/Sect"), NameObject("/K"): below})
        )
    root[NameObject("/K")] = below


def _wide(_: PdfWriter, root: DictionaryObject) -> None:
    element = DictionaryObject({NameObject("/S"): NameObject("/P"), NameObject("/K"): NumberObject(0)})
    root[NameObject("/K")] = ArrayObject([element] * 900)


def _nonsense(_: PdfWriter, root: DictionaryObject) -> None:
    wrong = DictionaryObject({NameObject("/S"): NumberObject(4), NameObject("/K"): NumberObject(-7)})
    wrong[NameObject("/Pg")] = NumberObject(3)
    wrong[NameObject("/A")] = ArrayObject([NumberObject(1), NameObject("/X")])
    root[NameObject("/K")] = ArrayObject([NumberObject(5), NameObject("/P"), wrong, ArrayObject([wrong])])
    root[NameObject("/RoleMap")] = NumberObject(1)


def _no_tree(writer: PdfWriter, _: DictionaryObject) -> None:
    writer.root_object[NameObject("/StructTreeRoot")] = NumberObject(1)


@pytest.mark.parametrize("spoil", [_circle, _deep, _wide, _nonsense, _no_tree])
def test_a_broken_tree_is_bounded_and_the_page_is_read(
    spoil: Callable[[PdfWriter, DictionaryObject], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_tree, "_MOST_ELEMENTS", 100)
    tags, pages = read(tagged([line("H1", "A", 80), line("P", "B", 100)], spoil=spoil))
    assert len(tags.elements) <= 100
    assert [w.text for w in pages[0].words] == ["A", "B"]
    for place in range(len(tags.elements)):
        list(tags.marks(place))
        tags.above(place, {Tag.TABLE})
