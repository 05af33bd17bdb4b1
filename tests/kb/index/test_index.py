"""Generations: built beside, renamed in, agreeing with the store, replaced under readers that go on."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kb.care.doctor import Fault, index_faults
from kb.errors import GenerationError, ModelError, NotFoundError
from kb.index import generation as index
from kb.index.dense import Dense
from kb.index.embedded_engine import WORDS
from kb.index.lexical import Lexical
from kb.index.manifest import MANIFEST
from kb.index.row_files import VECTORS
from kb.index.vectors import BATCH
from kb.said import Said
from kb.store.store import Store
from tests.factories import FakeEncoder, a_field, a_record, stage

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library") as opened:
        yield opened


def publish(
    store: Store, number: int = 1, encoder: FakeEncoder | None = None, handbook: str = "handbook"
) -> str:
    """Stage, index and publish an edition of three practices beside what is served."""
    some = [a_record(f"{handbook}-{n}", text=f"edition {number} of {handbook} {n}") for n in range(3)]
    stage(store, some, handbook, number, pdf=f"{handbook} {number}".encode())
    editions = {**store.current_editions(), handbook: number}
    name = index.build(store, editions, encoder)
    store.publish(editions, name)
    return name


def test_generation_holds_exactly_the_passages_of_its_editions(store: Store) -> None:
    encoder = FakeEncoder()
    publish(store, 1, encoder, "second")
    publish(store, 1, encoder, "first")
    name = publish(store, 2, encoder, "first")
    generation = index.open_served(store)
    assert generation.name == name
    assert generation.manifest.editions == {"first": 2, "second": 1}
    assert tuple(generation.passages) == store.passages("first", 2) + store.passages("second", 1)
    assert generation.manifest.count == generation.lexical.count == len(generation.passages) == 6
    assert (generation.manifest.model, generation.manifest.dim) == ("fake", 64)
    assert generation.dense is not None
    for row, passage in enumerate(generation.passages):
        assert generation.dense.search(encoder.queries([passage.indexed])[0], 1)[0].tolist() == [row]
        assert row in generation.lexical.search(passage.text, 6)[0].tolist()
    assert index_faults(store) == ()


def test_staged_edition_can_be_indexed_before_it_is_served(store: Store) -> None:
    before = publish(store)
    stage(store, number=2, pdf=b"two")
    name = index.build(store, {"handbook": 2})
    assert index.open_served(store).name == before
    assert (store.index_folder / name / MANIFEST).is_file()


def test_without_an_encoder_there_are_words_only(store: Store) -> None:
    name = publish(store)
    generation = index.open_served(store)
    assert generation.dense is None
    assert (generation.manifest.model, generation.manifest.dim) == ("", 0)
    assert not list((store.index_folder / name).glob(f"*{VECTORS}"))
    assert index_faults(store) == ()


def test_library_without_handbooks_can_be_served(store: Store) -> None:
    publish(store, 1, FakeEncoder())
    store.publish({}, index.build(store, {}, FakeEncoder()))
    generation = index.open_served(store)
    assert len(generation.passages) == 0
    assert generation.lexical.search("anything", 5)[0].tolist() == []
    assert generation.dense is not None
    assert generation.dense.search(np.zeros(64, dtype=np.float32), 5)[0].tolist() == []


def test_empty_library_says_what_to_do(store: Store) -> None:
    with pytest.raises(NotFoundError, match="kb ingest"):
        index.open_served(store)


def test_only_texts_that_are_new_are_embedded(store: Store) -> None:
    encoder = FakeEncoder()
    stage(store, [a_record("a", text="kept"), a_record("b", text="old")])
    index.build(store, {"handbook": 1}, encoder)
    assert len(encoder.embedded) == 2
    encoder.embedded.clear()
    stage(store, [a_record("b", text="new"), a_record("a", text="kept")], number=2, pdf=b"two")
    index.build(store, {"handbook": 2}, encoder)
    assert encoder.embedded == ["B, University of Example\nnew"]
    encoder.embedded.clear()
    index.build(store, {"handbook": 2}, encoder)
    assert encoder.embedded == []
    index.build(store, {"handbook": 2}, FakeEncoder("another model", embedded=encoder.embedded))
    assert len(encoder.embedded) == 2


def test_equal_texts_are_embedded_once_and_stay_two_passages(store: Store) -> None:
    encoder = FakeEncoder()
    stage(store, [a_record("a", title="Same", text="twin"), a_record("b", title="Same", text="twin")])
    store.publish({"handbook": 1}, index.build(store, {"handbook": 1}, encoder))
    assert len(encoder.embedded) == 1
    generation = index.open_served(store)
    assert [passage.record for passage in generation.passages] == ["a", "b"]
    assert generation.lexical.search("twin", 5)[0].tolist() == [0, 1]


def test_progress_runs_from_nothing_to_all(store: Store) -> None:
    fields = tuple(a_field(text=f"text {number}") for number in range(BATCH + 5))
    stage(store, [a_record(fields=fields)])
    said: list[tuple[str, int, int]] = []
    index.build(
        store, {"handbook": 1}, FakeEncoder(), lambda stage, done, total, _: said.append((stage, done, total))
    )
    total = BATCH + 5
    assert said == [
        ("embed", 0, total),
        ("embed", BATCH, total),
        ("embed", total, total),
        ("index", 0, total),
        ("index", total, total),
    ]


def test_batches_that_were_embedded_are_kept_when_a_later_one_fails(store: Store) -> None:
    @dataclass(frozen=True, slots=True)
    class Failing(FakeEncoder):
        def passages(self, texts: Any) -> NDArray[np.float32]:
            if self.embedded:
                raise ModelError("out of memory")
            return FakeEncoder.passages(self, texts)

    stage(store, [a_record(fields=tuple(a_field(text=f"text {number}") for number in range(BATCH + 5)))])
    with pytest.raises(ModelError):
        index.build(store, {"handbook": 1}, Failing())
    encoder = FakeEncoder()
    index.build(store, {"handbook": 1}, encoder)
    assert len(encoder.embedded) == 5


@pytest.mark.parametrize("wrong", ["shape", "length", "nan"])
def test_encoder_that_returns_no_unit_rows_is_refused(store: Store, wrong: str) -> None:
    @dataclass(frozen=True, slots=True)
    class Wrong(FakeEncoder):
        def passages(self, texts: Any) -> NDArray[np.float32]:
            rows = FakeEncoder.passages(self, texts)
            return {"shape": rows[:, 1:], "length": rows * 2, "nan": rows * np.float32("nan")}[wrong]

    stage(store)
    with pytest.raises(ModelError, match="choose another KB_MODEL"):
        index.build(store, {"handbook": 1}, Wrong())
    assert list(store.index_folder.iterdir()) == []


# what can go wrong while building


def out_of_space(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (os, "fsync"),
        (Lexical, "build"),
        (Dense, "save"),
        (Path, "write_text"),
        (Path, "rename"),
    ],
)
def test_full_disk_leaves_nothing_half_written_and_serves_what_was(
    store: Store, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    before = publish(store, 1, FakeEncoder())
    some = [a_record(text="edition 2")]
    stage(store, some, number=2, pdf=b"two")
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, out_of_space)
        with pytest.raises(GenerationError, match=r"No space left on device; free some space.*still served"):
            index.build(store, {"handbook": 2}, FakeEncoder())
    assert [path.name for path in store.index_folder.iterdir()] == [before]
    assert index.open_served(store).manifest.editions == {"handbook": 1}
    store.publish({"handbook": 2}, index.build(store, {"handbook": 2}, FakeEncoder()))
    assert index.open_served(store).passages[0].text == "edition 2"


def test_unknown_edition_builds_nothing(store: Store) -> None:
    with pytest.raises(NotFoundError, match="edition 3 is not in this library"):
        index.build(store, {"handbook": 3})
    assert list(store.index_folder.iterdir()) == []


# what can go wrong with what is served


def remove_all(folder: Path) -> None:
    shutil.rmtree(folder)


def remove_vectors(folder: Path) -> None:
    next(folder.glob(f"*{VECTORS}")).unlink()


def cut_words_short(folder: Path) -> None:
    path = max((folder / WORDS).glob("*.store"))
    path.write_bytes(path.read_bytes()[:-1])


def break_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text("{", encoding="utf-8")


def age_manifest(folder: Path) -> None:
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    (folder / MANIFEST).write_text(re.sub('"format": [0-9]+', '"format": 0', text), encoding="utf-8")


def take_format_without_parts(folder: Path) -> None:
    held = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del held["parts"], held["next_mark"]
    (folder / MANIFEST).write_text(json.dumps({**held, "passages_sha256": "", "format": 2}), encoding="utf-8")


def take_other_edition(folder: Path) -> None:
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    (folder / MANIFEST).write_text(text.replace('"handbook": 1', '"handbook": 2'), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        *(remove_all, remove_vectors, cut_words_short, break_manifest, age_manifest),
        *(take_format_without_parts, take_other_edition),
    ],
)
def test_damaged_generation_is_rebuilt_from_the_store_and_that_is_said(store: Store, damage: Any) -> None:
    encoder = FakeEncoder()
    name = publish(store, 1, encoder)
    damage(store.index_folder / name)
    with pytest.raises(GenerationError, match="rebuild the index"):
        index.open_served(store)
    assert index_faults(store)[0].code is Fault.UNUSABLE
    encoder.embedded.clear()
    said: list[str] = []
    generation, reason = index.ensure(store, encoder, lambda *told: said.append(told[3]))
    assert name in reason
    assert f"rebuilding the index: {reason}" in said
    assert encoder.embedded == []  # the vectors were cached
    assert [path.name for path in store.index_folder.iterdir()] == [generation.name] != [name]
    assert index_faults(store) == ()
    assert index.ensure(store, encoder)[1] == ""


def test_library_open_for_reading_is_not_rebuilt(store: Store) -> None:
    name = publish(store)
    with Store.open(store.folder, readonly=True) as reader:
        assert index.ensure(reader, FakeEncoder())[0].dense is None  # words only, and usable
        shutil.rmtree(store.index_folder / name)
        with pytest.raises(GenerationError, match="only open for reading"):
            index.ensure(reader)


def test_other_model_has_its_own_vectors_built(store: Store) -> None:
    publish(store)
    generation, reason = index.ensure(store, FakeEncoder())
    assert "missing" in reason
    assert generation.manifest.model == "fake"
    generation, reason = index.ensure(store, FakeEncoder("other", dim=32))
    assert generation.dense is not None
    assert generation.dense.dim == 32
    assert index.ensure(store, None)[0].name == generation.name  # no model: what is there stays


def test_two_that_find_it_missing_rebuild_it_once(store: Store) -> None:
    name = publish(store, 1, FakeEncoder())
    shutil.rmtree(store.index_folder / name)
    with ThreadPoolExecutor(4) as threads:
        found = [
            run.result() for run in [threads.submit(index.ensure, store, FakeEncoder()) for _ in range(4)]
        ]
    assert len({generation.name for generation, _ in found}) == 1
    assert sum(bool(reason) for _, reason in found) == 1


def test_verifying_finds_a_file_that_was_changed(store: Store) -> None:
    name = publish(store, 1, FakeEncoder())
    path = next((store.index_folder / name).glob(f"*{VECTORS}"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    said = index_faults(store)
    assert Said(Fault.CHANGED, path=str(path)) in said
    assert Said(Fault.VECTORS, name=name, count=1) in said


# readers while it is replaced


def test_generation_that_is_open_answers_after_it_was_replaced(store: Store) -> None:
    encoder = FakeEncoder()
    publish(store, 1, encoder)
    old = index.open_served(store)
    publish(store, 2, encoder)
    assert store.clean() != []
    assert old.lexical.search("edition", 5)[0].tolist() == [0, 1, 2]
    assert old.lexical.matching(["edition 1"]).tolist() == [0, 1, 2]
    assert old.dense is not None
    assert old.dense.search(encoder.queries(["edition"])[0], 3)[0].shape == (3,)


def test_reader_that_opens_what_was_just_replaced_tries_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store)
    served = Store.served
    calls: list[tuple[str, dict[str, int]]] = []

    def replaced_after(self: Store) -> tuple[str, dict[str, int]]:
        found = served(self)
        if not calls:
            calls.append(found)
            monkeypatch.setattr(Store, "served", served)
            publish(store, 2)
            store.clean()
        return found

    monkeypatch.setattr(Store, "served", replaced_after)
    assert index.open_served(store).manifest.editions == {"handbook": 2}
    assert len(calls) == 1


def test_readers_never_see_an_error_or_two_editions_at_once(store: Store) -> None:
    encoder = FakeEncoder()
    publish(store, 1, encoder)
    is_done = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not is_done.is_set():
            with Store.open(store.folder, readonly=True) as reader:
                generation = index.open_served(reader)
            number = generation.manifest.editions["handbook"]
            wanted = [f"edition {number} of handbook {n}" for n in range(3)]
            assert [passage.text for passage in generation.passages] == wanted
            assert len(generation.lexical.matching([f"edition {number}"])) == 3
            seen.add(number)

    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read) for _ in range(2)]
        try:
            for number in range(2, 200):
                if number > 13 and len(seen) > 2:  # on a busy machine readers come round seldom
                    break
                publish(store, number, encoder)
                store.clean(is_pruning=True)
        finally:
            is_done.set()
        for reader in readers:
            reader.result()
    assert len(seen) > 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_kill_at_any_point_leaves_one_edition_whole_and_the_next_start_clean(tmp_path: Path) -> None:
    """At each third of its points, other ones each day: all of them take three minutes."""
    first = datetime.now(UTC).toordinal() % 3 + 1
    command = [sys.executable, "-m", "tests.killed", str(tmp_path), "3", str(first)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 35
