"""The store: exact round trips, one commit to publish, nothing lost, errors that say what to do."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import codec
from kb.errors import BusyError, NotFoundError, StoreError
from kb.model.passages import cut
from kb.records import Caveat, Facet, Field, Kind, Origin, Page, Passage, Record, Span, Unassigned
from kb.said import Flaw
from kb.store import schema
from kb.store.store import DATABASE, FILES, Damage, Store, text_sha256
from tests.factories import PDF, a_field, a_page, a_passage, a_record, an_edition, passages_of, stage

texts = st.text(st.characters())  # every code point, lone surrogates as well: broken PDFs bring them
words = st.text("abc-", min_size=1, max_size=8)
pages = st.integers(1, 500)
numbers = st.floats(allow_nan=False)
spans = st.builds(Span, pages, st.none() | st.tuples(numbers, numbers, numbers, numbers))
fields = st.builds(
    Field,
    texts,
    texts,
    st.lists(spans, min_size=1, max_size=3).map(tuple),
    words,
    st.sampled_from(list(Origin)),
)
facets = st.builds(Facet, words, texts, st.sampled_from(list(Origin)), st.none() | pages)
records = st.builds(
    Record,
    id=words,
    kind=st.sampled_from(list(Kind)),
    title=texts.filter(str.strip),
    handbook=words,
    edition=st.integers(1, 9),
    position=st.integers(0, 9),
    page_start=st.just(1),
    page_end=pages,
    fields=st.lists(fields, max_size=3).map(tuple),
    institution=texts,
    facets=st.lists(facets, max_size=3).map(tuple),
    annex=words,
    annex_label=texts,
    path=st.lists(texts, max_size=3).map(tuple),
    tools=st.lists(words, max_size=3).map(tuple),
    mentions=st.lists(pages, max_size=3).map(tuple),
    language=st.sampled_from(["en", "el"]),
    confidence=st.floats(0, 1),
    corrected=st.lists(words, max_size=2).map(tuple),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library") as opened:
        yield opened


@given(records)
def test_record_survives_json(record: Record) -> None:
    assert codec.load_record(codec.dump(record)) == record


@given(st.builds(Page, pages, texts, numbers, numbers, texts, st.booleans(), st.booleans()))
def test_page_survives_json(page: Page) -> None:
    assert codec.load_page(codec.dump(page)) == page


@given(st.builds(Passage, words, pages, texts, texts, texts, pages))
def test_passage_survives_json(passage: Passage) -> None:
    assert codec.load_passage(codec.dump(passage)) == passage


@given(st.lists(records, max_size=4, unique_by=lambda record: record.id), texts)
@settings(max_examples=15, deadline=None)
def test_edition_survives_the_store(some: list[Record], text: str) -> None:
    some = [replace(r, handbook="handbook", edition=1, position=n) for n, r in enumerate(some)]
    edition = an_edition(
        pages=(a_page(text=text),),
        unassigned=(Unassigned(1, text, "no head"),),
        ledger=((text, 51234), ("unassigned", 0)),
        missing=(text, "Annex G"),
        hidden=(Unassigned(2, text, "white on white"),),
    )
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        store.stage(edition, some, passages_of(some), PDF)
        store.publish({"handbook": 1}, "g")
        assert store.records("handbook", 1) == tuple(some)
        assert store.passages("handbook", 1) == tuple(passages_of(some))
        assert store.edition("handbook") == edition
        assert all(store.record(record.id) == record for record in some)


OLD, NEW = "20260101T000000Z-0123abcd", "20260102T000000Z-0123abcd.partial"
"""How generations of an index are named, one that is finished and one that is not."""


def test_staged_edition_is_not_served(store: Store) -> None:
    stage(store)
    assert (store.handbooks(), store.current_editions(), store.generation()) == ((), {}, "")
    assert store.by_checksum(an_edition().sha256) is None
    with pytest.raises(NotFoundError, match="handbook-practice"):
        store.record("handbook-practice")
    assert len(store.records("handbook", 1)) == 1  # but it can be indexed and compared


def test_publishing_serves_exactly_the_editions_given(store: Store) -> None:
    stage(store, handbook="first")
    stage(store, handbook="second", pdf=b"second")
    store.publish({"first": 1, "second": 1}, "both")
    assert [book.id for book in store.handbooks()] == ["first", "second"]
    store.publish({"second": 1}, "one")
    assert [book.id for book in store.handbooks()] == ["second"]
    assert store.served() == ("one", {"second": 1})
    with pytest.raises(NotFoundError):
        store.record("first-practice")
    store.publish({"first": 1, "second": 1}, "again")  # taken back: nothing was lost
    assert store.record("first-practice").handbook == "first"


def test_handbook_is_listed_with_its_counts(store: Store) -> None:
    some = [a_record("a"), a_record("b"), a_record("t", kind=Kind.TOOL)]
    stage(store, some)
    store.publish({"handbook": 1}, "g")
    book = store.handbook("handbook")
    assert (book.edition, book.editions, book.page_count) == (1, 1, 2)
    assert book.counts == {"practice": 2, "tool": 1}
    with pytest.raises(NotFoundError, match="other: no such handbook"):
        store.handbook("other")


def test_revision_grows_with_each_publication(store: Store) -> None:
    stage(store)
    assert store.revision() == 0
    store.publish({"handbook": 1}, "a")
    store.publish({"handbook": 1}, "b")
    assert store.revision() == 2


def test_publishing_an_unknown_edition_changes_nothing(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "a")
    with pytest.raises(StoreError, match="edition 7 is not in this library"):
        store.publish({"handbook": 7}, "b")
    assert store.served() == ("a", {"handbook": 1})


def test_record_that_was_dropped_is_found_in_the_edition_that_had_it(store: Store) -> None:
    stage(store, [a_record("kept", text="old"), a_record("dropped")])
    stage(store, [a_record("kept", text="new")], number=2, pdf=b"two")
    store.publish({"handbook": 1}, "a")
    assert store.record("kept").fields[0].text == "old"
    store.publish({"handbook": 2}, "b")
    assert store.record("kept").fields[0].text == "new"
    assert store.record("kept", edition=1).fields[0].text == "old"
    assert store.record("dropped").edition == 1
    with pytest.raises(NotFoundError, match="edition 2"):
        store.record("dropped", edition=2)
    store.publish({"handbook": 1}, "c")  # roll back
    assert store.record("kept").fields[0].text == "old"
    assert [edition.number for edition in store.editions("handbook")] == [2, 1]
    assert store.next_number("handbook") == 3


def test_checksum_finds_the_edition_that_is_served_first(store: Store) -> None:
    stage(store)
    stage(store, number=2, pdf=b"two")
    stage(store, number=3)
    sha256 = an_edition().sha256
    store.publish({"handbook": 1}, "a")
    store.publish({"handbook": 3}, "b")
    assert store.by_checksum(sha256) == ("handbook", 3)
    store.publish({"handbook": 1}, "c")
    assert store.by_checksum(sha256) == ("handbook", 1)
    assert store.by_checksum(hashlib.sha256(b"two").hexdigest()) is None  # never published


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("THE HANDBOOK: of good practice!", "handbook"),
        ("The handbook of good practices", "handbook"),
        ("A guide to bad habits", None),
        ("", None),
        ("!?", None),
    ],
)
def test_handbook_is_recognised_by_nearly_its_title(store: Store, title: str, wanted: str | None) -> None:
    stage(store)
    store.publish({"handbook": 1}, "g")
    assert store.find_handbook(title) == wanted


def test_pdf_is_kept_by_its_checksum(store: Store) -> None:
    stage(store)
    path = store.pdf_path(an_edition().sha256)
    assert path.read_bytes() == PDF
    with pytest.raises(NotFoundError, match="ingest the handbook again"):
        store.pdf_path("0" * 64)


@pytest.mark.parametrize(
    ("some", "its_passages", "said"),
    [
        ([a_record(edition=2)], [], "another edition"),
        ([a_record(), a_record()], [], "occur twice"),
        ([a_record("", title="x")], [], "empty"),
        ([a_record()], [a_passage("other")], "passages of no record"),
        ([a_record()], [a_passage(), a_passage()], "passages that occur twice"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(
    store: Store, some: list[Record], its_passages: list[Passage], said: str
) -> None:
    with pytest.raises(StoreError, match=said):
        store.stage(an_edition(), some, its_passages, PDF)
    assert store.next_number("handbook") == 1


def test_pdf_that_changed_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="changed while it was read"):
        store.stage(an_edition(), [], [], b"another")


def test_edition_is_never_written_twice(store: Store) -> None:
    stage(store)
    with pytest.raises(StoreError, match="edition 1 is in the store already"):
        stage(store)


def test_record_ids_are_of_one_handbook_only(store: Store) -> None:
    stage(store, [a_record("same")], handbook="first")
    with pytest.raises(StoreError, match="another one's in first"):
        stage(store, [a_record("same")], handbook="second", pdf=b"second")
    assert store.next_number("second") == 1  # nothing of it was kept


def test_cleaning_removes_what_nothing_needs_and_keeps_the_rest(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "served")
    stage(store, number=2, pdf=b"two")
    for name in ("served", OLD, NEW, "mine"):
        (store.index_folder / name).mkdir()
    (store.folder / FILES / "x.pdf.1-2.partial").write_bytes(b"half")
    said = store.clean()
    assert said == [
        "staged edition 2 of handbook",
        f"file {hashlib.sha256(b'two').hexdigest()}.pdf",
        "file x.pdf.1-2.partial",
        f"index generation {OLD}",
        f"index generation {NEW}",
    ]
    assert sorted(path.name for path in store.index_folder.iterdir()) == ["mine", "served"]
    assert store.pdf_path(an_edition().sha256).is_file()
    assert store.clean() == []


def test_reading_within_a_block_sees_that_blocks_state(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "a")
    with store._database.read() as outer:
        assert store.generation() == "a"
        with ThreadPoolExecutor(1) as other:
            other.submit(store.publish, {"handbook": 1}, "b").result()
        assert store.generation() == "a"
        with store._database.read() as inner:
            assert inner is outer
    assert store.generation() == "b"
    with store._database.write() as db:
        db.execute("UPDATE handbook SET profile = 'x = 1'")
        assert store.profile("handbook") == "x = 1"


def test_vectors_are_cached_by_model_and_text(store: Store) -> None:
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    store.cache_vectors("m", {text_sha256("a"): rows[0], text_sha256("b\ud800"): rows[1]})
    found = store.cached_vectors("m", ["b\ud800", "unknown", "a", "a"])
    assert set(found) == {text_sha256("a"), text_sha256("b\ud800")}
    np.testing.assert_array_equal(found[text_sha256("b\ud800")], rows[1])
    assert found[text_sha256("a")].dtype == np.float32
    assert store.cached_vectors("other", ["a"]) == {}


def test_many_vectors_are_read_at_once(store: Store) -> None:
    names = [f"text {number}" for number in range(3000)]
    store.cache_vectors("m", {text_sha256(name): np.full(4, n, np.float32) for n, name in enumerate(names)})
    found = store.cached_vectors("m", names)
    assert [found[text_sha256(name)][0] for name in names] == list(range(3000))


def test_pruning_drops_the_vectors_of_texts_that_no_edition_has(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "g")
    needed = store.passages("handbook", 1)[0].indexed
    one = np.ones(2, dtype=np.float32)
    store.cache_vectors("m", {text_sha256(needed): one, text_sha256("gone"): one})
    assert store.clean() == []
    assert store.clean(is_pruning=True) == ["1 cached vectors"]
    assert set(store.cached_vectors("m", [needed, "gone"])) == {text_sha256(needed)}


# threads and processes


def test_threads_read_while_one_writes(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "g1")
    is_done = threading.Event()

    def read() -> int:
        count = 0
        while not is_done.is_set() or count == 0:
            generation, editions = store.served()
            assert generation == f"g{editions['handbook']}"
            assert store.records("handbook", editions["handbook"])[0].edition == editions["handbook"]
            count += 1
        return count

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        for number in range(2, 12):
            stage(store, number=number, pdf=str(number).encode())
            store.publish({"handbook": number}, f"g{number}")
        is_done.set()
        assert all(reader.result() > 0 for reader in readers)


def test_second_writer_waits_and_says_so(store: Store) -> None:
    said: list[str] = []
    order: list[str] = []
    has_lock, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with store.write_lock():
            has_lock.set()
            may_end.wait(10)
            order.append("first")

    def waiting(text: str) -> None:
        said.append(text)
        may_end.set()

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(first)
        has_lock.wait(10)
        with Store.open(store.folder) as other, other.write_lock(waiting), other.write_lock(waiting):
            order.append("second")
        running.result()
    assert order == ["first", "second"]
    assert len(said) == 1
    assert "waiting" in said[0]


def test_writer_that_waits_too_long_is_told(store: Store) -> None:
    def second() -> None:
        with store.write_lock(wait_s=0.1):
            pass

    with store.write_lock(), ThreadPoolExecutor(1) as threads, pytest.raises(BusyError, match="try again"):
        threads.submit(second).result()


# what can go wrong with the file


def test_missing_library_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="kb ingest"):
        Store.open(tmp_path / "nowhere", readonly=True)
    assert not (tmp_path / "nowhere").exists()


def test_library_opened_for_reading_refuses_to_write(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "g")
    with Store.open(store.folder, readonly=True) as reader:
        assert reader.is_readonly
        assert reader.served() == ("g", {"handbook": 1})
        with pytest.raises(StoreError, match="for reading only"):
            reader.publish({}, "x")
        store.publish({"handbook": 1}, "next")
        assert reader.generation() == "next"


def test_closed_library_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        store.generation()
    assert not list(tmp_path.glob("*-wal"))  # folded in


def damaged_head(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)


def damaged_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[1024:] = b"\xff" * (len(content) - 1024)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [damaged_head, damaged_middle])
@pytest.mark.parametrize("readonly", [False, True])
def test_damaged_file_is_named_with_the_next_step(
    tmp_path: Path, damage: Callable[[Path], None], readonly: bool
) -> None:
    with Store.open(tmp_path) as store:
        stage(store)
        store.publish({"handbook": 1}, "g")
    damage(tmp_path / DATABASE)
    with (
        pytest.raises(StoreError, match=r"library\.sqlite3: .*(restore|backup)"),
        Store.open(tmp_path, readonly) as store,
    ):
        store.records("handbook", 1)


def test_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = (tmp_path / DATABASE).read_bytes()
    with pytest.raises(StoreError, match="not a library of this software"):
        Store.open(tmp_path)
    assert (tmp_path / DATABASE).read_bytes()[100:] == before[100:]


def test_file_of_newer_software_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for readonly in (True, False):
        with pytest.raises(StoreError, match=r"newer software \(schema 99"):
            Store.open(tmp_path, readonly)


def test_migrations_run_in_order_and_only_once(tmp_path: Path) -> None:
    steps = (
        *schema.MIGRATIONS,
        ("CREATE TABLE a (x)",),
        ("ALTER TABLE a ADD COLUMN y", "INSERT INTO a VALUES (1, 2)"),
    )
    Store.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    for _ in range(2):
        schema.migrate(connection, tmp_path, steps)
    assert schema.version(connection) == len(steps)
    assert connection.execute("SELECT x, y FROM a").fetchall() == [(1, 2)]
    connection.close()


def test_failed_migration_leaves_the_version_before(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(connection, tmp_path, (*schema.MIGRATIONS, ("CREATE TABLE a (x)", "nonsense")))
    assert schema.version(connection) == len(schema.MIGRATIONS)
    assert not connection.execute("SELECT * FROM sqlite_master WHERE name = 'a'").fetchall()
    connection.close()


def test_library_of_schema_1_keeps_all_it_holds(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    schema.migrate(connection, tmp_path, schema.MIGRATIONS[:1])
    record, passage = a_record("handbook-practice"), a_passage("handbook-practice")
    page = codec.dump(a_page())
    body = codec.dump(record).replace(',"corrected":[]', "")
    connection.execute("INSERT INTO handbook (id) VALUES ('handbook')")
    connection.execute(
        "INSERT INTO edition VALUES"
        " ('handbook', 1, 'published', 'T', 'en', 'sha', 'f.pdf', '', '', 1, 1, '[]')"
    )
    connection.execute("UPDATE handbook SET current = 1")
    connection.execute("INSERT INTO page VALUES ('handbook', 1, 1, ?)", (page,))
    connection.execute(
        "INSERT INTO record VALUES ('handbook', 1, ?, 'practice', 0, 'T', ?)", (record.id, body)
    )
    connection.execute(
        "INSERT INTO passage VALUES ('handbook', 1, ?, 0, 'sha', ?)", (record.id, codec.dump(passage))
    )
    connection.close()
    with Store.open(tmp_path) as store:
        assert store.records("handbook", 1) == store.extracted("handbook", 1) == (record,)
        assert store.passages("handbook", 1) == (passage,)
        assert store.handbook("handbook").counts == {"practice": 1}
        edition = store.edition("handbook")
        assert (edition.ledger, edition.missing, edition.hidden, edition.caveats) == ((), (), (), ())
        assert store.profile("handbook") == ""
        stage(store, number=2)
        store.publish({"handbook": 2}, "g")
        assert store.verify()[1:] == []  # the PDF of edition 1 was never there


def before_proofs(connection: sqlite3.Connection) -> None:
    """Take back what schemas 9 and 10 brought."""
    connection.execute("DROP TABLE proof")
    connection.execute("DROP TABLE setting")
    connection.execute("DROP TABLE harvest")
    for later in ("name", "subjects"):
        connection.execute(f"ALTER TABLE handbook DROP COLUMN {later}")


def test_library_of_schema_5_finds_once_where_its_passages_were_cut_from(tmp_path: Path) -> None:
    long = " ".join(f'Sentence {n} says it in Greek, π, and with a 💡 and "quotes".' for n in range(40))
    fields = (
        a_field("Note", "The same words.", spans=(Span(1),)),
        a_field("Aims", long),
        a_field("Note", "The same words.", spans=(Span(2),)),
        a_field("Odd", "Half a \ud83d sign.", spans=(Span(2),)),
    )
    plain, bare = a_record("handbook-practice", fields=fields), a_record("handbook-bare", fields=())
    corrected = replace(plain, fields=tuple(replace(f, text=f"Now: {f.text}") for f in fields))
    with Store.open(tmp_path) as store:
        stage(store, (plain, bare))
        store.publish({"handbook": 1}, "g")
    connection = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    connection.execute(
        "INSERT INTO corrected SELECT handbook, edition, id, kind, position, title, ?, '' FROM record WHERE id = ?",
        (codec.dump(corrected), plain.id),
    )
    connection.execute("DELETE FROM passage")
    cut_now = [p for record in (corrected, bare) for p in cut(record)]
    assert len(cut_now) > len(fields) + 1
    for passage in cut_now:
        old = {name: value for name, value in asdict(passage).items() if name not in ("field", "start")}
        row = ("handbook", 1, passage.record, passage.number, "sha", codec.to_json(old))
        connection.execute("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)", row)
    for later in ("imprint", "caveats"):
        connection.execute(f"ALTER TABLE edition DROP COLUMN {later}")
    before_proofs(connection)
    connection.execute("PRAGMA user_version = 5")
    connection.close()
    with Store.open(tmp_path) as store:
        found = {(p.record, p.number): p for p in store.passages("handbook", 1)}
    *sure, odd = (p for p in cut_now if p.record == plain.id)
    assert [found[p.record, p.number] for p in sure] == sure
    assert found[bare.id, 0].field == -1
    assert found[odd.record, odd.number].text == odd.text  # whatever a broken PDF brings, it can be read


def test_library_of_schema_7_says_of_its_editions_that_nothing_was_amiss(tmp_path: Path) -> None:
    told = (
        Caveat(Flaw.NO_PACK, (3, 4), values=(("language", ("el",)), ("package", "tesseract-ocr-ell"))),
        Caveat(Flaw.SENTENCE, (1,), "handbook-practice", "A title \ud83d said.", Kind.PRACTICE),
        Caveat(Flaw.JUNK),
    )
    with Store.open(tmp_path) as store:
        stage(store)
        store.publish({"handbook": 1}, "g")
    connection = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    connection.execute("ALTER TABLE edition DROP COLUMN caveats")
    before_proofs(connection)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with Store.open(tmp_path) as store:
        assert store.edition("handbook").caveats == ()
        records = [replace(r, edition=2) for r in store.records("handbook", 1)]
        store.stage(an_edition(number=2, caveats=told), records, [], PDF)
        assert store.edition("handbook", 2).caveats == told


def test_name_and_subjects_are_what_the_owner_says_and_are_sealed(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "g")
    printed = store.handbook("handbook").title
    held = store.set_details("handbook", name="Our handbook", subjects=["Exchange", " ", "Credit é"])
    assert (held.title, held.name, held.subjects) == (
        "Our handbook",
        "Our handbook",
        ("Exchange", "Credit é"),
    )
    assert store.edition("handbook").title == printed
    assert store.verify() == []
    held = store.set_details("handbook", name="")
    assert (held.title, held.subjects) == (printed, ("Exchange", "Credit é"))


def test_settings_of_the_site_are_kept_sealed_and_taken_back(store: Store) -> None:
    store.set_settings({"colour": "#123456", "name": "Alliance \ud83d"})
    assert store.settings() == {"colour": "#123456", "name": "Alliance ?"}
    assert store.verify() == []
    store.set_settings({"colour": ""})
    assert store.settings() == {"name": "Alliance ?"}
    assert store.verify() == []


def test_profile_is_remembered_for_the_handbook(store: Store) -> None:
    assert store.profile("handbook") == ""
    with pytest.raises(NotFoundError, match="no such handbook"):
        store.set_profile("handbook", "x = 1")
    stage(store)
    store.set_profile("handbook", "level = 2\n# é\n")
    store.publish({"handbook": 1}, "g")
    assert store.profile("handbook") == "level = 2\n# é\n"
    store.set_profile("handbook", "")
    assert store.profile("handbook") == ""


def test_library_is_in_wal_mode_with_foreign_keys(store: Store) -> None:
    with store._database.read() as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert db.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)


def test_full_disk_in_the_database_changes_nothing(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "g")
    with store._database.read() as db:
        size = db.execute("PRAGMA page_count").fetchone()[0]
    with store._database._lent() as db:
        db.execute(f"PRAGMA max_page_count = {size}")  # SQLite answers as on a full disk
    with pytest.raises(StoreError, match=r"disk is full.*nothing was changed"):
        stage(store, [a_record("big", text="x" * 10**6)], number=2, pdf=b"two")
    assert store.next_number("handbook") == 2
    assert store.record("handbook-practice").edition == 1


def test_full_disk_while_keeping_the_pdf_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device; check the disk's space"):
        stage(store)
    assert list((store.folder / FILES).iterdir()) == []
    assert store.next_number("handbook") == 1


def test_verifying_finds_a_damaged_pdf(store: Store) -> None:
    stage(store)
    store.publish({"handbook": 1}, "g")
    assert store.verify() == []
    store.pdf_path(an_edition().sha256).write_bytes(b"damaged")
    (found,) = store.verify()
    assert (found.code, found.values["file"]) == (Damage.PDF, "handbook.pdf")


def _read_as_nobody(folder: Path) -> None:
    if os.getuid() == 0:
        os.setuid(65534)
    with Store.open(folder, readonly=True) as store:
        if store.record("handbook-practice").title and store.generation() == "g":
            sys.exit(42)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are made read-only by their mode")
def test_library_in_a_read_only_folder_can_be_read() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with Store.open(folder) as store:
            stage(store)
            store.publish({"handbook": 1}, "g")
        for path in (*folder.rglob("*"), folder):
            path.chmod(0o555 if path.is_dir() else 0o444)
        child = get_context("spawn").Process(target=_read_as_nobody, args=(folder,))
        child.start()
        child.join()
        assert child.exitcode == 42
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(folder)
