"""Institutions, partners and countries: who is named as host or partner, and who is merely mentioned."""

from __future__ import annotations

import pytest

from ingest.values.places import countries, institutions, named
from kb.records import Facet, Field, Origin, Span
from kb.words.vocabulary import load

VOCABULARY = load()
BUCHAREST = "University of Bucharest"
GLASGOW = "University of Glasgow"


def a_part(label: str, text: str, page: int = 3) -> Field:
    return Field(label, text, (Span(page),), VOCABULARY.canonical(label))


def hosts(*parts: tuple[str, str], title: str = "A title", publisher: str = "") -> tuple[str, list[Facet]]:
    return institutions(title, [a_part(*part) for part in parts], VOCABULARY, publisher)


def lands(*parts: tuple[str, str], title: str = "A title", lang: str = "en") -> list[tuple[str, Origin]]:
    fields = [a_part(*part) for part in parts]
    _, facets = institutions(title, fields, VOCABULARY)
    return [(f.value, f.origin) for f in countries(title, fields, facets, VOCABULARY, lang)]


# ---- institutions and partners


def test_institution_of_its_field_is_stated_with_its_page_and_its_words() -> None:
    lead, facets = hosts(("Led by", "Universitatea din București"))
    assert lead == BUCHAREST
    assert facets == [Facet("institution", BUCHAREST, Origin.STATED, 3, "Universitatea din București")]


def test_institution_that_no_list_knows_is_taken_as_printed() -> None:
    assert hosts(("Institution", "Red Cross Vienna"))[0] == "Red Cross Vienna"


@pytest.mark.parametrize("text", ["Dr Maria Rossi", "m.rossi@example.org", "Host\tTeam leadership"])
def test_person_address_or_table_is_no_institution(text: str) -> None:
    assert hosts(("Coordinator", text)) == ("", [])


def test_several_hosts_are_all_kept_and_the_first_leads() -> None:
    lead, facets = hosts(("Institution", f"{GLASGOW}, with {BUCHAREST}"))
    assert (lead, [f.value for f in facets]) == (GLASGOW, [GLASGOW, BUCHAREST])


def test_partners_are_those_of_their_field() -> None:
    lead, facets = hosts(("Partners", f"{GLASGOW}, {BUCHAREST}"))
    assert lead == ""
    assert [(f.name, f.value, f.origin) for f in facets] == [
        ("partner", GLASGOW, Origin.STATED),
        ("partner", BUCHAREST, Origin.STATED),
    ]


def test_university_of_a_quoted_student_is_neither_host_nor_partner() -> None:
    results = "A student from Glasgow praised it; a student from the University of Bucharest is quoted, too."
    assert hosts(("Results", results)) == ("", [])


def test_source_of_a_quotation_is_not_the_host() -> None:
    activity = "‘The first step was to develop a statement.’\n\nUniversity of Sunderland"
    assert hosts(("Main areas of activity", activity)) == ("", [])


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("Open research at the University of Reading", "Results"),
        ("Open research", "About the University of Reading"),
    ],
)
def test_institution_of_title_or_label_is_inferred(title: str, label: str) -> None:
    lead, facets = hosts((label, "It is large."), title=title)
    assert lead == "University of Reading"
    assert facets[0].origin is Origin.INFERRED


def test_line_that_holds_nothing_but_an_institution_names_the_host() -> None:
    assert hosts(("", f"{GLASGOW}\nThe class met weekly."))[0] == GLASGOW
    assert hosts(("", f"Students who were at the {GLASGOW} met weekly."))[0] == ""


@pytest.mark.parametrize(
    "text",
    [
        "A MOOC organised by the University of Glasgow.",
        "Ein Kurs, organisiert von der University of Glasgow.",
        "Un cours coordonné par la University of Glasgow.",
        "Un curso coordinado por la University of Glasgow.",
        "Un corso organizzato dalla University of Glasgow.",
        "Un curs organizat de University of Glasgow.",
        "Kursen arrangeras av University of Glasgow.",
    ],
)
def test_text_names_the_host_where_it_says_who_organises(text: str) -> None:
    lead, facets = hosts(("Description", text))
    assert lead == GLASGOW
    assert facets[0].origin is Origin.INFERRED


def test_field_wins_over_title_and_text() -> None:
    lead, facets = hosts(
        ("Institution", BUCHAREST), ("Description", f"Run by {GLASGOW}."), title=f"At {GLASGOW}"
    )
    assert (lead, len(facets)) == (BUCHAREST, 1)


def test_publisher_counts_only_where_the_practice_mentions_it_and_names_no_other() -> None:
    assert hosts(("Contact", "Write to Etalab."), publisher="Etalab")[0] == "Etalab"
    assert hosts(("Contact", "Write to us."), publisher="Etalab")[0] == ""
    assert hosts(("Institution", GLASGOW), ("Contact", "Write to Etalab."), publisher="Etalab")[0] == GLASGOW


@pytest.mark.parametrize(
    "text", ["University Library", "University Senate", "Institutional support", "College"]
)
def test_part_of_a_university_or_a_common_word_is_no_name(text: str) -> None:
    assert named(f"The {text} approved it.", VOCABULARY) == []


def test_name_ends_before_what_belongs_to_it() -> None:
    assert named("in the University of Bristol’s Academic Framework", VOCABULARY) == ["University of Bristol"]


# ---- countries


def test_country_of_its_field_is_stated() -> None:
    assert lands(("Countries", "Italy, Frankreich")) == [("Italy", Origin.STATED), ("France", Origin.STATED)]


def test_country_of_a_known_host_is_inferred_and_partners_count_only_without_one() -> None:
    both = (("Institution", BUCHAREST), ("Partners", GLASGOW))
    assert lands(*both) == [("Romania", Origin.INFERRED)]
    assert lands(both[1]) == [("United Kingdom", Origin.INFERRED)]


def test_host_wins_over_the_country_that_a_course_is_about() -> None:
    about = ("Description", "Mitigation in a region, with Uganda as the focus.")
    assert lands(("Institution", BUCHAREST), about) == [("Romania", Origin.INFERRED)]


def test_only_country_that_the_description_names_is_inferred_and_of_several_none() -> None:
    assert lands(("Description", "Held in Italy for a week.")) == [("Italy", Origin.INFERRED)]
    assert lands(("Description", "Held in Italy and Spain.")) == []
    assert lands(("Results", "Held in Italy for a week.")) == []
