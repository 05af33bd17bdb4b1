"""The truth: handbooks, their editions and records, passages and vectors in SQLite, PDFs beside it.

The index generations can be rebuilt from here. What is served changes in one commit: `publish`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from kb import (
    PARTIAL,
    Edition,
    Handbook,
    NotFoundError,
    Passage,
    Record,
    StoreError,
    Vector,
    codec,
    replace_file,
    sync_folder,
)
from kb.editions import Edit, Reviewed
from kb.store import needs
from kb.store import statements as rows
from kb.store.database import Database, converted
from kb.store.needs import Grade, Need
from kb.store.write_lock import WAIT_S, WriteLock

DATABASE = "library.sqlite3"
FILES = "files"
INDEX = "index"
LOCK = "write.lock"


@dataclass(frozen=True, slots=True)
class Revision:
    """What edits make of a handbook's current edition: the records and passages to serve from then on.

    `edits` are those to keep: new ones (number 0), or one that is taken back (`is_undone`).
    """

    handbook: str
    edition: int
    edits: tuple[Edit, ...]
    reviewed: Reviewed
    passages: tuple[Passage, ...]


def text_sha256(text: str) -> str:
    """What a text's vector is cached under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """An open library. Any number of threads and processes read while one writes."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self._lock = WriteLock(folder / LOCK)

    @classmethod
    def open(cls, folder: Path, readonly: bool = False) -> Store:
        """Open the library in a folder; make both when missing, unless it is only to be read.

        Raises:
            NotFoundError: `readonly`, and there is no library yet.
            StoreError: the library is damaged, newer than this software, or not permitted.
        """
        path = folder / DATABASE
        if readonly and not path.is_file():
            raise NotFoundError(f"{folder}: no library here yet; make one with: kb ingest FILE.pdf")
        if not readonly:
            with converted(folder):
                (folder / FILES).mkdir(parents=True, exist_ok=True)
                (folder / INDEX).mkdir(exist_ok=True)
        return cls(folder, Database(path, readonly))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; reading or writing afterwards raises a StoreError."""
        self._database.close()

    @property
    def is_readonly(self) -> bool:
        """Whether the library was opened for reading only."""
        return self._database.is_readonly

    @property
    def index_folder(self) -> Path:
        """Where the index generations lie, one folder each."""
        return self.folder / INDEX

    def write_lock(
        self, waiting: Callable[[str], None] | None = None, wait_s: float = WAIT_S
    ) -> AbstractContextManager[None]:
        """Be the only writer for a block; `waiting` is told once when another one has to finish first.

        Raises:
            BusyError: (on entering) the other writer did not finish within `wait_s`.
        """
        return self._lock.hold(waiting, wait_s)

    # what is served

    def generation(self) -> str:
        """The name of the index generation that is served; "" before the first publication."""
        with self._database.read() as db:
            return rows.generation(db)

    def revision(self) -> int:
        """How often this library was published to; cheap enough to poll before each search."""
        with self._database.read() as db:
            return int(db.execute("SELECT coalesce(max(number), 0) FROM publication").fetchone()[0])

    def current_editions(self) -> dict[str, int]:
        """The edition that is served of each handbook."""
        return self.served()[1]

    def served(self) -> tuple[str, dict[str, int]]:
        """Generation and current editions, of one and the same commit."""
        with self._database.read() as db:
            return rows.served(db)

    def handbooks(self) -> tuple[Handbook, ...]:
        """The handbooks that are served, by title."""
        with self._database.read() as db:
            return rows.handbooks(db)

    def handbook(self, handbook: str) -> Handbook:
        """One served handbook.

        Raises:
            NotFoundError: there is none of this id.
        """
        for found in self.handbooks():
            if found.id == handbook:
                return found
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb editions lists them")

    def find_handbook(self, title: str) -> str | None:
        """The id of the served handbook with this title, or nearly so, in any edition; None for a new one."""
        with self._database.read() as db:
            return rows.find_handbook(db, title)

    def by_checksum(self, sha256: str) -> tuple[str, int] | None:
        """The handbook and edition that were read from a PDF of this checksum; the served one goes first."""
        with self._database.read() as db:
            return rows.by_checksum(db, sha256)

    def profile(self, handbook: str) -> str:
        """The profile (TOML) that a handbook's editions are read with; "" for none or an unknown handbook."""
        with self._database.read() as db:
            return rows.profile(db, handbook)

    def set_profile(self, handbook: str, text: str) -> None:
        """Remember a profile for a handbook's next editions; "" forgets it.

        Raises:
            NotFoundError: there is no such handbook; one that is staged is there.
        """
        with self.write_lock(), self._database.write() as db:
            rows.set_profile(db, handbook, text)

    def set_details(
        self, handbook: str, publisher: str | None = None, licence: str | None = None, url: str | None = None
    ) -> Handbook:
        """State whose a served handbook is; None leaves a part as it was, "" takes it back.

        Raises:
            NotFoundError: there is no such handbook.
        """
        with self.write_lock():
            held = self.handbook(handbook)
            parts = ((publisher, held.publisher), (licence, held.licence), (url, held.url))
            stated = [known if given is None else given.strip() for given, known in parts]
            with self._database.write() as db:
                rows.set_details(db, handbook, *stated)
            return self.handbook(handbook)

    def fates(self, handbook: str, edition: int) -> dict[str, str]:
        """What the records of an edition that review took away went into, by id; "" for what was discarded."""
        with self._database.read() as db:
            return rows.fates(db, handbook, edition)

    # editions and what they hold

    def edition(self, handbook: str, number: int | None = None) -> Edition:
        """An edition with its pages, staged ones included; the served one unless a number is given.

        Raises:
            NotFoundError: there is no such handbook or edition.
        """
        with self._database.read() as db:
            return rows.edition(db, handbook, number)

    def editions(self, handbook: str) -> tuple[Edition, ...]:
        """All published editions of a handbook with their pages, newest first."""
        with self._database.read() as db:
            return rows.editions(db, handbook)

    def published(self, handbook: str) -> tuple[int, ...]:
        """The numbers of a handbook's published editions, oldest first, those of a removed one as well.

        Raises:
            NotFoundError: there is no such handbook.
        """
        with self._database.read() as db:
            return rows.published(db, handbook)

    def require(self, handbook: str, number: int) -> None:
        """Raise a NotFoundError unless this edition was published."""
        if number not in self.published(handbook):
            raise NotFoundError(
                f"{handbook}: edition {number} is not in this library; kb editions {handbook} lists them"
            )

    def dates(self, handbook: str) -> tuple[tuple[int, str], ...]:
        """Number and time of ingest of each published edition, newest first; NotFoundError for no handbook."""
        with self._database.read() as db:
            return rows.dates(db, handbook)

    def history(self, record: str) -> tuple[tuple[int, int], ...]:
        """The published editions that have a record, newest first, each with the PDF page it starts on there."""
        with self._database.read() as db:
            return rows.history(db, record)

    def last_served(self, handbook: str) -> int:
        """The edition of a handbook that is served, or was when it was removed; NotFoundError for none."""
        with self._database.read() as db:
            return rows.last_served(db, handbook)

    def removed(self) -> tuple[str, ...]:
        """The handbooks that are kept but not served, by id."""
        with self._database.read() as db:
            return rows.removed(db)

    def next_number(self, handbook: str) -> int:
        """The number that the next edition of a handbook, known or not, will have."""
        with self._database.read() as db:
            newest = db.execute("SELECT max(number) FROM edition WHERE handbook = ?", (handbook,)).fetchone()[
                0
            ]
        return (newest or 0) + 1

    def records(self, handbook: str, edition: int) -> tuple[Record, ...]:
        """The records of an edition as they are served, corrections applied, in printed order.

        Raises:
            NotFoundError: there is no such edition.
        """
        with self._database.read() as db:
            return rows.records(db, handbook, edition)

    def extracted(self, handbook: str, edition: int) -> tuple[Record, ...]:
        """The records of an edition as they were extracted, in printed order.

        Raises:
            NotFoundError: there is no such edition.
        """
        with self._database.read() as db:
            return rows.extracted(db, handbook, edition)

    def record(self, record: str, edition: int | None = None) -> Record:
        """A record as the served edition has it, or else the newest published edition that did.

        Raises:
            NotFoundError: no published edition (or not the one asked for) has it.
        """
        with self._database.read() as db:
            return rows.record(db, record, edition)

    def passages(self, handbook: str, edition: int) -> tuple[Passage, ...]:
        """The passages of an edition, by record in printed order, then by number.

        Raises:
            NotFoundError: there is no such edition.
        """
        with self._database.read() as db:
            return rows.passages(db, handbook, edition)

    def record_ids(self, handbook: str) -> frozenset[str]:
        """Every id that a handbook ever gave to a record: none is given out again."""
        with self._database.read() as db:
            return rows.record_ids(db, handbook)

    def listed_ids(self, handbook: str, edition: int) -> frozenset[str]:
        """The ids of the records of one edition; none where there is no such edition."""
        with self._database.read() as db:
            return rows.listed_ids(db, handbook, edition)

    def edits(self, handbook: str | None = None) -> tuple[Edit, ...]:
        """The edits that people made in review, oldest first; those that were undone are among them."""
        with self._database.read() as db:
            return rows.edits_of(db, handbook)

    def needs(self) -> tuple[Need, ...]:
        """The needs that people judged, in the order in which they were added."""
        with self._database.read() as db:
            return needs.all_of(db)

    def pdf_path(self, sha256: str) -> Path:
        """Where the original PDF of this checksum lies.

        Raises:
            NotFoundError: it is not there.
        """
        path = self._file(sha256)
        if not path.is_file():
            raise NotFoundError(f"{path}: the original PDF is missing; ingest the handbook again")
        return path

    # writing

    def stage(
        self,
        edition: Edition,
        records: Sequence[Record],
        passages: Sequence[Passage],
        pdf: bytes,
        reviewed: Reviewed | None = None,
    ) -> None:
        """Keep a new edition that is not served yet: its PDF, then all its rows in one transaction.

        `records` are as extracted; `reviewed` is what earlier edits make of them, which is then served, and
        which the passages are of.

        Raises:
            StoreError: the parts do not belong together, or cannot be written; nothing is kept then.
        """
        rows.check_edition(edition, records, () if reviewed else passages)
        if reviewed is not None:
            rows.check_edition(edition, reviewed.records, passages)
        if hashlib.sha256(pdf).hexdigest() != edition.sha256:
            raise StoreError(f"{edition.file_name}: changed while it was read; ingest it again")
        shas = [text_sha256(passage.indexed) for passage in passages]
        with self.write_lock():
            self._keep_pdf(edition.sha256, pdf)
            with self._database.write() as db:
                found = list(zip(passages, shas, strict=True))
                rows.insert_edition(db, edition, records, found, reviewed)

    def publish(self, editions: Mapping[str, int], generation: str, revision: Revision | None = None) -> None:
        """Serve exactly these editions from this index generation, from one commit on.

        A handbook that is left out is no longer served, and stays in the store; publishing an older
        edition is a rollback. A `revision`, with which the generation was built, is kept by the same commit.

        Raises:
            StoreError: an edition is not in the store; nothing is changed then.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self.write_lock(), self._database.write() as db:
            rows.publish(db, editions)
            if revision is not None:
                _keep_revision(db, revision)
            db.execute(
                "INSERT INTO publication (generation, editions, published_at) VALUES (?, ?, ?)",
                (generation, json.dumps(dict(sorted(editions.items()))), now),
            )

    def remove(self, handbook: str) -> None:
        """Delete a handbook that is no longer served, with all its editions; `clean` then drops its PDFs.

        Raises:
            NotFoundError: there is no such handbook.
            StoreError: it is still served; publish the others without it first.
        """
        with self.write_lock(), self._database.write() as db:
            rows.remove(db, handbook)

    def forget(self, handbook: str, numbers: Sequence[int]) -> None:
        """Delete editions for good, with what only they hold; `clean` then drops their PDFs.

        Raises:
            NotFoundError: one of them was never published.
            StoreError: one of them is served.
        """
        with self.write_lock():
            for number in numbers:
                self.require(handbook, number)
                if number == self.current_editions().get(handbook, self.last_served(handbook)):
                    raise StoreError(
                        f"{handbook}: edition {number} is served; roll back to another one first"
                    )
            with self._database.write() as db:
                rows.forget(db, handbook, numbers)
            self._database.compact()

    def judge(self, text: str, language: str, grades: Mapping[str, Grade | None], who: str) -> Need:
        """Keep how well some records answer a need (None takes that back); none of them says that nothing does.

        Raises:
            InputError: the text has no word, or is too long.
        """
        with self._database.write() as db:
            return needs.judge(db, needs.plain(text), language, grades, who)

    def forget_need(self, number: int) -> None:
        """Delete a judged need; NotFoundError if there is none of this number."""
        with self._database.write() as db:
            needs.forget(db, number)

    def clean(self, is_pruning: bool = False) -> list[str]:
        """Remove what an interrupted or finished write left over, and say what that was.

        Staged editions, PDFs of no edition, unfinished files, and index generations other than the served
        one go; readers keep the files that they have open. `is_pruning` also drops cached vectors of texts
        that no edition has, unless they are to be kept for longer.
        """
        with self.write_lock(), converted(self.folder):
            with self._database.write() as db:
                said = [f"staged edition {number} of {handbook}" for handbook, number in rows.drop_staged(db)]
                pruned = rows.prune_vectors(db) if is_pruning else 0
                generation, _ = rows.served(db)
                known = {row[0] for row in db.execute("SELECT sha256 FROM edition")}
            for path in sorted(self.folder.glob(f"*{PARTIAL}")):
                path.unlink(missing_ok=True)
                said.append(f"file {path.name}")
            for path in sorted((self.folder / FILES).iterdir()):
                if path.name.endswith(PARTIAL) or (path.suffix == ".pdf" and path.stem not in known):
                    path.unlink()
                    said.append(f"file {path.name}")
            for path in sorted(self.index_folder.iterdir()):
                if path.name != generation and path.is_dir():
                    shutil.rmtree(path)
                    said.append(f"index generation {path.name}")
        return [*said, f"{pruned} cached vectors"] if pruned else said

    def verify(self) -> list[str]:
        """Check the database and each PDF by checksum; each finding says what is wrong, none is good news."""
        with self._database.read() as db:
            found = [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [
                f"a row of {row[0]} refers to nothing" for row in db.execute("PRAGMA foreign_key_check")
            ]
            known = db.execute("SELECT sha256, file_name FROM edition ORDER BY handbook, number").fetchall()
        said = [f"{self._database.path}: {text}; restore a backup" for text in found]
        for sha256, file_name in known:
            path = self._file(sha256)
            with converted(path):
                if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                    said.append(f"{path}: missing or damaged; put {file_name} there again")
        return said

    # the whole of it

    def checksums(self) -> tuple[str, ...]:
        """The SHA-256 of every PDF that an edition was read from."""
        with self._database.read() as db:
            return tuple(row[0] for row in db.execute("SELECT DISTINCT sha256 FROM edition ORDER BY sha256"))

    def counts(self) -> tuple[int, int]:
        """How many handbooks and how many editions are kept, served or not."""
        with self._database.read() as db:
            found = db.execute("SELECT (SELECT count(*) FROM handbook), (SELECT count(*) FROM edition)")
            handbooks, editions = found.fetchone()
        return handbooks, editions

    def copy_database(self, path: Path) -> None:
        """Write one state of the database into a new file, with the editions that were published only."""
        self._database.copy_to(path)
        copy = Database(path, is_readonly=False)
        try:
            with copy.write() as db:
                rows.drop_staged(db)
        finally:
            copy.close()

    def take_over(self, other: Store, generation: str) -> None:
        """Become another library, whose files lie on the same disk and are moved: one commit, and it is served.

        Raises:
            StoreError: it cannot be written; nothing is changed then.
        """
        with self.write_lock(), converted(self.folder):
            with other._database.write() as db:
                # the next publication is a later one than any that was seen here
                later = (self.revision(),)
                db.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'publication'", later)
            other.publish(other.current_editions(), generation)
            for path in sorted((other.folder / FILES).iterdir()):
                path.replace(self.folder / FILES / path.name)
            sync_folder(self.folder / FILES)
            (other.index_folder / generation).rename(self.index_folder / generation)
            sync_folder(self.index_folder)
            self._database.become(other._database)

    # vectors

    def cached_vectors(self, model: str, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors known of these texts, by `text_sha256`: float32 (dim,) each."""
        wanted = json.dumps(sorted({text_sha256(text) for text in texts}))
        with self._database.read() as db:
            found = db.execute(
                "SELECT sha256, numbers FROM vector"
                " WHERE model = ? AND sha256 IN (SELECT value FROM json_each(?))",
                (codec.storable(model), wanted),
            ).fetchall()
        return {sha: np.frombuffer(numbers, dtype="<f4").astype(np.float32) for sha, numbers in found}

    def cache_vectors(self, model: str, vectors: Mapping[str, Vector], kept_until: str = "") -> None:
        """Keep vectors by `text_sha256`; those that were known are replaced.

        `kept_until` is the day (YYYY-MM-DD) before which `clean` keeps those of texts that no edition has.
        """
        given = [
            (codec.storable(model), sha, np.asarray(numbers, dtype="<f4").tobytes(), kept_until)
            for sha, numbers in vectors.items()
        ]
        with self._database.write() as db:
            db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", given)

    def _file(self, sha256: str) -> Path:
        return self.folder / FILES / f"{sha256}.pdf"

    def _keep_pdf(self, sha256: str, pdf: bytes) -> None:
        path = self._file(sha256)
        with converted(path):
            if path.is_file() and path.stat().st_size == len(pdf):
                return
            replace_file(path, pdf)


def _keep_revision(db: sqlite3.Connection, revision: Revision) -> None:
    handbook, number = revision.handbook, revision.edition
    edition = rows.edition(db, handbook, number)
    rows.check_edition(edition, revision.reviewed.records, revision.passages)
    for edit in revision.edits:
        if edit.is_undone:
            rows.undo_edit(db, edit)
        else:
            rows.insert_edit(db, edit)
    rows.put_review(db, handbook, number, revision.reviewed, rows.extracted(db, handbook, number))
    shas = [text_sha256(passage.indexed) for passage in revision.passages]
    rows.put_passages(db, handbook, number, list(zip(revision.passages, shas, strict=True)))
