"""Practices are repeated siblings; summaries, questions and echoes are none."""

from __future__ import annotations

import pytest

from ingest import reader
from ingest.parts.practices import clean_title
from ingest.reading.extraction import Extraction
from kb.records import Kind
from tests.typesetting import Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. " * 2
TITLES = ["Digital law clinic", "Green campus week", "Museum of languages", "River laboratory"]


def titles_of(data: bytes, kind: Kind = Kind.PRACTICE) -> list[str]:
    found = Extraction.of_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))
    return [r.title for r in found.of(kind)]


def record_page(title: str, labels: list[str]) -> list[Text]:
    drawn = [Text(title, 60, 80, 16, True)]
    for n, label in enumerate(labels):
        drawn += [Text(label, 60, 110 + 80 * n, 11, True), *paragraph(PROSE, 60, 126 + 80 * n, 420)]
    return drawn


def test_siblings_that_share_labels_are_practices_whatever_the_labels_say() -> None:
    pages = [record_page(t, ["Spark", "Recipe", "Aftertaste"]) for t in TITLES]
    assert titles_of(typeset(pages)) == TITLES


def test_a_chapter_between_them_that_shares_nothing_is_a_section() -> None:
    pages = [
        record_page("A word before", ["Thanks", "Scope"]),
        *(record_page(t, ["Need", "Results"]) for t in TITLES),
    ]
    data = typeset(pages)
    assert titles_of(data) == TITLES
    assert "A word before" in titles_of(data, Kind.SECTION)


def test_a_summary_that_repeats_the_titles_is_no_practice() -> None:
    summary = [Text("All of them at a glance", 60, 80, 16, True)]
    for n, title in enumerate(TITLES):
        summary += [
            Text(title, 60, 120 + 60 * n, 11, True),
            Text("Need: see below", 60, 136 + 60 * n),
            Text("Results: see below", 60, 150 + 60 * n),
        ]
    assert (
        titles_of(typeset([summary, *(record_page(t, ["Need", "Results", "Contact"]) for t in TITLES)]))
        == TITLES
    )


def test_questions_and_answers_are_no_practices() -> None:
    pages = [record_page(f"{t}: how much will it cost?", ["Wrong answer", "Right answer"]) for t in TITLES]
    assert titles_of(typeset(pages)) == []


def test_a_short_document_with_known_labels_is_one_practice() -> None:
    data = typeset(
        [record_page("River laboratory", ["Need", "Activities", "Results"])], title="River laboratory"
    )
    assert titles_of(data) == ["River laboratory"]


def test_a_document_without_repetition_has_none() -> None:
    pages = [record_page(t, [f"Thought {n}", f"Remark {n}"]) for n, t in enumerate(TITLES)]
    assert titles_of(typeset(pages)) == []


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("3 Fiche pratique : mention", "Fiche pratique : mention"),
        ("2.1 Begin with the need", "Begin with the need"),
        ("a) Letters", "Letters"),
        ("IV. Results", "Results"),
        ("A Coruña and the sea", "A Coruña and the sea"),
        ("Ideas that work", "Ideas that work"),
        ("20 questions for councils", "questions for councils"),
    ],
)
def test_a_title_loses_its_numbering_only(printed: str, title: str) -> None:
    assert clean_title(printed) == title


def test_an_annex_with_only_a_number_takes_the_heading_below_it() -> None:
    pages = [
        record_page("Guide", ["One", "Two"]),
        [
            Text("Annex 1", 60, 80, 20, True),
            Text("Letters and forms", 60, 130, 14, True),
            *paragraph(PROSE, 60, 160, 420),
        ],
    ]
    found = Extraction.of_data(
        reader.read({"name": "x.pdf", "max_pages": 9}, typeset(pages), lambda *_: None)
    )
    assert [(r.annex_label, r.title, r.page_start) for r in found.of(Kind.ANNEX)] == [
        ("Annex 1", "Letters and forms", 2)
    ]


def annexes_of(data: bytes) -> list[tuple[str, str]]:
    found = Extraction.of_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))
    return [(r.annex_label, r.title) for r in found.of(Kind.ANNEX)]


def chapters(*titles: str) -> list[list[Text]]:
    return [[Text(title, 60, 80, 20, True), *paragraph(PROSE * 3, 60, 130, 420)] for title in titles]


def test_lettered_chapters_after_the_numbered_ones_are_annexes() -> None:
    data = typeset(chapters("1 Why", "2 How", "3 Who", "A. Example letters", "B. References"))
    assert annexes_of(data) == [("A", "Example letters"), ("B", "References")]


def test_letters_without_numbered_chapters_before_them_are_none() -> None:
    assert annexes_of(typeset(chapters("A. Why", "B. How", "C. Who"))) == []


def test_an_appendix_needs_no_number() -> None:
    data = typeset(chapters("Why", "How", "Appendix: Agency case studies"))
    assert annexes_of(data) == [("Appendix", "Agency case studies")]


def test_the_heading_that_opens_the_annexes_is_none_of_them() -> None:
    data = typeset(chapters("Why", "Annexes", "Annex 1: Letters", "Annex 2: Forms"))
    assert annexes_of(data) == [("Annex 1", "Letters"), ("Annex 2", "Forms")]


def test_chapters_with_one_repeated_subheading_are_no_practices() -> None:
    pages = [record_page(t, [f"Thought {n}", "Checklist"]) for n, t in enumerate(TITLES)]
    assert titles_of(typeset(pages)) == []


def test_two_chapters_that_repeat_steps_among_several_that_do_not_are_no_practices() -> None:
    steps = ["Cleaning the ground", "Laying the stones", "Closing the joints"]
    pages = [record_page(t, steps) for t in ("Paths in theory", "Paths in the garden")]
    pages += [record_page(f"Chapter on {t}", [f"Thought {n}", f"Remark {n}"]) for n, t in enumerate(TITLES)]
    assert titles_of(typeset(pages)) == []


def test_one_that_follows_the_template_at_another_depth_is_one() -> None:
    pages = [record_page(t, ["Need", "Activities", "Results"]) for t in TITLES]
    deeper = [Text("Part two", 60, 80, 20, True), *paragraph(PROSE, 60, 110, 420)]
    for n, (text, size) in enumerate(
        [("Workshop of voices", 14), ("Need", 11), ("Activities", 11), ("Results", 11)]
    ):
        top = 180 + 90 * n
        deeper += [Text(text, 60, top, size, True), *paragraph(PROSE, 60, top + 18, 420)]
    assert titles_of(typeset([*pages, deeper])) == [*TITLES, "Workshop of voices"]


def test_a_kicker_that_says_case_study_makes_its_headline_a_practice() -> None:
    pages = [
        [
            Text("CASE STUDY", 60, 80, 10, True),
            Text(t, 60, 100, 18, True),
            *paragraph(PROSE * 2, 60, 140, 420),
        ]
        for t in TITLES
    ]
    pages.append([Text("What we learnt", 60, 80, 18, True), *paragraph(PROSE, 60, 140, 420)])
    assert titles_of(typeset(pages)) == TITLES


def test_what_stands_below_case_studies_is_one_each() -> None:
    drawn = [Text("Case studies", 60, 60, 20, True)]
    for n, title in enumerate(TITLES):
        drawn += [Text(title, 60, 100 + 150 * n, 14, True), *paragraph(PROSE, 60, 120 + 150 * n, 420)]
    rest = [[Text(f"Part {n}", 60, 80, 20, True), *paragraph(PROSE, 60, 140, 420)] for n in range(2)]
    assert titles_of(typeset([*rest, drawn])) == TITLES


def test_what_follows_the_last_practice_on_a_new_page_is_none_of_it() -> None:
    pages = [record_page(t, ["Need", "Activities", "Results"]) for t in TITLES]
    imprint = [Text("Publisher", 60, 80, 11, True), Text("The alliance", 60, 100)]
    imprint += [Text("Layout", 60, 140, 11, True), Text("A studio in the old town", 60, 160)]
    data = typeset([*pages, imprint])
    found = Extraction.of_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))
    *_, last = found.of(Kind.PRACTICE)
    assert [f.label for f in last.fields] == ["Need", "Activities", "Results"]
    assert last.page_end == len(TITLES)


def test_chapters_that_close_with_the_same_headings_are_no_practices() -> None:
    def chapter(number: int) -> list[Text]:
        drawn = [Text(f"Part {'ABCD'[number]} of the story", 60, 60, 16, True)]
        for n, text in enumerate(
            [f"Thought {number}", f"Remark {number}", f"View {number}", "Key points", "Before you start"]
        ):
            drawn += [Text(text, 60, 90 + 80 * n, 11, True), *paragraph(PROSE, 60, 106 + 80 * n, 420)]
        return drawn

    assert titles_of(typeset([chapter(n) for n in range(4)])) == []


@pytest.mark.parametrize(
    "ends", [("Summary", "Checklist", "Further reading"), ("Riepilogo", "Lista di controllo", "Bibliografia")]
)
def test_chapters_that_share_their_ends_and_a_heading_are_none(ends: tuple[str, ...]) -> None:
    own = iter(("Law", "Money", "Space", "People"))
    pages = [record_page(t, [next(own), "Where we stand", *ends]) for t in TITLES]
    assert titles_of(typeset(pages)) == []


def test_what_holds_practices_is_none_though_it_states_their_labels() -> None:
    overview = [Text("All practices", 60, 60, 18, True), *paragraph(PROSE, 60, 90, 420)]
    overview += [
        Text(f"{name}: see below", 60, 150 + 16 * n) for n, name in enumerate(("Need", "Results", "Contact"))
    ]
    pages = [overview, *(record_page(t, ["Need", "Results", "Contact"]) for t in TITLES)]
    assert titles_of(typeset(pages, bookmarks=[("All practices", 1, 0)])) == TITLES


def test_an_annex_with_a_letter_before_its_word_is_one_annex() -> None:
    titles = ("1. Bevezetés", "2. Kitekintés", "A. függelék – Kérdések", "B. függelék – Szójegyzék")
    assert annexes_of(typeset(chapters(*titles))) == [
        ("A. függelék", "Kérdések"),
        ("B. függelék", "Szójegyzék"),
    ]
