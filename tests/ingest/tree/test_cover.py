"""The title of a handbook, from covers as publishers set them; none of these wordings is a sample's."""

from __future__ import annotations

import pytest

from ingest.page.pdf import Glyphs
from ingest.page.structure import open_structure
from ingest.tree import sections
from ingest.tree.layout import lay_out
from kb.words.vocabulary import Vocabulary
from tests.typesetting import Text, paragraph, typeset

PROSE = "The mentors of four libraries met every month and wrote down what had helped their newcomers. " * 4
TITLE = "Mentoring between Libraries"
Cover = list[tuple[str, float]]


def title_of(*front: list[Text], head: str = "", metadata: str = "", author: str = "") -> str:
    """The title of a handbook with these first pages, then two chapters, below running heads."""
    pages = [*front]
    for number in range(4):
        text = [Text(f"Chapter {number + 1}", 60, 120, 16, True)] if number % 2 == 0 else []
        text += [line for n in range(5) for line in paragraph(PROSE, 60, 160 + 110 * n, 440)]
        pages.append([*([Text(head, 60, 40, 8)] if head else []), *text])
    data = typeset(pages, title=metadata)
    structure = open_structure(data, "x.pdf", "", 100)
    with Glyphs(data, "x.pdf") as glyphs:
        laid = lay_out(glyphs.pages())
    words = Vocabulary.load()
    return sections.build(laid, (), structure.labels, words, structure.title, author).title


def cover(*lines: tuple[str, float], top: float = 120) -> list[Text]:
    """Lines of a size, one below the other with air between those of different sizes."""
    drawn: list[Text] = []
    before = 0.0
    for text, size in lines:
        top += size * (1.2 if size == before else 2.6)
        drawn.append(Text(text, 60, top, size, size > 14))
        before = size
    return drawn


@pytest.mark.parametrize(
    "lines",
    [
        [(TITLE, 28)],
        [("Mentoring", 28), ("between Libraries", 28)],
        [("GOOD PRACTICE SERIES", 10), (TITLE, 28), ("Advice for the first year", 18), ("May 2024", 12)],
        [
            ("Northern Library Council", 34),
            (TITLE, 24),
            ("Second edition", 16),
        ],  # the publisher in the largest type
        [("University of Dundee", 30), (TITLE, 22)],
        [("Universidad de Burgos", 30), (TITLE, 22)],
        [("Hochschule Fulda", 30), (TITLE, 22)],
        [("November 2023", 30), (TITLE, 22)],
        [("Version 2.1", 30), (TITLE, 22)],
        [("Zweite Auflage", 30), (TITLE, 22)],
        [("www.libraries.example.org", 30), (TITLE, 22)],
        [("Anna Mills, Peter Stone", 12), (TITLE, 22), ("Utkast", 14)],
    ],
)
def test_largest_text_that_may_be_a_title_is_the_title(lines: Cover) -> None:
    assert title_of(cover(*lines)) == TITLE


def test_title_may_stand_at_the_foot_of_its_page() -> None:
    assert title_of(cover(("Northern Library Council", 12), (TITLE, 26), top=640)) == TITLE


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([("A handbook for", 16), ("Night Libraries", 30)], "A handbook for Night Libraries"),
        ([("Leitfaden zur", 16), ("Nachtbibliothek", 30)], "Leitfaden zur Nachtbibliothek"),
        ([("Guide pour les", 16), ("Bibliothèques de nuit", 30)], "Guide pour les Bibliothèques de nuit"),
        ([("Handbook", 30), (TITLE, 20)], f"Handbook {TITLE}"),
        ([("Guía", 30), ("Bibliotecas de noche", 20)], "Guía Bibliotecas de noche"),
        ([("Vägledning", 30), ("Nattöppna bibliotek", 20)], "Vägledning Nattöppna bibliotek"),
    ],
)
def test_title_in_two_sizes_is_one(lines: Cover, title: str) -> None:
    assert title_of(cover(*lines)) == title


def test_headings_of_one_size_are_not_joined_to_a_title() -> None:
    first = [Text(TITLE, 60, 80, 18, True), *paragraph(PROSE, 60, 110, 440)]
    first += [Text("Who we are", 60, 300, 18, True), *paragraph(PROSE, 60, 330, 440)]
    assert title_of(first) == TITLE


def test_behind_a_cover_without_words_the_title_page_counts() -> None:
    assert title_of([], cover((TITLE, 26))) == TITLE
    assert title_of(cover(("Northern Library Council", 30)), cover((TITLE, 26))) == TITLE


def test_running_head_tells_the_title_among_large_texts() -> None:
    front = cover(("All Hours Open", 30), (TITLE, 20))
    assert title_of(front, head=TITLE) == TITLE
    assert title_of(front) == "All Hours Open"


def test_running_head_joins_what_the_cover_sets_apart() -> None:
    front = cover(("Guidebook", 12), ("Information for teams and their managers", 16))
    half_title = cover(("NightLibrary", 40))
    assert title_of(front, half_title, head="NightLibrary Guidebook") == "NightLibrary Guidebook"


def test_running_head_with_the_publisher_is_no_title() -> None:
    assert title_of(cover((TITLE, 24), ("University of Dundee", 12)), head="University of Dundee") == TITLE


def test_metadata_count_where_they_are_printed_or_nothing_else_is() -> None:
    front = cover(("All Hours Open", 30), (TITLE, 20))
    assert title_of(front, metadata=TITLE) == TITLE
    assert title_of(front, metadata="final_v3_print") == "All Hours Open"
    assert title_of([], metadata=TITLE) == TITLE


def test_metadata_that_repeat_the_author_are_no_title() -> None:
    front = cover(("Bookhouse", 12), (TITLE, 24))
    assert title_of(front, metadata="Bookhouse Press", author="Bookhouse Press") == TITLE
