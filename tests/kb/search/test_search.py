from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kb.errors import GenerationError, InputError, ModelError, NotFoundError
from kb.index import generation as index
from kb.index.generation import Generation
from kb.model.passages import cut
from kb.records import Facet, Kind, Origin, Record
from kb.search import loading
from kb.search.answer import Remark
from kb.search.library import Library
from kb.search.query import DEFAULT_KINDS, Mode, Query
from kb.search.snapshot import Results
from kb.search.spelling import is_one_off, telling_words
from kb.settings import Settings
from kb.store.store import Store
from kb.words.unrelated import unrelated
from tests.factories import PDF, FakeEncoder, a_field, a_record, an_edition, answer, told

NEED = "credit for an online exchange"

LAW = a_record(
    "law",
    "Virtual Law Week",
    "Students of two universities argue a case. The online exchange is worth credit.",
    institution="University of Example",
    facets=(Facet("country", "France"), Facet("theme", "Health")),
    tools=("forum",),
)
PHYSICS = a_record(
    "physics",
    "Physics from home",
    "Students measure pendulums at home. They award credit by a written exchange of results online.",
    institution="Institute of Motion",
    facets=(Facet("country", "Italy"), Facet("theme", "Society, Culture, Heritage", Origin.INFERRED)),
    tools=("forum",),
)
GARDEN = a_record(
    "garden",
    "The open garden",
    "Neighbours grow beans on the campus roof.",
    institution="Institute of Motion",
)
FORUM = a_record(
    "forum", "Forum", "A place for an online exchange of messages.", kind=Kind.TOOL, institution=""
)
ANNEX = a_record("annex", "Forms", "The form for credit after an online exchange.", kind=Kind.ANNEX)
GUIDE = a_record(
    "guide", "Why exchange", "Credit for an online exchange widens access.", kind=Kind.SECTION, institution=""
)
OTHER = a_record(
    "recht",
    "Rechtswoche",
    "Studierende erhalten Punkte für den virtuellen Austausch. Die Prüfungen sind mündlich.",
    language="de",
    institution="Universität Beispiel",
    facets=(Facet("country", "Germany"),),
)
ONE = (LAW, PHYSICS, GARDEN, FORUM, ANNEX, GUIDE)


def publish(data: Path, books: dict[str, tuple[Record, ...]], number: int = 1, **changes: Any) -> str:
    """Stage and serve these handbooks, each as its edition of this number."""
    encoder = changes.pop("encoder", FakeEncoder())
    with Store.open(data) as store:
        for book, records in books.items():
            pdf = PDF + f"{book} {number}".encode()
            own = [replace(r, handbook=book, edition=number, position=n) for n, r in enumerate(records)]
            passages = [passage for record in own for passage in cut(record, encoder)]
            store.stage(an_edition(book, number, pdf, **changes), own, passages, pdf)
        editions = {**store.current_editions(), **dict.fromkeys(books, number)}
        name = index.build(store, editions, encoder)
        store.publish(editions, name)
    return name


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a library that a test may change."""
    folder = tmp_path / "library"
    publish(folder, {"one": ONE, "two": (OTHER,)})
    return folder


@pytest.fixture
def changing(data: Path) -> Iterator[Library]:
    """The library in that folder."""
    with Library.open(Settings(data), FakeEncoder()) as opened:
        yield opened


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The same library, for all tests that only ask."""
    folder = tmp_path_factory.mktemp("asked") / "library"
    publish(folder, {"one": ONE, "two": (OTHER,)})
    with Library.open(Settings(folder), FakeEncoder()) as opened:
        yield opened


def ids(results: Results) -> list[str]:
    return [hit.record.id for hit in results.hits]


# queries


@pytest.mark.parametrize("text", ["", "  \n ", "?!…", "x" * 10_000, "- \"'"])
def test_query_without_a_word_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="few"):
        Query(text)


@pytest.mark.parametrize("changes", [{"limit": 0}, {"offset": -1}])
def test_page_that_cannot_be_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(InputError):
        Query("credit", **changes)  # type: ignore[arg-type]


def test_syntax_is_read_apart_from_the_need() -> None:
    query = Query('credit "online exchange" -beans well-known - "" -3')
    assert query.phrases == ("online exchange",)
    assert query.excluded == ("beans",)
    assert query.need == 'credit online exchange well-known - "" -3'
    assert not query.is_all_quoted
    assert Query(' "online exchange" ').is_all_quoted


@pytest.mark.parametrize(
    "need", ["Grund- und -schulen", "förskolor och -lärare", "Kirchen oder -schulen am Ort"]
)
def test_second_half_of_a_compound_is_not_excluded(need: str) -> None:
    assert Query(need).excluded == ()
    assert Query(need).need == need
    assert Query(f"{need} -beans").excluded == ("beans",)


@given(st.text(max_size=60))
@hypothesis_settings(max_examples=200)
def test_any_text_is_a_query_or_an_input_error(text: str) -> None:
    try:
        query = Query(text)
    except InputError:
        return
    assert isinstance(query.need, str)
    assert all(query.phrases)


# what is found


@pytest.mark.parametrize("mode", list(Mode))
def test_answers_come_best_first_and_the_unrelated_last(library: Library, mode: Mode) -> None:
    results = answer(library, Query(NEED, mode=mode))
    assert set(ids(results)[:3]) <= {"law", "physics", "forum", "annex"}
    assert [hit.score for hit in results.hits] == sorted((hit.score for hit in results.hits), reverse=True)
    assert results.total == len(results.hits)
    assert "garden" not in ids(results)[:4]
    assert not told(results)


def test_same_query_gives_the_same_answers(library: Library) -> None:
    first = answer(library, Query(NEED))
    assert replace(answer(library, Query(NEED)), took_ms=0) == replace(first, took_ms=0)


def test_equal_records_are_ordered_by_place(tmp_path: Path) -> None:
    twins = tuple(a_record(f"twin-{n}", "Twin", "The same text.") for n in range(12))
    publish(tmp_path, {"one": twins})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert ids(answer(library, Query("same text", limit=12))) == [r.id for r in twins]


def test_pages_of_results_follow_one_another(library: Library) -> None:
    whole = ids(answer(library, Query(NEED)))
    assert [
        *ids(answer(library, Query(NEED, limit=2))),
        *ids(answer(library, Query(NEED, offset=2))),
    ] == whole
    assert answer(library, Query(NEED, offset=99)).hits == ()
    assert answer(library, Query(NEED, offset=99)).total == len(whole)


def test_words_find_what_stands_in_different_passages(tmp_path: Path) -> None:
    far = a_record("far", fields=(a_field("Need", "Pendulums."), a_field("Results", "Beans.")))
    near = a_record("near", fields=(a_field("Need", "Pendulums."), a_field("Results", "Carrots.")))
    publish(tmp_path, {"one": (near, far)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert ids(answer(library, Query("pendulums and beans", mode=Mode.WORDS))) == ["far", "near"]


def test_words_are_stemmed_by_the_language_of_each_record(library: Library) -> None:
    assert ids(answer(library, Query("Prüfung", mode=Mode.WORDS))) == ["recht"]
    assert "law" in ids(answer(library, Query("university arguing cases", mode=Mode.WORDS)))


def test_ranks_say_by_what_a_record_was_found(library: Library) -> None:
    hit = answer(library, Query("pendulums", limit=1)).hits[0]
    assert (hit.record.id, hit.rank_words, hit.rank_dense) == ("physics", 1, 1)
    by_words = answer(library, Query("pendulums", mode=Mode.WORDS)).hits
    assert [(h.rank_words, h.rank_dense) for h in by_words] == [(1, None)]


def test_phrase_must_stand_there_and_excluded_word_must_not(library: Library) -> None:
    assert ids(answer(library, Query('"online exchange of messages"'))) == ["forum"]
    assert "physics" not in ids(answer(library, Query(f"{NEED} -pendulums")))
    nothing = answer(library, Query('"exchange online of"'))
    assert nothing.total == 0
    assert "quotes" in told(nothing)


def test_phrase_that_no_record_has_does_not_keep_the_rest_from_being_answered(library: Library) -> None:
    asked = answer(library, Query(f"{NEED} as in „Der fliegende Koffer“"))
    assert ids(asked) == ids(answer(library, Query(f"{NEED} as in Der fliegende Koffer")))
    assert asked.total > 0
    assert "quotes" in told(asked)
    assert "quotes" not in told(answer(library, Query(f'{NEED} "messages"')))


def test_sections_come_apart_unless_asked_for(library: Library) -> None:
    results = answer(library, Query(NEED))
    assert "guide" not in ids(results)
    assert [hit.record.id for hit in results.background] == ["guide"]
    asked = answer(library, Query(NEED, kinds=(Kind.SECTION,)))
    assert ids(asked) == ["guide"]
    assert asked.background == ()
    assert answer(library, Query(NEED, offset=1)).background == ()


# filters and facets


def test_filter_that_matches_nothing_returns_nothing(library: Library) -> None:
    for query in (
        Query(NEED, filters={"handbook": ("none",)}),
        Query(NEED, filters={"institution": ("Nowhere",)}),
        Query(NEED, filters={"country": ("France",), "handbook": ("two",)}),
        Query(NEED, kinds=()),
    ):
        results = answer(library, query)
        assert results.hits == ()
        assert results.total == 0
        assert results.no_match
        assert "filters" in told(results)


def test_filters_are_or_inside_and_and_between(library: Library) -> None:
    assert set(ids(answer(library, Query(NEED, filters={"country": ("France", "Italy")})))) == {
        "law",
        "physics",
    }
    query = Query(NEED, filters={"country": ("France", "Italy"), "institution": ("Institute of Motion",)})
    assert ids(answer(library, query)) == ["physics"]
    assert ids(answer(library, Query(NEED, kinds=(Kind.TOOL,)))) == ["forum"]


def test_filtered_answers_are_found_however_low_they_rank(tmp_path: Path) -> None:
    many = tuple(a_record(f"r{n}", text=f"Credit for an online exchange, number {n}.") for n in range(300))
    publish(tmp_path, {"one": many, "two": (a_record("last", text="An exchange by letters, in short."),)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert ids(answer(library, Query(NEED, filters={"handbook": ("two",)}, mode=Mode.WORDS))) == ["last"]


CHOSEN: dict[str, list[tuple[str, ...]]] = {
    "handbook": [("one",), ("two",), ("one", "two")],
    "institution": [("Institute of Motion",), ("University of Example",)],
    "country": [("France",), ("Italy", "Germany")],
    "theme": [("Health",), ("Health", "Society, Culture, Heritage")],
    "tool": [("Forum",)],
    "origin": [("stated",), ("inferred", "stated")],
}
FILTERS = st.fixed_dictionaries({}, optional={name: st.sampled_from(some) for name, some in CHOSEN.items()})
KINDS = st.sampled_from([DEFAULT_KINDS, (Kind.PRACTICE,), (Kind.SECTION, Kind.TOOL)])


def test_facet_counts_are_the_hits_behind_them(library: Library) -> None:
    texts = [NEED, "pendulums and beans", "virtuellen Austausch", '"online exchange"', "tool:forum credit"]

    @given(FILTERS, KINDS, st.sampled_from(texts), st.sampled_from(Mode))
    @hypothesis_settings(max_examples=40, deadline=None)
    def check(filters: dict[str, tuple[str, ...]], kinds: tuple[Kind, ...], text: str, mode: Mode) -> None:
        query = Query(text, kinds, filters, mode=mode)
        for facet in answer(library, query).facets:
            if facet.name == "kind":
                alone = replace(query, kinds=(Kind(facet.value),))
                assert facet.is_chosen == (facet.value in kinds)
            else:
                alone = replace(query, filters={**filters, facet.name: (facet.value,)})
                assert facet.is_chosen == (facet.value in filters.get(facet.name, ()))
            assert answer(library, alone).total == facet.count > 0

    check()


def test_records_of_two_handbooks_share_a_tool_of_one_name(tmp_path: Path) -> None:
    here = a_record("moodle-1", "Moodle", "A course site.", kind=Kind.TOOL)
    there = a_record("moodle-2", "MOODLE", "A site for courses.", kind=Kind.TOOL)
    books: dict[str, tuple[Record, ...]] = {
        "one": (here, a_record("a", tools=("moodle-1",))),
        "two": (there, a_record("b", tools=("moodle-2",))),
    }
    publish(tmp_path, books)
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        found = answer(library, Query("tool:moodle"))
        assert sorted(ids(found)) == ["a", "b"]
        assert not found.no_match
        assert [(f.value, f.count) for f in found.facets if f.name == "tool"] == [("Moodle", 2)]


def test_facet_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="no such facet"):
        Query(NEED, filters={"colour": ("red",)})


def test_a_chapter_is_very_good_only_where_words_and_meaning_agree_on_it(library: Library) -> None:
    best = answer(library, Query("widens access: credit for an online exchange"))
    assert best.has_chapter
    assert best.background[0].record.id == "guide"
    assert not answer(library, Query("students of two universities argue a case")).has_chapter
    assert not answer(
        library, Query("widens access: credit for an online exchange", (Kind.SECTION,))
    ).has_chapter
    assert not answer(
        library, Query("widens access: credit for an online exchange", filters={"country": ("France",)})
    ).has_chapter


# values named in the text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("institution:motion", {"physics", "garden"}),
        (f"{NEED} institution:motion", {"physics"}),
        (f"{NEED} country:Frankreich", {"law"}),
        (f'{NEED} university:"institute of"', {"physics"}),
        (f'{NEED} university: "institute of"', {"physics"}),
        (f"{NEED} theme:gesundheit", {"law"}),
        ("tool:forum -pendulums", {"law"}),
        ("kind:section", {"guide"}),
        ("handbook:two", {"recht"}),
        (f"{NEED} origin:inferred", {"physics"}),
    ],
)
def test_facet_and_value_in_the_text_keep_only_their_records(
    library: Library, text: str, found: set[str]
) -> None:
    results = answer(library, Query(text))
    assert found <= set(ids(results)) <= found | {"garden"}
    assert not told(results)


def test_value_that_no_record_has_is_looked_for_as_words_and_that_is_said(library: Library) -> None:
    results = answer(library, Query("tool:pendulums"))
    assert ids(results)[0] == "physics"
    assert "“pendulums” as its tool" in told(results)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/tool:x",
        "10:30",
        "Need: a tool",
        "tool :x",
        "toolkit:x",
        "I work at a small university: how did others begin?",
    ],
)
def test_other_colons_are_no_syntax(text: str) -> None:
    assert Query(text).named == ()
    assert Query(text).need == text


def test_library_says_what_a_value_of_a_facet_can_be(library: Library) -> None:
    assert library.snapshot().meant("uni", "motion") == ("institution", ("Institute of Motion",))
    with pytest.raises(InputError, match="there is no such facet"):
        library.snapshot().meant("colour", "red")
    with pytest.raises(InputError, match="this library has Forum"):
        library.snapshot().meant("tool", "zeppelin")


def test_facets_name_handbooks_by_title(library: Library) -> None:
    labels = {f.value: f.label for f in answer(library, Query("exchange")).facets if f.name == "handbook"}
    assert labels["one"] == "The one of good practice"


# evidence


def test_evidence_is_the_best_sentence_with_its_words_marked(library: Library) -> None:
    hit = next(h for h in answer(library, Query("awarding credits")).hits if h.record.id == "physics")
    shown = hit.evidence
    assert [shown.text[a:b] for a, b in shown.marks] == ["award", "credit"]
    assert shown.label == "Objectives"
    assert shown.text in hit.record.fields[0].text


# the model


def test_without_a_model_words_are_searched_and_every_result_says_so(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Settings) -> None:
        raise ModelError("no/such: not there; unset KB_MODEL")

    monkeypatch.setattr(loading, "load_encoder", fail)
    with Library.open(Settings(data)) as library, caplog.at_level(logging.WARNING):
        for _ in range(2):
            results = answer(library, Query(NEED))
            assert "words only" in told(results)
            assert "unset KB_MODEL" in told(results)
            assert "law" in ids(results)
        assert library.snapshot().notices
        assert answer(library, Query("pendulums", mode=Mode.DENSE)).hits
    assert caplog.text.count("words only") == 1


def test_generation_without_vectors_is_rebuilt_once_a_model_is_there(tmp_path: Path) -> None:
    publish(tmp_path, {"one": ONE}, encoder=None)
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        results = answer(library, Query(NEED))
        assert "rebuilt" in told(results)
        assert results.hits[0].rank_dense
        assert library.snapshot().similar("law")


def test_nothing_fits_is_said_when_neither_meaning_nor_words_do(library: Library) -> None:
    assert answer(library, Query("zebra")).no_match
    assert not answer(library, Query("pendulums at home")).no_match
    assert answer(library, Query("zebra", mode=Mode.WORDS)).no_match


# the library as it is served


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("text", ["the", "What is it?", "und der"])
def test_a_need_of_stop_words_alone_finds_nothing_and_that_is_said(
    library: Library, text: str, mode: Mode
) -> None:
    results = answer(library, Query(text, mode=mode))
    assert (results.hits, results.background, results.total, results.no_match) == ((), (), 0, True)
    assert [said.code for said in results.remarks] == [Remark.NO_TELLING_WORD]
    assert answer(library, Query(f'"{text.strip("?")}"')).remarks != results.remarks


def test_filter_without_a_telling_word_beside_it_still_lists(library: Library) -> None:
    assert answer(library, Query("country:France")).total == 1


def test_new_edition_is_served_without_a_restart(changing: Library, data: Path) -> None:
    before = answer(changing, Query(NEED))
    changed = replace(LAW, title="Law Week anew")
    publish(data, {"one": (changed, FORUM)}, number=2)
    after = answer(changing, Query(NEED))
    titles = {h.record.title for h in after.hits}
    assert {"Law Week anew", "Forum"} <= titles
    assert LAW.title not in titles
    assert {h.record.edition for h in before.hits} == {1}
    assert changing.snapshot().edition("one").number == 2
    assert {r.edition for r in changing.snapshot().records("one")} == {2}


def test_editions_are_never_mixed_while_others_publish(data: Path) -> None:
    stop = threading.Event()
    wrong: list[object] = []

    def ask(library: Library) -> None:
        while not stop.is_set():
            found = {
                h.record.edition for h in answer(library, Query(NEED)).hits if h.record.handbook == "one"
            }
            if len(found) != 1:
                wrong.append(found)

    with Library.open(Settings(data), FakeEncoder()) as library:
        threads = [threading.Thread(target=ask, args=(library,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in (2, 3, 4):
            publish(data, {"one": tuple(replace(r, title=f"{r.title} {number}") for r in ONE)}, number=number)
        stop.set()
        for thread in threads:
            thread.join()
        assert library.snapshot().edition("one").number == 4
    assert not wrong


def test_missing_generation_is_rebuilt_and_that_is_said(data: Path) -> None:
    with Store.open(data) as store:
        for path in sorted((store.index_folder / store.generation()).rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
    with Library.open(Settings(data), FakeEncoder()) as library:
        results = answer(library, Query(NEED))
        assert "rebuilt" in told(results)
        assert results.hits


def test_generation_that_cannot_be_opened_leaves_the_one_before(
    changing: Library, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(changing, Query(NEED))

    def fail(*_: object) -> tuple[Generation, str]:
        raise GenerationError("index: no space left; free some")

    publish(data, {"one": (GARDEN,)}, number=2)
    monkeypatch.setattr("kb.index.ensure", fail)
    results = answer(changing, Query(NEED))
    assert "law" in ids(results)
    assert "no space left" in told(results)


def test_empty_library_answers_that_it_is_empty(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert "no handbook yet" in told(answer(library, Query(NEED)))
        assert not library.snapshot().handbooks
        assert not library.snapshot().users_of("forum")
        with pytest.raises(NotFoundError, match="kb ingest"):
            library.snapshot().records("one")


def test_folder_without_a_library_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="kb ingest"):
        Library.open(Settings(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_records_are_looked_up_by_id_handbook_and_tool(library: Library) -> None:
    assert library.snapshot().record("law").title == "Virtual Law Week"
    assert [r.id for r in library.snapshot().records("one")] == [r.id for r in ONE]
    assert [r.id for r in library.snapshot().users_of("forum")] == ["law", "physics"]
    assert [h.id for h in library.snapshot().handbooks] == ["one", "two"]
    for look in (
        library.snapshot().record,
        library.snapshot().records,
        library.snapshot().edition,
        library.snapshot().similar,
    ):
        with pytest.raises(NotFoundError, match="nothing-here"):
            look("nothing-here")


def test_record_of_an_earlier_edition_is_still_found(changing: Library, data: Path) -> None:
    publish(data, {"one": (LAW,)}, number=2)
    assert changing.snapshot().record("garden").edition == 1
    with pytest.raises(NotFoundError):
        changing.snapshot().similar("garden")


def test_scores_are_those_of_a_slow_obvious_version(library: Library) -> None:
    encoder = FakeEncoder()
    catalog = library.snapshot().catalogue
    assert catalog is not None
    unrelated_rows = encoder.queries(unrelated("en"))
    middle = unrelated_rows.mean(axis=0)
    vector, *others = [
        row / np.linalg.norm(row) for row in (encoder.queries([NEED])[0] - middle, *(unrelated_rows - middle))
    ]
    rows = {
        record.id: encoder.passages([p.indexed for p in cut(record, encoder)]) for record in catalog.records
    }
    all_rows = np.concatenate(list(rows.values()))
    languages = [record.language for record in catalog.records for _ in rows[record.id]]
    shared = {
        language: all_rows[[one == language for one in languages]].sum(axis=0)
        / (languages.count(language) + 8)
        for language in set(languages)
    }

    def near(vector: np.ndarray, record: Record) -> float:
        own = rows[record.id]
        whole = own.sum(axis=0) / np.linalg.norm(own.sum(axis=0))
        return float(0.5 * max(own @ vector) + 0.5 * (whole @ vector) - shared[record.language] @ vector)

    def best(vector: np.ndarray) -> float:
        asked = [record for record in catalog.records if record.kind in DEFAULT_KINDS]
        return max(float(max(rows[r.id] @ vector) - shared[r.language] @ vector) for r in asked)

    usual = np.mean([best(vector) for vector in others])
    expected = {record.id: near(vector, record) / usual for record in catalog.records}
    kinds = tuple(Kind)
    for hit in answer(library, Query(NEED, kinds=kinds, mode=Mode.DENSE)).hits:
        assert hit.score == pytest.approx(expected[hit.record.id], abs=1e-5)


# slips of the key


@pytest.mark.parametrize(
    ("one", "two", "is_it"),
    [
        ("loosly", "loosely", True),
        ("loosely", "loosly", True),
        ("exhcange", "exchange", True),
        ("exchenge", "exchange", True),
        ("exchanges", "exchange", True),
        ("exchange", "exchange", False),
        ("exhcnage", "exchange", False),
        ("abcd", "badc", False),
    ],
)
def test_one_slip_of_the_key_is_told_from_two(one: str, two: str, is_it: bool) -> None:
    assert is_one_off(one, two) == is_it


class Speller(FakeEncoder):
    """Knows only the words of the field whole, as a model does."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        known = {"pendulums", "beans", "pendulous", "grow"}
        return [(0, 1), (1, len(text))] if text not in known else [(0, len(text))]


def test_word_that_no_record_has_is_put_right_and_that_is_said(data: Path) -> None:
    with Library.open(Settings(data), Speller()) as library:
        results = answer(library, Query("pendulms"))
        assert ids(results)[0] == "physics"
        assert "pendulums" in told(results)
        assert results.hits[0].evidence.marks
        assert not told(answer(library, Query("pendulums")))
        assert not told(answer(library, Query("pendulous")))  # a word that the model knows
        assert not told(answer(library, Query("pendulms and why neighbours here measure warm carrots")))


def test_telling_words_are_those_that_no_language_here_skips() -> None:
    assert telling_words("How do we award Credit, und credit?", ("en", "de")) == ["award", "Credit"]
    assert telling_words("How do we award credit", ()) == ["award", "credit"]


@pytest.fixture
def twice(tmp_path: Path) -> Iterator[Library]:
    """The same practices in two handbooks, one of them with a word more in one."""
    longer = replace(PHYSICS, id="physics-2", fields=(a_field(text=PHYSICS.fields[0].text + " Often."),))
    publish(tmp_path, {"one": ONE, "two": (OTHER, replace(LAW, id="law-2"), longer)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        yield library


def test_same_text_in_two_handbooks_is_one_hit_that_names_both(twice: Library) -> None:
    found = answer(twice, Query(NEED))
    titles = [hit.record.title for hit in found.hits]
    assert len(titles) == len(set(titles)) == found.total
    law = next(hit for hit in found.hits if hit.record.title == LAW.title)
    assert {law.record.handbook, *(one.handbook for one in law.also)} == {"one", "two"}
    assert not any(one.id == law.record.id for one in law.also)


def test_counts_of_facets_take_what_says_the_same_as_one(twice: Library) -> None:
    for count in answer(twice, Query(NEED)).facets:
        if count.name == "kind":
            asked = Query(NEED, kinds=(Kind(count.value),))
        else:
            asked = Query(NEED, filters={count.name: (count.value,)})
        assert answer(twice, asked).total == count.count, count


def test_similar_leaves_out_the_same_text_elsewhere(twice: Library) -> None:
    law = answer(twice, Query(NEED)).hits[0].record
    titles = [near.record.title for near in twice.snapshot().similar(law.id)]
    assert law.title not in titles
    assert len(titles) == len(set(titles))
