"""An imprint that closes a document is part of no practice before it."""

from __future__ import annotations

import pytest

from ingest.page import Glyphs
from ingest.parts import closing
from ingest.tree import Section, layout, sections
from kb.words import Vocabulary
from tests.ingest.tree.test_sections import PROSE, page
from tests.typesetting import Text, paragraph, typeset

IMPRINT = {
    "en": (
        "Published by: The Reading Office",
        "Authors: Ann Lee, Bo Ray",
        "Edition: 2024",
        "ISBN: 978-3-55-671449-9",
    ),
    "pl": (
        "Wydawca: Biuro Czytania",
        "Autorzy: Anna Lis, Jan Mak",
        "Rok wydania: 2024",
        "ISBN 978-3-55-671449-9",
    ),
}


def root_of(last: list[Text]) -> Section:
    first = page(("The first practice", 16, True), ("The second practice", 16, True))
    with Glyphs(typeset([first, last]), "x.pdf") as glyphs:
        laid = layout.lay_out(glyphs.pages())
    root = sections.build(laid, (), ("1", "2"), Vocabulary.load(), "").root
    closing.set_apart(root, laid)
    return root


@pytest.mark.parametrize("language", IMPRINT)
def test_the_imprint_goes_to_the_document(language: str) -> None:
    lines = IMPRINT[language]
    root = root_of([Text(line, 60, 60 + 16 * n, 10) for n, line in enumerate(lines)])
    assert root.children[-1].title == lines[0]
    assert [line.text for line in root.children[-1].lines] == list(lines[1:])
    assert {line.page for s in root.children[:-1] for line in s.all_lines()} == {1}


def test_labels_in_bold_above_their_values_go_with_it() -> None:
    drawn = []
    for number, (label, value) in enumerate(line.split(" ", 1) for line in IMPRINT["pl"]):
        drawn += [Text(label, 60, 60 + 40 * number, 10, True), Text(value, 60, 76 + 40 * number, 10)]
    root = root_of(drawn)
    assert root.children[-1].page == 2
    assert {s.page for s in root.walk() if s is not root.children[-1]} == {1}


@pytest.mark.parametrize("opening", ["Authors: who wrote it, and why", "A last word on this practice"])
def test_what_only_opens_like_one_stays(opening: str) -> None:
    root = root_of([Text(opening, 60, 60, 10), *paragraph(PROSE, 60, 100, 420)])
    assert root.children[-1].title == "The second practice"
    assert root.children[-1].last_page == 2
