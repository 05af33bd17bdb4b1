"""An index in Milvus: answers as the embedded one, is published by partition, and leaves what is served."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from kb.care.backup import backup, restore
from kb.care.doctor import index_faults
from kb.errors import GenerationError, IndexServerError, InputError
from kb.index import generation as index
from kb.index import lists, milvus_postings, milvus_server, milvus_words
from kb.index import milvus_engine as milvus
from kb.index import row_files as of_rows
from kb.index.engine import ChosenRows
from kb.index.lexical import Lexical
from kb.index.milvus_address import IndexAddress, address_of
from kb.index.milvus_near import MilvusNear
from kb.index.milvus_server import Server
from kb.index.milvus_weighing import NOMINAL, times_of
from kb.index.milvus_words import MilvusWords
from kb.index.weighing import all_as_kept, as_kept, levelled
from kb.index.written import Entry
from kb.records import Facet, Record
from kb.store.store import Store
from tests.factories import FakeEncoder, a_field, a_record, stage
from tests.kb.index.alike import NEEDS, assert_alike_among, texts
from tests.kb.index.engines import MILVUS, kept_by

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with kept_by(MILVUS, tmp_path_factory.mktemp("milvus")):
        yield


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(milvus, "LAG", timedelta(0))
    with Store.open(tmp_path / "library") as opened:
        yield opened


def some(book: str, number: int, count: int = 3) -> list[Record]:
    return [a_record(f"{book}-{n}", text=f"edition {number} of {book} {n}") for n in range(count)]


def publish(store: Store, book: str, number: int, encoder: FakeEncoder | None = None) -> index.Generation:
    stage(store, some(book, number), book, number, pdf=f"{book} {number}".encode())
    editions = {**store.current_editions(), book: number}
    store.publish(editions, index.build(store, editions, encoder))
    store.clean()
    return index.open_served(store)


def there(place: str) -> set[str]:
    """The parts that Milvus has of a place."""
    return Server.at(os.environ["KB_INDEX"], "").places().get(place, set())


def parts(generation: index.Generation) -> set[str]:
    return {part.name for part in generation.manifest.parts}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lexical, MilvusWords]]:
    """The same entries in both engines: the texts above, and some hundred made of their words."""
    records = [
        a_record(
            f"book.{n}", title="", language=tongue, institution="", fields=(a_field(label="", text=text),)
        )
        for n, (text, tongue) in enumerate(texts())
    ]
    with Store.open(tmp_path_factory.mktemp("both")) as store:
        stage(store, records, "book")
        store.publish({"book": 1}, index.build(store, {"book": 1}))
        generation = index.open_served(store)
        entries = [
            Entry(p.context, p.label, p.text, r.language)
            for p, r in zip(generation.passages, generation.records, strict=True)
        ]
        assert isinstance(generation.lexical, MilvusWords)
        yield Lexical.in_memory(entries), generation.lexical


def assert_alike(lexical: Lexical, found: MilvusWords, need: str) -> None:
    for limit in (3, 100):
        ids, scores = lexical.search(need, limit)
        own, weighed = found.search(need, limit)
        assert own.tolist() == ids.tolist()
        assert weighed.tolist() == pytest.approx(scores.tolist(), rel=1e-4)
    few = np.arange(0, lexical.count, 3)
    assert_alike_among(lexical, found, need, few)
    assert found.coverage(need).tolist() == pytest.approx(lexical.coverage(need).tolist(), abs=1e-5)
    assert found.most_covered(need) == pytest.approx(lexical.most_covered(need), abs=1e-5)
    assert found.printed(need).tolist() == lexical.printed(need).tolist()
    assert found.is_telling(need) == lexical.is_telling(need)
    assert found.has([need]) == lexical.has([need])
    assert found.matching([need]).tolist() == lexical.matching([need]).tolist()
    assert found.matching([], [need], (), few).tolist() == lexical.matching([], [need], (), few).tolist()


@pytest.mark.parametrize("need", NEEDS)
def test_words_are_found_and_weighed_as_tantivy_does(both: tuple[Lexical, MilvusWords], need: str) -> None:
    assert_alike(*both, need)


def test_words_and_languages_of_the_library_are_the_same(both: tuple[Lexical, MilvusWords]) -> None:
    lexical, found = both
    assert (found.count, found.languages, found.words()) == (
        lexical.count,
        lexical.languages,
        lexical.words(),
    )
    assert found.words("le", 1) == lexical.words("le", 1)


@pytest.mark.parametrize("need", ["e-learning", "learning agreement", "online exam"])
def test_more_entries_than_a_search_gives_are_found_piece_by_piece(
    both: tuple[Lexical, MilvusWords], monkeypatch: pytest.MonkeyPatch, need: str
) -> None:
    monkeypatch.setattr(milvus_postings, "MOST", 40)
    monkeypatch.setattr(milvus_words, "POOL", 40)
    lexical, found = both
    entries = [Entry("", "", text, tongue) for text, tongue in texts()]
    anew = MilvusWords(found._postings._shelf, found._terms, entries.__getitem__)
    assert anew.coverage(need).tolist() == pytest.approx(lexical.coverage(need).tolist(), abs=1e-5)
    assert anew.printed(need).tolist() == lexical.printed(need).tolist()
    assert set(anew.search(need, 5)[0].tolist()) <= set(lexical.search(need, 40)[0].tolist())
    assert len(anew.search(need, 5)[0]) == 5


@pytest.mark.parametrize("length", [0, 1, 39, 40, 41, 57, 100, 1000, 65_535])
def test_what_milvus_keeps_of_a_form_says_how_often_it_is_there(length: int) -> None:
    kept = as_kept(length)
    assert all_as_kept(np.array([length]))[0] == kept <= length <= kept * 1.125
    for times in (1, 2, 7, 60):
        number = np.float32(times * 2.2 / (times + levelled(kept, NOMINAL)))
        assert times_of(np.array([number]), np.array([kept])).tolist() == [times]


def test_passages_are_found_by_meaning_as_if_each_was_compared(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_rows, "FLAT_UP_TO", 0)
    monkeypatch.setattr(lists, "MOST_COMPARED", 0)
    encoder, chance = FakeEncoder("many"), random.Random(2)
    known = [
        "credit",
        "exchange",
        "online",
        "law",
        "film",
        "river",
        "city",
        "school",
        "course",
        "grade",
        "letter",
    ]
    records = [
        a_record(
            f"book.{n}",
            text=" ".join(chance.choices(known, k=6)),
            language="de" if n % 2 else "en",
            facets=(Facet("country", "Germany"),) if n % 2 else (),
        )
        for n in range(200)
    ]
    stage(store, records, "book")
    store.publish({"book": 1}, index.build(store, {"book": 1}, encoder))
    generation = index.open_served(store)
    dense = generation.dense
    assert isinstance(dense, MilvusNear)
    rows = np.concatenate([rows for _, rows in dense.chunks()])
    spoken = generation.rows.spoken[generation.rows.owners]
    is_german = np.array([r.language == "de" for r in records])[generation.rows.owners]
    for row in encoder.queries(["credit for a course", "river of a city", "letter"]):
        above = rows @ row - (dense.shared @ row)[spoken]
        ids, products = dense.search(row, 10)
        assert np.sort(above[ids]).tolist() == pytest.approx(np.sort(above)[-10:].tolist(), abs=1e-5)
        assert products.tolist() == pytest.approx((rows @ row)[ids].tolist(), abs=1e-5)
        ids, _ = dense.search(row, 10, ChosenRows((("country=Germany",),), lambda: is_german))
        assert np.sort(above[ids]).tolist() == pytest.approx(
            np.sort(above[is_german])[-10:].tolist(), abs=1e-5
        )


# publication


def test_a_part_that_did_not_change_is_not_written_again_and_an_old_one_is_dropped(store: Store) -> None:
    first = publish(store, "one", 1)
    place = first.manifest.place
    second = publish(store, "two", 1)
    assert second.manifest.place == place
    assert parts(first) < parts(second) == there(place)
    third = publish(store, "two", 2)
    assert parts(first) < parts(third) < there(place)  # what was served a moment ago is still there
    fourth = publish(store, "one", 2)
    assert there(place) == parts(third) | parts(fourth)
    assert index_faults(store) == ()


def test_what_was_served_a_moment_ago_is_kept_for_servers_that_are_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus, "LAG", timedelta(hours=1))
    old = publish(store, "one", 1)
    for number in (2, 3, 4):
        publish(store, "one", number)
    assert old.lexical.search("edition", 5)[0].tolist() == [0, 1, 2]
    assert parts(old) < there(old.manifest.place)


def test_a_generation_that_is_not_published_is_not_found(store: Store) -> None:
    served = publish(store, "one", 1)
    stage(store, some("one", 2, 5), "one", 2, pdf=b"two")
    index.build(store, {"one": 2})
    found = index.open_served(store)
    assert found.lexical.search("edition", 9)[0].tolist() == served.lexical.search("edition", 9)[0].tolist()
    assert found.lexical.having("plain", "edition") == 3


def test_a_build_that_fails_leaves_nothing_and_what_is_served(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = publish(store, "one", 1)
    before = there(served.manifest.place)
    stage(store, some("one", 2), "one", 2, pdf=b"two")
    monkeypatch.setattr(index, "make_last", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(GenerationError, match="still served"):
        index.build(store, {"one": 2})
    assert there(served.manifest.place) == before
    assert index.open_served(store).lexical.matching(["edition 1"]).tolist() == [0, 1, 2]


def test_a_collection_that_is_gone_is_built_anew_in_another_place(store: Store) -> None:
    encoder = FakeEncoder()
    lost = publish(store, "one", 1, encoder).manifest.place
    Server.at(os.environ["KB_INDEX"], "").drop(lost)
    with pytest.raises(GenerationError, match=f"{lost}_words has 0 of the 3 rows"):
        index.open_served(store)
    found, why = index.ensure(store, encoder)
    assert lost in why
    assert found.manifest.place != lost
    assert found.lexical.search("edition", 5)[0].tolist() == [0, 1, 2]


def test_another_engine_is_another_index(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(store, "one", 1)
    with monkeypatch.context() as patch:
        patch.delenv("KB_INDEX")
        with (
            Store.open(store.folder, readonly=True) as reader,
            pytest.raises(GenerationError, match="set KB_INDEX"),
        ):
            index.ensure(reader)
        assert "KB_INDEX" in index.ensure(store)[1]
        assert isinstance(index.open_served(store).lexical, Lexical)
    assert "KB_INDEX" in index.ensure(store)[1]
    assert isinstance(index.open_served(store).lexical, MilvusWords)
    assert index.ensure(store)[1] == ""


def test_a_copy_of_a_library_leaves_the_partitions_of_the_first(store: Store, tmp_path: Path) -> None:
    served = publish(store, "one", 1)
    shutil.copytree(store.folder, tmp_path / "copy")
    with Store.open(tmp_path / "copy") as copied:
        assert index.open_served(copied).manifest.place == served.manifest.place
        for number in (2, 3):
            assert publish(copied, "one", number).manifest.place != served.manifest.place
    assert there(served.manifest.place) == parts(served)
    assert index.open_served(store).lexical.matching(["edition 1"]).tolist() == [0, 1, 2]


def test_a_restored_library_goes_on_in_its_place(store: Store, tmp_path: Path) -> None:
    publish(store, "one", 1)
    backup(store, tmp_path / "backup.zip")
    restore(store, tmp_path / "backup.zip", None)
    place = index.open_served(store).manifest.place
    assert publish(store, "one", 2).manifest.place == place
    publish(store, "one", 3)
    assert set(Server.at(os.environ["KB_INDEX"], "").places()) >= {place}
    assert index_faults(store) == ()


# addresses


def test_addresses_are_a_server_or_a_file() -> None:
    assert address_of("milvus://kb-index") == IndexAddress(
        "milvus://kb-index", "http://kb-index:19530", "default", False
    )
    found = address_of("milvus+tls://10.0.0.2:443/practices")
    assert (found.uri, found.database) == ("https://10.0.0.2:443", "practices")
    assert address_of("milvus-lite:///srv/kb/index.db").uri == "/srv/kb/index.db"


@pytest.mark.parametrize(
    "given",
    ["milvus", "http://host", "milvus://", "milvus://host:99999", "milvus://a b", "milvus-lite://x.db"],
)
def test_what_is_no_address_is_refused_with_what_would_be_one(given: str) -> None:
    with pytest.raises(InputError, match="milvus://HOST:19530"):
        address_of(given)


def test_a_server_that_cannot_be_reached_is_named_and_nothing_is_rebuilt(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = publish(store, "one", 1).name
    monkeypatch.setenv("KB_INDEX", "milvus://127.0.0.1:9")
    monkeypatch.setattr(milvus_server, "QUICKLY", 0.5)
    for ask in (index.open_served, index.ensure):
        with pytest.raises(IndexServerError, match=r"milvus://127.0.0.1:9: .*check that this Milvus runs"):
            ask(store)
    assert store.generation() == name


# processes


KILLED = """
import os, signal, sys
from pathlib import Path
from kb.index import generation as index
from kb.index.milvus_server import Server
from kb.store.store import Store
insert, left = Server.insert, [int(sys.argv[2])]
def killing(self, *given):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    insert(self, *given)
Server.insert = killing
with Store.open(Path(sys.argv[1])) as store:
    index.build(store, {"one": 2})
"""


def test_a_build_that_is_killed_leaves_what_is_served(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_by(MILVUS, tmp_path):
        served = publish(store, "one", 1)
        stage(store, some("one", 2), "one", 2, pdf=b"two")
    with kept_by(MILVUS, tmp_path):  # the file is one process's at a time
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(store.folder), "1"], cwd=ROOT, check=False, capture_output=True
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        found = index.open_served(store)
        assert found.name == served.name
        assert found.lexical.matching(["edition 1"]).tolist() == [0, 1, 2]
        assert there(served.manifest.place) > parts(served)
        editions = {"one": 1}
        store.publish(editions, index.build(store, editions))  # which takes the part over
        assert there(served.manifest.place) == parts(served)


ASKED = """
import sys
from pathlib import Path
from kb.index import generation as index
from kb.store.store import Store
with Store.open(Path(sys.argv[1]), readonly=True) as store:
    found = index.ensure(store)[0]
    for need in ("edition 1 of two", "one", "nothing here"):
        ids, scores = found.lexical.search(need, 9)
        print(ids.tolist(), scores.tolist(), found.whole.coverage(need).tolist())
"""


def test_servers_with_copies_of_a_store_answer_alike_from_one_milvus(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from milvus_lite.adapter.grpc.server import start_server_in_thread  # heavy: pyarrow  # noqa: PLC0415

    running, held, port = start_server_in_thread(data_dir=str(tmp_path / "served"), host="127.0.0.1", port=0)
    try:
        monkeypatch.setenv("KB_INDEX", f"milvus://127.0.0.1:{port}")
        publish(store, "one", 1)
        publish(store, "two", 1)
        said = set()
        for copy in ("first", "second"):
            shutil.copytree(store.folder, tmp_path / copy)
            asked = [sys.executable, "-c", ASKED, str(tmp_path / copy)]
            said.add(subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        publish(store, "one", 2)
        again = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True)
        assert len(said | {again.stdout}) == 1  # a copy that is behind answers as it did
        assert again.stdout.startswith("[4, ")  # the second of the second handbook
    finally:
        running.stop(grace=0)
        held.close()
