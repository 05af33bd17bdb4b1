from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from benchmarks.setting import SAMPLE_NEEDS
from kb import Scores
from kb.errors import InputError
from kb.records import Facet
from kb.search import constraints
from kb.search.asking import asked_in
from kb.search.constraints import Constraint, KnownValues, preferred
from kb.search.library import Library
from kb.search.query import READ, Mode, Query
from kb.settings import Settings
from kb.words import FACETS
from tests.factories import FakeEncoder, a_record, answer
from tests.kb.search.test_search import ids, publish
from tests.shared import SCORE, needs_scorers

RO, UK, DE = ("country", "Romania"), ("country", "United Kingdom"), ("country", "Germany")
GLASGOW, BUCHAREST = ("institution", "University of Glasgow"), ("institution", "University of Bucharest")
TUEBINGEN = ("institution", "Eberhard Karls Universität Tübingen")
READING, LIEGE = ("institution", "University of Reading"), ("institution", "Université de Liège")
PHD, BACHELOR, CANDIDATES = (
    ("level", "doctorate"),
    ("level", "bachelor"),
    ("target_group", "doctoral candidates"),
)
MARSEILLE, ANDREWS = ("institution", "Aix-Marseille Université"), ("institution", "University of St Andrews")
TEACHERS, STUDENTS = ("target_group", "teaching staff"), ("target_group", "students")
ENGLISH, ITALIAN = ("language", "English"), ("language", "Italian")
ITALY = ("country", "Italy")
EVERY = (
    *(RO, UK, DE, ITALY, GLASGOW, BUCHAREST, TUEBINGEN, READING, LIEGE, MARSEILLE, ANDREWS),
    *(PHD, BACHELOR, CANDIDATES, TEACHERS, STUDENTS, ENGLISH, ITALIAN),
)


class Known:
    """The values that a catalogue has, as far as they are read."""

    def known(self, facet: str) -> tuple[tuple[str, str], ...]:
        return tuple((value, value.title()) for name, value in EVERY if name == facet)


NAMES = KnownValues.of(Known())  # type: ignore[arg-type]


def read(text: str, **changes: object) -> tuple[Constraint, ...]:
    query = Query(text, **changes)  # type: ignore[arg-type]
    return constraints.read(query, asked_in(query.need, lambda: 1.0), NAMES)


def values(text: str, **changes: object) -> set[tuple[str, str]]:
    return {(one.facet, one.value) for one in read(text, **changes)}


# what is read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("summer school in Romania", {RO}),
        ("courses in romania", {RO}),
        ("courses in the uk", {UK}),
        ("what Romania does for its villages", {RO}),
        ("credit at Glasgow", {GLASGOW}),
        ("credit at glasgow", {GLASGOW}),
        ("practices in tübingen", {TUEBINGEN}),
        ("open research at Reading", {READING}),
        ("open research at the university of reading", {READING}),
        ("open research at reading university", {READING}),
        ("seminars for doctoral students", {PHD, CANDIDATES}),
        ("seminars for our PhD students in Romania", {PHD, CANDIDATES, RO}),
        ("tools for students and teachers", {STUDENTS, TEACHERS}),
        ("workshops in Romania or at Glasgow", {RO, GLASGOW}),
        ("at bachelor level", {BACHELOR}),
        ("help for a student who works", {STUDENTS}),
        ("courses taught in English on law", {ENGLISH}),
        ("Kurse für Doktoranden in Rumänien", {PHD, CANDIDATES, RO}),
        ("Kurse für unsere Lehrenden an der Universität Bukarest", {BUCHAREST}),
        ("Kurse für Lehrende in Großbritannien", {TEACHERS, UK}),
        ("ein Kurs in englischer Sprache", {ENGLISH}),
        ("Veranstaltungen in Italien", {ITALY}),
        ("μάθημα στη Ρουμανία", {RO}),
        ("μάθημα στη ρουμανια", {RO}),
        ("εργαστήριο για εκπαιδευτικούς στη Γλασκώβη", {TEACHERS, GLASGOW}),
        ("σεμινάριο για υποψήφιους διδάκτορες", {PHD, CANDIDATES}),
        ("μαθήματα στα αγγλικά", {ENGLISH}),
        ("στο Πανεπιστήμιο του Βουκουρεστίου", {BUCHAREST}),
        ("curso para profesores en Rumanía", {TEACHERS, RO}),
        ("curso en inglés para estudiantes de grado", {ENGLISH, BACHELOR, STUDENTS}),
        ("cours à l'université de Liège", {LIEGE}),
        ("cours à l’université de liège", {LIEGE}),
        ("séjour à aix-marseille", {MARSEILLE}),
        ("workshop at St Andrews", {ANDREWS}),
        ("cours pour les doctorants au Royaume-Uni", {PHD, CANDIDATES, UK}),
        ("cours en italien", {ITALIAN}),
        ("corso all'Università di Bucarest per i docenti", {BUCHAREST, TEACHERS}),
        ("corsi nel Regno Unito in inglese", {UK, ENGLISH}),
        ("cursuri pentru doctoranzi la București", {PHD, CANDIDATES, BUCHAREST}),
        ("cursuri în limba engleză", {ENGLISH}),
        ("kurs för lärare i Rumänien", {TEACHERS, RO}),
        ("kurs på engelska vid universitetet i Bukarest", {ENGLISH, BUCHAREST}),
    ],
)
def test_where_for_whom_and_in_which_language_is_read_in_eight_languages(
    text: str, expected: set[tuple[str, str]]
) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "my students have jobs",
        "As a student I took three classes",
        "a paper that proves how well they speak English",
        "support in reading and writing",
        "a course in Reading Room style",
        "TRAINING IN READING AND WRITING",
        "Open Research In Reading",
        "for student mobility",
        "costs per student",
        "for students' rights",
        "field trips in Greek islands and English gardens",
        "work with us",
        "at home, at work, at the university",
        "at a university of applied sciences",
        "nothing outside Romania",
        "not in Germany",
        "nicht in Deutschland",
        "sauf au Royaume-Uni",
        "όχι στη Ρουμανία",
        "Romanian universities",
        "Kurse an englischen Hochschulen",
    ],
)
def test_words_that_only_look_so_are_no_constraint(text: str) -> None:
    assert values(text) == set()


@pytest.mark.parametrize(
    "text", ["a summer school in Norway", "credit at Bristol", "for policymakers", "courses in Swedish"]
)
def test_value_that_no_record_has_is_no_constraint(text: str) -> None:
    assert values(text) == set()


def test_what_is_typed_is_said_with_the_value_and_its_label() -> None:
    assert read("Hackathon in rumänien") == (Constraint("country", "Romania", "Romania", "rumänien"),)
    assert read("für Doktoranden") == (
        Constraint("level", "doctorate", "Doctorate", "Doktoranden"),
        Constraint("target_group", "doctoral candidates", "Doctoral Candidates", "Doktoranden"),
    )


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("hackathon in Romania country:Germany", {}),
        ("hackathon in Romania", {"filters": {"country": ("Germany",)}}),
        ("hackathon in Romania", {"dropped": ("country",)}),
        ('hackathon "in Romania"', {}),
        ("hackathon -Romania", {}),
    ],
)
def test_what_is_said_otherwise_is_not_read_again(text: str, changes: dict[str, object]) -> None:
    assert RO not in values(text, **changes)
    assert STUDENTS in values(f"{text} for students", **changes)


@given(st.text(max_size=60), st.sampled_from(["", "en", "fr", "el"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    needs = [f"courses {lead} {text}" for lead in ("in", "for", "à l'", "στη")]
    for one in needs:
        for found in constraints.read(Query(one), language, NAMES):
            assert found.typed in Query(one).unquoted


def test_only_a_facet_that_is_read_can_be_dropped() -> None:
    assert set(READ) < set(FACETS)
    with pytest.raises(InputError, match="theme: not read from a need; use one of country, institution"):
        Query("credit", dropped=("theme",))


@needs_scorers
def test_judged_needs_without_a_constraint_are_read_as_such() -> None:
    paths = [SAMPLE_NEEDS, *SCORE.glob("needs*.json")]
    texts = [one["text"] for path in paths for one in json.loads(path.read_text("utf-8"))["queries"]]
    named = {"training for new supervisors of doctoral students in Spain"}
    assert {text for text in texts if read(text)} <= named


# what it does

NEED = "a course on rivers in Romania"
NEAR = a_record("near", "Rivers", "A course on rivers.")
LIKE = a_record(
    "like", "Rivers too", "A course on rivers, with a trip.", facets=(Facet("country", "Romania"),)
)
FAR = a_record(
    "far",
    "Lakes",
    "A course on lakes, rivers, boats, birds, weeds, mud, fish and ice.",
    facets=(Facet("country", "Romania"),),
)
OTHERS = tuple(
    a_record(f"other-{n}", f"Bridge {n}", f"A bridge over some water, part {n}.") for n in range(4)
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data = tmp_path_factory.mktemp("library")
    publish(data, {"one": (NEAR, LIKE, FAR, *OTHERS)})
    with Library.open(Settings(data), FakeEncoder()) as opened:
        yield opened


def test_record_with_the_value_comes_before_another_as_good(library: Library) -> None:
    assert ids(answer(library, Query(NEED, dropped=READ)))[0] == "near"
    found = answer(library, Query(NEED))
    assert ids(found)[0] == "like"
    assert found.constraints == (Constraint("country", "Romania", "Romania", "Romania"),)


def test_much_better_answer_without_the_value_leads(library: Library) -> None:
    found = ids(answer(library, Query(NEED, limit=50)))
    assert found.index("near") < found.index("far")


@pytest.mark.parametrize("mode", list(Mode))
def test_nothing_is_left_out_or_counted_otherwise(library: Library, mode: Mode) -> None:
    with_it, without = (
        answer(library, Query(NEED, mode=mode, dropped=dropped, limit=50)) for dropped in ((), READ)
    )
    assert sorted(ids(with_it)) == sorted(ids(without))
    for name in ("total", "facets", "no_match", "is_weak", "remarks", "background"):
        assert getattr(with_it, name) == getattr(without, name), name


PARTS = st.sampled_from(
    ["rivers", "a course", "beans", "in Romania", "at Glasgow", "for students", "banks", "water"]
)


@given(st.lists(PARTS, min_size=1, max_size=5).map(" ".join), st.sampled_from(Mode))
@hypothesis_settings(max_examples=60, deadline=None)
def test_dropping_all_gives_the_ranking_of_words_and_meaning_alone(
    library: Library, text: str, mode: Mode
) -> None:
    dropped = answer(library, Query(text, mode=mode, dropped=READ, limit=50))
    assert dropped.constraints == ()
    scores = [hit.score for hit in dropped.hits]
    assert scores == sorted(scores, reverse=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constraints, "LIFT", 0.0)
        assert ids(answer(library, Query(text, mode=mode, limit=50))) == ids(dropped)


numbers = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.lists(st.floats(0, 1, width=32), min_size=count, max_size=count),
        st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=count, max_size=count),
    )
)


@given(numbers)
def test_no_record_falls_behind_one_that_is_no_better_and_has_no_more(
    made: tuple[list[float], list[float]],
) -> None:
    scores, fit = (np.array(one, dtype=np.float32) for one in made)
    order = np.argsort(-scores, kind="stable")
    found = preferred(order, scores, fit).tolist()
    assert sorted(found) == sorted(order.tolist())
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            is_better = scores[other] > scores[one] and fit[other] >= fit[one]
            assert not is_better, "what has as much and is better comes first"
    if not fit.any():
        assert found == order.tolist()


def test_any_value_of_a_facet_will_do_and_each_wish_counts(library: Library) -> None:
    catalog = library.snapshot().catalogue
    assert catalog is not None
    asked = [Constraint(facet, value, "", "") for facet, value in (RO, UK, GLASGOW)]
    fit = constraints.fits(catalog, asked)
    assert fit[catalog.numbers["like"]] == 0.5
    assert fit[catalog.numbers["near"]] == 0
    assert constraints.fits(catalog, asked[:2])[catalog.numbers["like"]] == 1


def test_a_rerankers_order_is_lifted_as_well(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    class Reranker:
        def scores(self, _: str, texts: list[str]) -> Scores:
            return np.array([-4.0 - 0.1 * ("trip" in text) - 3 * ("lakes" in text) for text in texts])

    snapshot = library.snapshot(to_search=True)
    monkeypatch.setattr(type(snapshot.models), "reranker", lambda _: Reranker())
    assert ids(snapshot.search(Query(NEED, dropped=READ)))[0] == "near"
    assert ids(snapshot.search(Query(NEED)))[0] == "like"
