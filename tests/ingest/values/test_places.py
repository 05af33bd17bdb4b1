"""Institutions, partners and countries: who is named as host or partner, and who is merely mentioned."""

from __future__ import annotations

import pytest

from ingest.values.facet_values import read
from ingest.values.houses import named
from ingest.values.places import countries, institutions
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


def test_institution_of_its_field_is_mapped_from_its_own_name_with_page_and_words() -> None:
    lead, facets = hosts(("Led by", "Universitatea din București"))
    assert lead == BUCHAREST
    assert facets == [Facet("institution", BUCHAREST, Origin.MAPPED, 3, "Universitatea din București")]


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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Harbour City Council and the Isle Housing Trust", ["Harbour City Council", "Isle Housing Trust"]),
        ("Department of Fisheries (DOF) staff", ["Department of Fisheries (DOF)"]),
        ("the U.S. Weather Bureau's archive", ["U.S. Weather Bureau"]),
        ("King’s College London; Ulster University", ["King’s College London", "Ulster University"]),
        ("Bundesamt für Kartographie, Stadt Gera", ["Bundesamt für Kartographie", "Stadt Gera"]),
        ("Ville de Nantes et Université Bretagne Sud", ["Ville de Nantes", "Université Bretagne Sud"]),
        ("Ayuntamiento de Soria y Universidad de León", ["Ayuntamiento de Soria", "Universidad de León"]),
        (
            "Comune di Lecce, Università degli Studi di Udine",
            ["Comune di Lecce", "Università degli Studi di Udine"],
        ),
        ("Primăria Arad, Universitatea din Oradea", ["Primăria Arad", "Universitatea din Oradea"]),
        ("Umeå universitet och Luleå kommun", ["Umeå universitet", "Luleå kommun"]),
        ("Δήμος Βόλου και Πανεπιστήμιο της Πάτρας", ["Δήμος Βόλου", "Πανεπιστήμιο της Πάτρας"]),
    ],
)
def test_names_of_public_bodies_have_a_form_in_each_language(text: str, names: list[str]) -> None:
    assert named(text, VOCABULARY) == names


@pytest.mark.parametrize(
    "text", ["Office Hours Online", "the Council", "Red Team Exercise", "our Department"]
)
def test_word_for_an_office_alone_is_no_name(text: str) -> None:
    assert named(text, VOCABULARY) == []


@pytest.mark.parametrize(
    "label",
    [
        *(
            "Implementing agency",
            "Host(s)",
            "Run by",
            "Durchgeführt von",
            "Zuständige Behörde",
            "Υλοποίηση από",
        ),
        *("Promovido por", "Structure responsable", "Realizzato da", "Implementat de", "Ansvarig myndighet"),
        *("Pořadatel", "Nazwa instytucji"),
    ],
)
def test_label_of_who_runs_it_states_the_host_in_each_language(label: str) -> None:
    lead, facets = hosts((label, "Bayline Housing"))
    assert (lead, facets[0].origin) == ("Bayline Housing", Origin.STATED)


def test_parts_of_a_host_field_are_read_one_by_one() -> None:
    _, facets = hosts(("Host(s)", "Bayline GmbH; University of Dundee"))
    assert [f.value for f in facets] == ["Bayline GmbH", "University of Dundee"]


@pytest.mark.parametrize(
    "text",
    [
        "School of Nursing, Ulster University",
        "Ulster University, Department of Law",
        "Institut für Pflege, Ulster University",
        "Dipartimento di Fisica, Ulster University",
    ],
)
def test_department_beside_its_university_is_no_host_of_its_own(text: str) -> None:
    _, facets = hosts(("Institution", text))
    assert [f.value for f in facets] == ["Ulster University"]


@pytest.mark.parametrize(
    ("title", "text", "lead"),
    [
        ("Tide Academy", "Tide Academy is hosted by the Isle Housing Trust.", "Isle Housing Trust"),
        ("Tide Academy", "A course for all.", "Tide Academy"),
        ("Evening classes", "The Isle Housing Trust has offered classes since May.", "Isle Housing Trust"),
        ("Evening classes", "At Ulster University, students teach.", "Ulster University"),
        ("Evening classes", "Mina Roy, Ulster University\n\nStudents teach.", "Ulster University"),
        ("The DSF Data Lab", "For staff of the Department of Sea Fisheries.", "Department of Sea Fisheries"),
        ("Evening classes", "People like Ulster University better than others do.", ""),
        ("Evening classes", "It helped.\n\nUlster University", ""),
    ],
)
def test_text_names_the_host_by_its_place(title: str, text: str, lead: str) -> None:
    assert hosts(("Notes on it", text) if "Mina" not in text else ("", text), title=title)[0] == lead


def test_contact_and_heading_above_name_the_host_where_nothing_else_does() -> None:
    contact = a_part("Contact", "Mina Roy, Ulster University, m.roy@example.org")
    assert institutions("Evening classes", [contact], VOCABULARY)[0] == "Ulster University"
    plain = a_part("Results", "It helped.")
    above = ("Case studies", "University of Dundee")
    assert institutions("Evening classes", [plain], VOCABULARY, above=above)[0] == "University of Dundee"
    assert institutions("Evening classes", [plain], VOCABULARY, above=("Case studies",))[0] == ""


def test_line_with_a_label_within_another_text_states_the_host() -> None:
    fields = [a_part("Background", "Agency: Isle Housing Trust\nIt rained."), a_part("Results", "Good.")]
    lead, facets = read("Evening classes", fields, VOCABULARY, "en")
    assert lead == "Isle Housing Trust"
    assert [f.origin for f in facets if f.name == "institution"] == [Origin.STATED]


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
