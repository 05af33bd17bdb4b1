"""Headings by the tags: what they tell beside type is believed where it has the form of one, and loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ingest.page.lines import Role
from ingest.page.pdf import Glyphs
from ingest.page.raw import Bookmark
from ingest.page.structure import open_structure
from ingest.page.tags import Tags
from ingest.tree import sections
from ingest.tree.layout import lay_out
from kb.words.vocabulary import Vocabulary
from tests.ingest.tree.test_sections import PROSE, shape
from tests.tagging import ARTIFACT, Node, tagged
from tests.typesetting import Text, paragraph

Set = tuple[str, str, float, bool]  # role, text, size, bold


def document(*pages: Sequence[Set], prose: str = "P") -> list[Node]:
    """A heading or more a page, each with a paragraph below it, whose every line is the element's."""
    nodes = []
    for page, items in enumerate(pages, 1):
        for number, (role, text, size, bold) in enumerate(items):
            top = 80 + 170 * number
            nodes.append(Node(role, ((page, Text(text, 60, top, size, bold)),)))
            lines = paragraph(PROSE * 2, 60, top + 30, 420)
            nodes.append(Node(prose, tuple((page, line) for line in lines)))
    return nodes


def tree(data: bytes, outline: Sequence[Bookmark] = (), *, with_tags: bool = True) -> sections.Tree:
    structure = open_structure(data, "x.pdf", "", 100)
    with Glyphs(data, "x.pdf") as glyphs:
        pages = [replace(p, tags=structure.tags if with_tags else Tags()) for p in glyphs.pages()]
    return sections.build(lay_out(pages), outline, structure.labels, Vocabulary.load(), "")


APPENDICES = (
    [("H1", "Guide to shared courses", 20.0, True), ("H2", "Aims", 10.0, False)],
    [("H1", "How partners work", 10.0, False), ("H2", "Rules", 10.0, False)],
    [("H1", "Letters and forms", 10.0, False)],
)


@pytest.mark.parametrize("roles", [{}, {"H1": "Kapitel"}])
def test_headings_in_plain_type_are_found_by_their_tags_at_their_level(roles: dict[str, str]) -> None:
    pages = [[(roles.get(r, r), t, s, b) for r, t, s, b in page] for page in APPENDICES]
    found = tree(tagged(document(*pages), roles={v: k for k, v in roles.items()}))
    assert shape(found.root) == [
        ("Guide to shared courses", 0),
        ("Aims", 1),
        ("How partners work", 0),
        ("Rules", 1),
        ("Letters and forms", 0),
    ]


TYPED = (
    [("P", "First part", 20.0, True), ("P", "Chapter of bees", 14.0, True)],
    [("P", "Second part", 20.0, True), ("P", "Chapter of maps", 14.0, True)],
    [("P", "Third part", 20.0, True), ("P", "Chapter of shifts", 14.0, True)],
)
BY_TYPE = [(text, level) for page in TYPED for (_, text, _, _), level in zip(page, (0, 1), strict=True)]


@pytest.mark.parametrize("role", ["P", "H1", "H4", "Span", "LI", "Figure"])
def test_tags_that_call_everything_one_thing_lose_nothing_that_type_tells(role: str) -> None:
    pages = [[(role, text, size, bold) for _, text, size, bold in page] for page in TYPED]
    assert shape(tree(tagged(document(*pages))).root) == BY_TYPE
    assert shape(tree(tagged(document(*pages, prose=role))).root) == BY_TYPE


def test_paragraphs_that_are_tagged_as_headings_stay_paragraphs() -> None:
    assert shape(tree(tagged(document(*TYPED, prose="H2"))).root) == BY_TYPE


@pytest.mark.parametrize("tagged_ones", ["110100", "011001", "100110"])
def test_what_is_left_untagged_has_the_level_of_what_looks_like_it(tagged_ones: str) -> None:
    has_tag = iter(tagged_ones)
    pages = [
        [
            (role if next(has_tag) == "1" else "P", text, size, bold)
            for role, (_, text, size, bold) in zip(("H1", "H2"), page, strict=True)
        ]
        for page in TYPED
    ]
    assert shape(tree(tagged(document(*pages))).root) == BY_TYPE


def test_tags_that_give_larger_type_the_deeper_level_are_not_believed() -> None:
    pages = [[("H2", *page[0][1:]), ("H1", *page[1][1:])] for page in TYPED]
    assert shape(tree(tagged(document(*pages))).root) == BY_TYPE


def test_tags_with_the_levels_turned_round_do_not_turn_the_tree() -> None:
    deeper = iter(["H1", "H3", "H2", "H1", "H3", "H2"])
    pages = [[(next(deeper), text, size, bold) for _, text, size, bold in page] for page in TYPED]
    assert shape(tree(tagged(document(*pages))).root) == BY_TYPE


def test_a_heading_that_is_a_sentence_is_one_by_its_tag_where_type_sets_it_apart() -> None:
    sentence = "Partners agree on the dates before they agree on anything else."
    pages = [[("H1", "Aims", 14.0, True)], [("H1", "Rules", 14.0, True)], [("H2", sentence, 10.0, True)]]
    assert sentence in [title for title, _ in shape(tree(tagged(document(*pages))).root)]
    pages[2] = [("H2", sentence, 10.0, False)]
    assert sentence not in [title for title, _ in shape(tree(tagged(document(*pages))).root)]


def test_two_headings_that_type_takes_for_one_are_parted_by_their_tags() -> None:
    nodes = [
        Node(
            "H1",
            ((1, Text("Annex of all the forms that partners send to one another", 60, 80, 14, bold=True)),),
        ),
        Node("H2", ((1, Text("Letter of intent", 60, 95, 14, bold=True)),)),
        Node("P", tuple((1, line) for line in paragraph(PROSE, 60, 125, 420))),
        *document([], [("H1", "Rules", 14, True)], [("H1", "Dates", 14, True), ("H2", "Winter", 14, True)]),
    ]
    assert [title for title, _ in shape(tree(tagged(nodes)).root)][:2] == [
        "Annex of all the forms that partners send to one another",
        "Letter of intent",
    ]


def test_a_wrapped_heading_that_type_cuts_is_whole_by_its_tag() -> None:
    drawn = [
        Text("What partners should know:", 60, 80, 14, bold=True),
        Text("Letters and forms", 60, 97, 14, bold=True),
    ]
    body = Node("P", tuple((1, line) for line in paragraph(PROSE, 60, 125, 420)))
    apart = tree(tagged([Node("P", ((1, line),)) for line in drawn] + [body]))
    assert [title for title, _ in shape(apart.root)] == [line.text for line in drawn]
    whole = tree(tagged([Node("H1", tuple((1, line) for line in drawn)), body]))
    assert [title for title, _ in shape(whole.root)] == ["What partners should know: Letters and forms"]


def test_what_the_outline_does_not_name_has_the_level_that_its_tag_says() -> None:
    pages = [
        [("H2", f"Practice {name}", 12.0, True), ("H3", "Aims", 12.0, True), ("H4", "Costs", 12.0, True)]
        for name in ("bees", "maps", "shifts")
    ]
    own = [Bookmark(f"Practice {name}", 0, n + 1, 60.0) for n, name in enumerate(("bees", "maps", "shifts"))]
    found = shape(tree(tagged(document(*pages)), own).root)
    assert found == [
        (t, n)
        for name in ("bees", "maps", "shifts")
        for t, n in ((f"Practice {name}", 0), ("Aims", 1), ("Costs", 2))
    ]


def laid(nodes: Sequence[Node]) -> list[tuple[str, Role]]:
    data = tagged(nodes)
    tags = open_structure(data, "x.pdf", "", 100).tags
    with Glyphs(data, "x.pdf") as glyphs:
        return [
            (line.text, line.role) for line in lay_out(replace(p, tags=tags) for p in glyphs.pages()).lines
        ]


def test_an_artifact_in_a_margin_is_furniture_though_it_stands_there_once() -> None:
    head = Node(ARTIFACT, ((1, Text("Draft for partners", 60, 40, 9)),))
    aside = Node(ARTIFACT, ((1, Text("Ornament", 60, 500, 9)),))
    found = dict(laid([head, *document([("H1", "Aims", 14, True)]), aside]))
    assert (found["Draft for partners"], found["Aims"], found["Ornament"]) == (
        Role.RUNNING_HEAD, Role.BODY, Role.BODY,
    )  # fmt: skip


def test_a_heading_that_stands_at_the_top_of_every_page_is_text_where_artifacts_are_told() -> None:
    nodes = [*document(*[[("H2", "Objectives", 11.0, True)]] * 6)]
    nodes += [Node(ARTIFACT, ((n, Text("Guide to courses", 60, 800, 9)),)) for n in range(1, 7)]
    found = laid(nodes)
    assert [role for text, role in found if text == "Objectives"] == [Role.BODY] * 6
    assert {role for text, role in found if text == "Guide to courses"} == {Role.RUNNING_HEAD}


def contents(*, leader: str) -> list[Node]:
    """A list of contents whose titles repeat as headings; its pages are behind the leader, or not said."""
    titles = ["Bees in town", "Night shifts", "Old maps", "River law"]
    entries = []
    for number, title in enumerate(titles, 2):
        text = f"{title}{leader}{number}" if leader else title
        entries.append(Node("TOCI", (), (Node("P", ((1, Text(text, 60, 80 + 20 * number)),)),)))
    return [
        Node("H1", ((1, Text("In this booklet", 60, 80, 14, bold=True)),)),
        Node("TOC", (), tuple(entries)),
        *document([], *([("P", title, 10.0, False)] for title in titles)),
    ]


@pytest.mark.parametrize("leader", [" ... ", "   ", ""])
def test_a_list_that_is_tagged_as_the_contents_names_headings_in_plain_type(leader: str) -> None:
    nodes = contents(leader=leader)
    found = [title for title, _ in shape(tree(tagged(nodes)).root)]
    assert found == ["In this booklet", "Bees in town", "Night shifts", "Old maps", "River law"]
    assert [text for text, role in laid(nodes) if role == Role.CONTENTS] == [
        f"{title}{leader.replace('   ', ' ')}{n}" if leader else title for n, title in enumerate(found[1:], 2)
    ]


def test_a_text_that_is_all_tagged_as_contents_stays_text() -> None:
    pages = [[("TOCI", text, size, bold) for _, text, size, bold in page] for page in TYPED]
    assert shape(tree(tagged(document(*pages, prose="TOCI"))).root) == BY_TYPE


def test_what_is_tagged_as_the_title_is_the_title_though_something_larger_is_printed() -> None:
    nodes = [
        Node("P", ((1, Text("Council of Northern Libraries", 60, 80, 30, bold=True)),)),
        Node(
            "Title",
            ((1, Text("Lending across borders", 60, 200, 18)), (1, Text("for beginners", 60, 221, 18))),
        ),
        *document([], [("H1", "Aims", 14, True)]),
    ]
    assert tree(tagged(nodes, roles={"Title": "H1"})).title == "Lending across borders for beginners"
