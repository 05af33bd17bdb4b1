"""A heading makes what stands below it tools only where it means tools."""

from __future__ import annotations

import pytest

from ingest.parts.tool_headings import Meaning, groups, lead, meaning


@pytest.mark.parametrize(
    "heading",
    [
        "Tools",
        "3.2 Digital tools",
        "Tools for working together",
        "Tools we use",
        "Tools and templates",
        "List of tools",
        "Software catalogue",
        "Name of the tool",
        "Werkzeuge",
        "Moderationswerkzeuge",
        "Arbeits- und Tischvorlagen",
        "Übersicht der Werkzeuge",
        "Outils d’annotation",
        "Boîte à outils",
        "Liste des outils",
        "Εργαλεία επικοινωνίας",
        "Herramientas digitales",
        "Strumenti per la didattica",
        "Instrumente digitale",
        "Digitala verktyg",
        "Nástroje pro výuku",
        "Narzędzia cyfrowe",
        "Chapter 6 Tools",
        "Chapitre 6 Outils",
        "Ferramentas digitais",
    ],
)
def test_a_heading_that_means_tools(heading: str) -> None:
    assert meaning(heading) == Meaning.SURE


@pytest.mark.parametrize(
    "heading", ["Tools to make decisions: an essay", "Methods and tools", "Applications"]
)
def test_a_heading_that_may_mean_tools(heading: str) -> None:
    assert meaning(heading) == Meaning.DOUBTFUL


@pytest.mark.parametrize(
    "heading",
    [
        "Applications to data",
        "Which tools were used?",
        "Tool selection",
        "Software development",
        "Platform governance",
        "How we built the tools that our partners asked us for over the years",
        "Teaching with tools",
        "Werkzeugmacher",
        "Comment choisir un outil",
    ],
)
def test_a_heading_that_only_holds_the_word(heading: str) -> None:
    assert meaning(heading) < Meaning.SURE


def test_the_title_of_the_document_means_no_tools() -> None:
    assert meaning("Publishing Tools", "The Big Book of Publishing Tools") == Meaning.NONE


@pytest.mark.parametrize(
    ("line", "sure"),
    [("Arbeitsvorlagen:", True), ("Templates for the first session:", True), ("Partners:", False)],
)
def test_the_line_above_a_list_says_what_it_lists(line: str, sure: bool) -> None:
    assert (lead(line) == Meaning.SURE) == sure


@pytest.mark.parametrize(
    ("heading", "many"),
    [
        ("Web platforms", True),
        ("Planning template", False),
        ("Outils numériques", True),
        ("Lernplattform", False),
    ],
)
def test_a_heading_for_several_tools_is_none_itself(heading: str, many: bool) -> None:
    assert groups(heading) == many
