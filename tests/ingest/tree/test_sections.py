"""The heading tree from outline, contents page and type."""

from __future__ import annotations

from ingest.page.pdf import Glyphs
from ingest.page.structure import open_structure
from ingest.tree import sections
from ingest.tree.layout import lay_out
from ingest.tree.sections import Section, Tree
from kb.words.vocabulary import Vocabulary
from tests.typesetting import Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. " * 2


def tree_of(data: bytes) -> Tree:
    structure = open_structure(data, "x.pdf", "", 100)
    with Glyphs(data, "x.pdf") as glyphs:
        laid = lay_out(glyphs.pages())
    return sections.build(laid, structure.outline, structure.labels, Vocabulary.load(), structure.title)


def shape(section: Section) -> list[tuple[str, int]]:
    return [(s.title, s.level) for s in section.walk() if s.level >= 0]


def page(*blocks: tuple[str, float, bool]) -> list[Text]:
    """Headings of a size, each with a paragraph below it."""
    drawn: list[Text] = []
    for number, (title, size, bold) in enumerate(blocks):
        top = 80 + 150 * number
        drawn += [Text(title, 60, top, size, bold), *paragraph(PROSE, 60, top + 30, 420)]
    return drawn


def test_without_witnesses_the_larger_type_is_the_higher_level() -> None:
    found = tree_of(typeset([page(("Part one", 20, True), ("Chapter", 14, True), ("Detail", 11.5, True))]))
    assert shape(found.root) == [("Part one", 0), ("Chapter", 1), ("Detail", 2)]


def test_the_outline_gives_the_levels_where_type_is_the_same() -> None:
    pages = [page(("First part", 14, True), ("First chapter", 14, True)), page(("Second part", 14, True))]
    marks = [("First part", 1, 0), ("First chapter", 1, 1), ("Second part", 2, 0)]
    assert shape(tree_of(typeset(pages, bookmarks=marks)).root) == [
        ("First part", 0),
        ("First chapter", 1),
        ("Second part", 0),
    ]


def test_what_the_outline_does_not_name_lies_below_what_it_names_in_the_same_type() -> None:
    pages = [
        page(
            ("Initiative A", 12, True),
            ("Week one", 12, True),
            ("Week two", 12, True),
            ("Week three", 12, True),
        )
    ]
    found = tree_of(typeset(pages, bookmarks=[("Initiative A", 1, 0)]))
    assert shape(found.root) == [("Initiative A", 0), ("Week one", 1), ("Week two", 1), ("Week three", 1)]


def test_a_heading_over_two_lines_is_one() -> None:
    drawn = [
        Text("A title that is far too long to stand on one line of the page and", 60, 80, 14, bold=True),
        Text("therefore runs on", 60, 97, 14, bold=True),
        *paragraph(PROSE, 60, 130, 420),
    ]
    (title, _), *_ = shape(tree_of(typeset([drawn])).root)
    assert title.endswith("page and therefore runs on")


def test_a_bookmark_finds_its_heading_in_plain_type() -> None:
    drawn = [
        Text("Quiet heading", 60, 80),
        *paragraph(PROSE, 60, 100, 420),
        Text("Loud", 60, 300, 16, bold=True),
        *paragraph(PROSE, 60, 330, 420),
    ]
    found = tree_of(typeset([drawn], bookmarks=[("Quiet heading", 1, 0), ("Loud", 1, 0)]))
    assert [title for title, _ in shape(found.root)] == ["Quiet heading", "Loud"]


def test_a_bookmark_that_nothing_on_its_page_bears_is_named_as_missing() -> None:
    found = tree_of(typeset([page(("Real", 16, True))], bookmarks=[("Real", 1, 0), ("Elsewhere", 1, 0)]))
    assert found.missing == ("Elsewhere",)


def test_every_line_of_text_hangs_below_one_section() -> None:
    data = typeset([page(("One", 16, True), ("Two", 12, True)), page(("Three", 16, True))])
    with Glyphs(data, "x.pdf") as glyphs:
        body = lay_out(glyphs.pages()).body()
    root = tree_of(data).root
    hung = [line.text for line in root.all_lines()]
    assert sorted(hung) == sorted(line.text for line in body)


def chapter(label: str, title: str, *, label_size: float = 11) -> list[Text]:
    """A page that opens with a label above its title."""
    return [
        Text(label, 60, 80, label_size, True),
        Text(title, 60, 100 + label_size, 18, True),
        *paragraph(PROSE, 60, 150, 420),
    ]


def test_a_label_of_word_and_number_above_a_title_belongs_to_it() -> None:
    found = tree_of(typeset([chapter("Capítulo 1", "Los primeros pasos"), chapter("Apéndice A", "Modelos")]))
    assert [(s.title, s.kicker) for s in found.root.walk() if s.level >= 0] == [
        ("Los primeros pasos", "Capítulo 1"),
        ("Modelos", "Apéndice A"),
    ]


def test_a_kicker_that_stands_above_several_headlines_is_no_heading() -> None:
    pages = [
        chapter("CASE STUDY", title) for title in ("River laboratory", "Museum of languages", "Law clinic")
    ]
    found = tree_of(typeset(pages))
    assert [s.title for s in found.root.walk() if s.level >= 0] == [
        "River laboratory",
        "Museum of languages",
        "Law clinic",
    ]


def test_a_larger_label_with_several_headings_below_it_stays_the_heading_of_them_all() -> None:
    pages = [
        [
            Text("Annex 1", 60, 80, 20, True),
            Text("River laboratory", 60, 120, 14, True),
            *paragraph(PROSE, 60, 150, 420),
            Text("Law clinic", 60, 320, 14, True),
            *paragraph(PROSE, 60, 350, 420),
        ]
    ]
    found = tree_of(typeset(pages))
    assert shape(found.root) == [("Annex 1", 0), ("River laboratory", 1), ("Law clinic", 1)]


def test_an_annex_in_plain_type_at_the_top_of_a_page_is_a_heading() -> None:
    plain = [Text("Annex 1: Letters and forms", 60, 80), *paragraph(PROSE, 60, 120, 420)]
    found = tree_of(typeset([page(("Guide", 18, True)), page(("Background", 18, True)), plain]))
    assert shape(found.root) == [("Guide", 0), ("Background", 0), ("Annex 1: Letters and forms", 0)]


def test_a_value_in_capitals_below_a_bold_label_is_no_heading() -> None:
    drawn = [
        Text("Workshop on fires", 60, 80, 14, bold=True),
        *paragraph(PROSE, 60, 110, 420),
        Text("Tools", 60, 190, 10, bold=True),
        Text("QGIS", 60, 215),
        Text("Results", 60, 240, 10, bold=True),
        *paragraph(PROSE, 60, 265, 420),
    ]
    titles = [title for title, _ in shape(tree_of(typeset([drawn])).root)]
    assert "QGIS" not in titles
    assert "Tools" in titles


def test_of_plain_capitals_and_bold_type_of_one_size_the_rarer_is_the_higher() -> None:
    def record(title: str, *labels: str) -> list[Text]:
        drawn = [Text(title, 60, 80, 10, bold=True), *paragraph(PROSE, 60, 100, 420)]
        for n, label in enumerate(labels):
            drawn += [Text(label, 60, 160 + 80 * n, 10), *paragraph(PROSE, 60, 176 + 80 * n, 420)]
        return drawn

    pages = [record(t, "AIMS OF IT", "RESULTS OF IT", "COSTS") for t in ("A reading room", "A garden")]
    levels = [level for _, level in shape(tree_of(typeset(pages)).root)]
    assert levels == [0, 1, 1, 1, 0, 1, 1, 1]


def test_titles_that_a_label_counts_have_one_level_though_the_outline_nests_them() -> None:
    things = ("A reading room", "Peer support", "The open laboratory", "Repairs", "A garden for all")
    titles = [f"Case {n}: {thing}" for n, thing in enumerate(things, 1)]
    pages = [page(("Cases", 18, True), (titles[0], 13, True)), *(page((t, 13, True)) for t in titles[1:])]
    marks = [("Cases", 1, 0), (titles[0], 1, 1), *((t, n, 2) for n, t in enumerate(titles[1:], 2))]
    found = shape(tree_of(typeset(pages, bookmarks=marks)).root)
    assert [title for title, _ in found] == ["Cases", *titles]
    assert len({level for _, level in found[1:]}) == 1
