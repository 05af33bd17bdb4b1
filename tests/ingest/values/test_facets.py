"""What practices can be filtered by: what is stated, what is inferred, and what stays absent."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values.credits import ects, stated_credits
from ingest.values.durations import compound_durations, durations
from ingest.values.facet_values import read, stated_in
from ingest.values.years import title_year, years
from kb.records import Facet, Field, Origin, Span
from kb.words.vocabulary import load

VOCABULARY = load()


def a_part(label: str, text: str, page: int = 3, origin: Origin = Origin.STATED) -> Field:
    return Field(label, text, (Span(page),), VOCABULARY.canonical(label), origin)


def facets_of(*parts: tuple[str, str], title: str = "A title", lang: str = "en") -> tuple[Facet, ...]:
    return read(title, [a_part(*part) for part in parts], VOCABULARY, lang)[1]


def values(found: tuple[Facet, ...], name: str) -> list[str]:
    return [facet.value for facet in found if facet.name == name]


def of(found: tuple[Facet, ...], name: str) -> Facet:
    return next(facet for facet in found if facet.name == name)


# ---- stated, inferred, absent


def test_value_in_other_words_is_mapped_with_its_page_and_its_words() -> None:
    found = facets_of(("Format", "A BIP in three parts"))
    assert found == (Facet("format", "blended intensive programme", Origin.MAPPED, 3, "BIP"),)


def test_value_that_is_printed_as_it_is_stored_repeats_no_words() -> None:
    assert of(facets_of(("Focus area", "Health")), "theme") == Facet("theme", "Health", Origin.STATED, 3)


@pytest.mark.parametrize(
    ("label", "text", "lang", "fact"),
    [
        ("Discipline", "Sports science", "en", ("discipline", "Services", "mapped", "Sports science")),
        ("Discipline", "Services", "en", ("discipline", "Services", "stated", "")),
        ("Land", "Schweden", "de", ("country", "Sweden", "stated", "Schweden")),
        ("Country", "Great Britain", "en", ("country", "United Kingdom", "mapped", "Great Britain")),
        (
            "Institution",
            "Universitatea din București",
            "ro",
            ("institution", "University of Bucharest", "mapped", ""),
        ),
        ("Duration", "10 Wochen", "de", ("duration", "10 weeks", "stated", "10 Wochen")),
    ],
)
def test_only_a_value_whose_words_are_printed_is_stated(
    label: str, text: str, lang: str, fact: tuple[str, str, str, str]
) -> None:
    name, value, origin, printed = fact
    found = of(facets_of((label, text), lang=lang), name)
    assert (found.value, found.origin, found.page) == (value, origin, 3)
    assert not printed or found.printed == printed


def test_value_in_a_field_whose_name_is_inferred_is_inferred() -> None:
    field = a_part("Length", "3 days", origin=Origin.INFERRED)
    assert [f.origin for f in stated_in([field], VOCABULARY, "en")] == [Origin.INFERRED]


def test_title_gives_only_what_no_field_states() -> None:
    stated = facets_of(("Format", "Workshop"), title="A summer school")
    assert values(stated, "format") == ["workshop"]
    inferred = facets_of(("Need", "None."), title="A summer school")
    assert of(inferred, "format").origin is Origin.INFERRED


def test_format_that_a_title_is_about_is_not_its_format() -> None:
    found = facets_of(title="First staff week on blended intensive programmes")
    assert values(found, "format") == ["staff week"]
    assert not values(facets_of(title="A virtual school on virtual mobility"), "format")


def test_format_counts_in_text_only_where_the_text_says_what_the_practice_is() -> None:
    assert values(facets_of(("Description", "This is the first MOOC of the alliance.")), "format") == ["MOOC"]
    assert not values(facets_of(("Description", "A conference room, in the course of a workshop.")), "format")


def test_degrees_of_the_target_group_are_inferred_levels() -> None:
    found = facets_of(("Target group", "50 Master’s and PhD students"))
    assert [(f.value, f.origin) for f in found if f.name == "level"] == [
        ("master", Origin.INFERRED),
        ("doctorate", Origin.INFERRED),
    ]
    assert values(found, "target_group") == ["doctoral candidates", "students"]


def test_staff_in_a_title_is_no_study_level() -> None:
    assert not values(facets_of(title="Open staff week"), "level")


def test_discipline_is_never_guessed_from_a_title() -> None:
    assert not values(facets_of(title="Science, ethics and governance of services"), "discipline")


def test_compound_names_of_fields_of_study_give_each_of_their_disciplines() -> None:
    found = facets_of(("Fields of study", "Social Science and humanities, Urbanism"))
    assert values(found, "discipline") == [
        "Social sciences, journalism and information",
        "Arts and humanities",
        "Engineering, manufacturing and construction",
    ]


def test_keywords_give_theme_and_discipline_as_inferred() -> None:
    found = facets_of(("Keywords", "climate change, law"))
    assert {(f.name, f.origin) for f in found} == {
        ("theme", Origin.INFERRED),
        ("discipline", Origin.INFERRED),
    }


def test_rows_of_a_table_state_what_their_first_cell_names() -> None:
    found = facets_of(("Overview", "Host\tTeam leadership\nDuration\t3 days\nECTS\t2"))
    assert [(f.name, f.value) for f in found] == [("duration", "3 days"), ("ects", "2")]


def test_record_that_says_nothing_has_no_facets() -> None:
    assert facets_of(("Description", "The group met and worked."), title="A meeting of minds") == ()


def test_language_is_that_of_the_field_or_of_what_is_taught_never_of_the_applicants() -> None:
    assert values(facets_of(("Language", "English (B2), French")), "language") == ["English", "French"]
    taught = facets_of(("Description", "The course is taught in English."))
    assert of(taught, "language").origin is Origin.INFERRED
    assert not values(facets_of(("Description", "Applicants are fluent in English.")), "language")


@pytest.mark.parametrize(
    ("lang", "label", "text"),
    [
        ("de", "Beschreibung", "Der Kurs wird in englischer Sprache unterrichtet."),
        ("el", "Περιγραφή", "Το μάθημα διδάσκεται στα αγγλικά."),
        ("es", "Descripción", "El curso es impartido en inglés."),
        ("fr", "Description", "Le cours est enseigné en anglais."),
        ("it", "Descrizione", "Il corso è tenuto in inglese."),
        ("ro", "Descriere", "Cursul este predat în limba engleză."),
        ("sv", "Beskrivning", "Kursen undervisas på engelska."),
    ],
)
def test_language_of_instruction_is_read_in_every_language(lang: str, label: str, text: str) -> None:
    assert values(facets_of((label, text), lang=lang), "language") == ["English"]


@pytest.mark.parametrize(
    ("lang", "parts", "expected"),
    [
        (
            "de",
            [
                ("Unterrichtssprache", "Englisch"),
                ("Leistungspunkte", "6 ECTS-Punkte"),
                ("Dauer", "10 Wochen, je 2 Std."),
            ],
            {"language": "English", "ects": "6", "duration": "10 weeks"},
        ),
        (
            "el",
            [
                ("Γλώσσα διδασκαλίας", "Αγγλικά"),
                ("Πιστωτικές μονάδες", "5 ECTS"),
                ("Διάρκεια", "12 εβδομάδες"),
            ],
            {"language": "English", "ects": "5", "duration": "12 weeks"},
        ),
        (
            "es",
            [("Idioma", "inglés"), ("Créditos", "3 créditos ECTS"), ("Duración", "2 semanas")],
            {"language": "English", "ects": "3", "duration": "2 weeks"},
        ),
        (
            "fr",
            [
                ("Langue d’enseignement", "anglais"),
                ("Crédits ECTS", "entre 3 et 6"),
                ("Durée", "deux semaines"),
            ],
            {"language": "English", "ects": "3–6", "duration": "2 weeks"},
        ),
        (
            "it",
            [("Lingua", "inglese"), ("CFU", "6"), ("Durata", "40 ore")],
            {"language": "English", "ects": "6", "duration": "40 hours"},
        ),
        (
            "ro",
            [
                ("Limba de predare", "limba engleză"),
                ("Credite", "5 credite ECTS"),
                ("Durata", "două săptămâni"),
            ],
            {"language": "English", "ects": "5", "duration": "2 weeks"},
        ),
        (
            "sv",
            [("Undervisningsspråk", "engelska"), ("Högskolepoäng", "7,5 hp"), ("Längd", "5 veckor")],
            {"language": "English", "ects": "7.5", "duration": "5 weeks"},
        ),
    ],
)
def test_amounts_are_read_in_every_language(
    lang: str, parts: list[tuple[str, str]], expected: dict[str, str]
) -> None:
    found = facets_of(*parts, lang=lang)
    assert {f.name: f.value for f in found} == expected
    assert {f.origin for f in found} == {Origin.STATED}


# ---- credits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", ["3"]),
        ("2+5", ["2+5"]),
        ("6 ECTS credits", ["6"]),
        ("3-5 ECTS", ["3–5"]),
        ("between 3 and 6 ECTS", ["3–6"]),
        ("bis zu 5 ECTS-Punkte", ["up to 5"]),
        ("ECTS: 4", ["4"]),
        ("4 (122 hours)", ["4"]),
        ("20 UK credits (10 ECTS)", ["10"]),
        ("1 ECTS = 25 hours", []),
        ("Certificate of attendance", []),
        ("2 certificates", []),
        ("none", []),
    ],
)
def test_credits_of_a_field_are_numbers_sums_and_ranges(text: str, expected: list[str]) -> None:
    assert [amount.value for amount in stated_credits(text)] == expected


def test_running_text_gives_credits_only_as_so_many_ects_that_are_awarded() -> None:
    assert [a.value for a in ects("The workload is 90 hours, which gives 3 ECTS.")] == ["3"]
    assert not ects("Students who have at least 60 ECTS pay 20 credits; 1 ECTS equals 30 hours.")


def test_text_that_names_several_numbers_of_credits_gives_none() -> None:
    assert not values(facets_of(("Description", "It gives 3 ECTS, with a project 6 ECTS.")), "ects")


@given(st.integers(1, 60), st.sampled_from(["", " ECTS", " ECTS credits", " crédits ECTS", " CFU", " hp"]))
def test_whole_number_of_credits_survives_any_unit(number: int, unit: str) -> None:
    assert [a.value for a in stated_credits(f"{number}{unit}")] == [str(number)]


@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from(["-", "–", " – ", " to ", " bis ", " à "]))
def test_range_of_credits_is_one_only_where_it_rises(low: int, more: int, dash: str) -> None:
    assert [a.value for a in stated_credits(f"{low}{dash}{low + more} ECTS")] == [f"{low}–{low + more}"]
    assert not stated_credits(f"{low + more}{dash}{low} ECTS")


# ---- durations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 weeks, about 20 h a week; 17 January – 21 March 2022", ["10 weeks"]),
        ("1 week online + 1 week on site", ["1 week + 1 week"]),
        ("3 days online + 2 weeks on site; 28–30 September 2021", ["3 days + 2 weeks"]),
        ("monthly online lectures + 5 days", []),
        ("10 on-site and 5 online sessions of 4 hours", []),
        ("8 hours (4 x 2 h)", ["8 hours"]),
        ("2 days (24-hour hackathon)", ["2 days"]),
        ("A 5-day school", ["5 days"]),
        ("90 hours over 10 weeks", ["90 hours", "10 weeks"]),
        ("150 hours, 48 of them contact hours", ["150 hours"]),
        ("4 to 6 weeks", ["4–6 weeks"]),
        ("one semester", ["1 semester"]),
        ("2 années universitaires", ["2 academic years"]),
        ("12 luni", ["12 months"]),
        ("un’ora", ["1 hour"]),
        ("deux jours et demi", []),
        ("10 days, 9.00–15.30", ["10 days"]),
        ("12 June – 31 July 2023", []),
        ("half a day", []),
    ],
)
def test_duration_is_the_whole_length_never_that_of_a_session_or_a_rate(
    text: str, expected: list[str]
) -> None:
    assert [amount.value for amount in durations(text)] == expected


def test_duration_keeps_the_words_that_it_was_read_from() -> None:
    printed = of(facets_of(("Duration", "10 weeks, about 20 h a week; 17 January 2022")), "duration").printed
    assert printed == "10 weeks, about 20 h a week"


def test_title_gives_a_duration_only_as_a_compound() -> None:
    assert [a.value for a in compound_durations("A three-week summer school")] == ["3 weeks"]
    assert not compound_durations("The first 100 days of a mentor")


@given(
    st.integers(2, 900),
    st.sampled_from(["days", "Tage", "ημέρες", "días", "jours", "giorni", "zile", "dagar"]),
)
def test_days_are_days_in_every_language(number: int, word: str) -> None:
    assert [a.value for a in durations(f"{number} {word}")] == [f"{number} days"]


# ---- years


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 June – 31 July 2023; 14 June – 22 July 2024", ["2023", "2024"]),
        ("Wintersemester 2021/22", ["2021", "2022"]),
        ("2019–2022", ["2019", "2020", "2021", "2022"]),
        ("1990–2022", ["1990", "2022"]),
        ("2021-05-12", ["2021"]),
        ("12.05.2021", ["2021"]),
        ("hösten 2022", ["2022"]),
        ("Horizon 2020, Agenda 2030", []),
        ("2000 students in 2021", ["2021"]),
        ("reported in the newsletter of the university, 3/2024", []),
    ],
)
def test_years_are_those_of_dates_and_periods(text: str, expected: list[str]) -> None:
    assert [amount.value for amount in years(text)] == expected


def test_period_in_a_title_is_its_subject_and_a_single_year_its_year() -> None:
    assert not title_year("Culture and politics in the Mediterranean (2000–2022)")
    assert [a.value for a in title_year("Language contact (2022)")] == ["2022"]


def test_deadline_is_not_the_year_of_the_activity() -> None:
    assert values(facets_of(("Dates", "May 2023")), "year") == ["2023"]
    assert not values(facets_of(("Application deadline", "15 July 2025")), "year")


@given(st.integers(1990, 2039), st.integers(0, 10))  # up to the last year that counts, 2049
def test_every_year_of_a_short_period_is_named(first: int, more: int) -> None:
    expected = [str(year) for year in range(first, first + more + 1)]
    assert [a.value for a in years(f"{first}–{first + more}")] == expected


# fmt: off
WORDS = st.sampled_from([
    "5", "12", "2021", "2022", "–", "-", "+", "/", ";", ",", "(", ")", "ECTS", "weeks", "Wochen", "h", "x", "of", "à",
    "between", "and", "to", "up", "credits",
])
# fmt: on


@given(st.text(max_size=60) | st.lists(WORDS, max_size=14).map(" ".join))
def test_whatever_is_read_stands_in_the_text_and_is_an_amount(text: str) -> None:
    for amount in (*stated_credits(text), *ects(text)):
        assert amount.printed in text
        assert re.fullmatch(r"(up to )?[\d.]+([+–][\d.]+)*", amount.value)
    for amount in (*durations(text), *compound_durations(text)):
        assert amount.printed in text
        assert re.fullmatch(r"[\d.]+(–[\d.]+)? [a-z ]+( \+ [\d.]+(–[\d.]+)? [a-z ]+)*", amount.value)
    for amount in years(text):
        assert amount.printed in text
        assert re.fullmatch(r"(19|20)\d\d", amount.value)
