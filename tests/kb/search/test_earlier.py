"""Search in what earlier editions say otherwise or alone: apart from what is served, and only when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.care import shelf
from kb.index import generation as index
from kb.model.passages import cut
from kb.records import Record
from kb.search.earlier import MOST_EMBEDDED, Archive, wordings
from kb.search.library import Library
from kb.search.query import Query
from kb.store.store import Store
from tests import web_library
from tests.factories import FakeEncoder, answer
from tests.web_library import EXCHANGE, RECORDS

TANDEM = "Pairs of students learn languages from each other"


def second_edition() -> tuple[Record, ...]:
    """Without the tandem, the credit practice with another need, the agreement under another title."""
    why, annex, credit, _, agreement = RECORDS
    need = replace(credit.fields[0], text="Lecturers wanted to settle workloads before the semester.")
    changed = replace(credit, fields=(need, credit.fields[1]))
    retitled = replace(agreement, title="Study contract")
    return tuple(replace(record, edition=2) for record in (why, annex, changed, retitled))


def publish_second(store: Store, encoder: FakeEncoder) -> None:
    content = web_library.pdf("Handbook of exchange, revised", 6)
    staged = web_library.edition(EXCHANGE, "Handbook of exchange", content, web_library.LABELS, "en")
    records = second_edition()
    passages = [p for record in records for p in cut(record, encoder)]
    store.stage(replace(staged, number=2), records, passages, content)
    served = {EXCHANGE: 2, "guide": 1}
    store.publish(served, index.build(store, served, encoder))


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def library(tmp_path: Path, encoder: FakeEncoder) -> Iterator[Library]:
    settings = web_library.fill(tmp_path, encoder)
    with Store.open(tmp_path) as store:
        publish_second(store, encoder)
    with Library.open(settings, encoder) as opened:
        yield opened


def archive(library: Library) -> Archive:
    opened = library.snapshot().opened
    assert opened is not None
    return opened.archive


def found(library: Library, text: str, **asked: object) -> list[tuple[str, int]]:
    earlier = library.snapshot().earlier(Query(text, **asked))  # type: ignore[arg-type]
    return [(hit.record.id, hit.record.edition) for hit in earlier.hits]


def test_wordings_are_those_that_no_newer_edition_has() -> None:
    one = RECORDS[2]
    two, three = (replace(one, edition=2), replace(one, edition=3, title="Another title"))
    assert list(wordings((three,), ((two,), (one,)))) == [two]
    assert list(wordings((one,), ((two,),))) == []
    assert list(wordings((), ((three, two), (one,)))) == [three, two]


def test_search_finds_what_is_served_alone(library: Library) -> None:
    assert "exchange.tandem" not in {hit.record.id for hit in answer(library, Query(TANDEM)).hits}
    assert {hit.record.edition for hit in answer(library, Query(web_library.NEED)).hits} <= {1, 2}
    assert all(
        hit.record.edition == 2
        for hit in answer(library, Query(TANDEM)).hits
        if hit.record.handbook == EXCHANGE
    )


def test_removed_rewritten_and_renamed_records_are_found_in_their_edition(library: Library) -> None:
    assert found(library, TANDEM)[0] == ("exchange.tandem", 1)
    assert found(library, "Students asked for credit awarded for an online exchange")[0] == (
        "exchange.credit",
        1,
    )
    assert ("exchange.agreement", 1) in found(library, "learning agreement")
    (hit, *_) = library.snapshot().earlier(Query(TANDEM)).hits
    assert hit.evidence.text.startswith(TANDEM)
    assert (hit.evidence.page, hit.evidence.page_label) == (5, "3")


def test_what_both_editions_say_is_not_repeated(library: Library) -> None:
    assert not {"exchange.why", "exchange.annex-a", "guide.cours"} & {
        record for record, _ in found(library, "mobility practices students universities", kinds=())
    }
    assert library.snapshot().earlier(Query("lecturers workloads semester")).total == 0


def test_filters_and_limits_hold(library: Library) -> None:
    assert found(library, TANDEM, filters={"country": ("Sweden",)}) == [("exchange.tandem", 1)]
    assert found(library, TANDEM, filters={"handbook": ("guide",)}) == []
    every = library.snapshot().earlier(Query("students exchange credit learning agreement languages"))
    one = library.snapshot().earlier(Query("students exchange credit learning agreement languages", limit=1))
    assert (len(one.hits), one.total) == (1, every.total)
    assert every.total > 1


def test_nothing_is_embedded_written_or_made_twice(library: Library, encoder: FakeEncoder) -> None:
    library.warm()
    before, revision = len(encoder.embedded), library.store.revision()
    found(library, TANDEM)
    made = archive(library)._held
    found(library, "learning agreement")
    assert archive(library)._held is made
    assert (len(encoder.embedded), library.store.revision()) == (before, revision)


def test_vectors_that_are_gone_are_made_again_up_to_a_limit(
    library: Library, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.warm()
    monkeypatch.setattr(Store, "cached_vectors", lambda *_: {})
    before = len(encoder.embedded)
    assert library.snapshot().earlier(Query(TANDEM)).unread == 0
    assert 0 < len(encoder.embedded) - before <= MOST_EMBEDDED
    archive(library).drop()
    monkeypatch.setattr("kb.search.earlier.MOST_EMBEDDED", 0)
    earlier = library.snapshot().earlier(Query(TANDEM))
    assert earlier.unread > 0
    assert earlier.hits[0].record.id == "exchange.tandem"  # by its words


def test_another_publication_or_a_forgotten_edition_is_followed(library: Library) -> None:
    assert found(library, TANDEM)
    shelf.rollback(library.store, EXCHANGE, 1, library.encoder())
    answer(library, Query(TANDEM))
    assert archive(library)._held is None
    assert found(library, TANDEM) == []
    shelf.rollback(library.store, EXCHANGE, 2, library.encoder())
    assert found(library, TANDEM)
    shelf.forget(library.store, EXCHANGE, 1)
    assert found(library, TANDEM) == []


def test_a_library_of_words_alone_and_an_empty_one_answer_too(tmp_path: Path) -> None:
    settings = web_library.fill(tmp_path)
    with Store.open(tmp_path) as store:
        publish_second(store, FakeEncoder())
        served = {EXCHANGE: 2, "guide": 1}
        store.publish(served, index.build(store, served))
    with Library.open(settings) as library:
        assert found(library, TANDEM)[0] == ("exchange.tandem", 1)
    Store.open(tmp_path / "none").close()
    with Library.open(web_library.settings(tmp_path / "none")) as library:
        assert library.snapshot().earlier(Query(TANDEM)).hits == ()
