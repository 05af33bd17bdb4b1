"""The truth: handbooks, their editions and records, passages and vectors in SQLite, PDFs beside it.

The index generations can be rebuilt from here. What is served changes in one commit: `publish`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from kb import (
    Code,
    Edition,
    NotFoundError,
    Passage,
    Record,
    Said,
    StoreError,
    Vector,
    file_sha256,
    files,
    replace_file,
    storable,
    sync_folder,
)
from kb.editions import Edit, Reviewed, edits
from kb.store import chronicle, leftovers, needs, proof, schema
from kb.store.database import INDEX, Database, converted, opened
from kb.store.harvested import Harvested
from kb.store.holdings import require_edition
from kb.store.needs import Grade, Need

DATABASE = "library.sqlite3"
FILES = "files"
OWN = (
    f"{DATABASE}*", FILES, INDEX, "*.lock", "model.txt", "admin.*", "signing.key*", "spool", "cache", "queries.*",
    "damaged-*", "*.partial",
)  # fmt: skip
"""What a library's folder holds, of whatever room: what its owner alone may read and write."""


_PRUNE = (
    "DELETE FROM vector WHERE kept_until < date('now') AND sha256 NOT IN (SELECT sha256 FROM passage)"
    " RETURNING model, sha256"
)
"""Vectors of texts that no edition has and whose day has come."""


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


class Damage(Code):
    """What is wrong with what the store keeps."""

    DATABASE = "database-damaged"
    ROW = "row-refers-to-nothing"
    SCHEMA = "schema-not-known"
    PDF = "pdf-lost-or-damaged"


class Store(Harvested):
    """An open library. Any number of threads and processes read while one writes."""

    @classmethod
    def open(cls, folder: Path, readonly: bool = False) -> Store:
        """Open the library in a folder; make both when missing, unless it is only to be read.

        One that older software wrote is brought up to date, even to be read, where that is permitted.

        Raises:
            NotFoundError: `readonly`, and there is no library yet.
            StoreError: the library is damaged, newer than this software, or not permitted.
        """
        path = folder / DATABASE
        with converted(folder):  # which another account's tells to nobody
            is_there = path.is_file()
        if readonly and not is_there:
            raise NotFoundError(f"{folder}: no library here yet; make one with: kb ingest FILE.pdf")
        if not readonly:
            with converted(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                (folder / FILES).mkdir(exist_ok=True)
                (folder / INDEX).mkdir(exist_ok=True)
                if is_there and (folder.stat().st_mode | path.stat().st_mode) & 0o077:
                    files.make_private(folder, OWN)
        return cls(folder, opened(path, readonly))

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
        self._check_edition(edition, records, () if reviewed else passages)
        if reviewed is not None:
            self._check_edition(edition, reviewed.records, passages)
        if hashlib.sha256(pdf).hexdigest() != edition.sha256:
            raise StoreError(f"{edition.file_name}: changed while it was read; ingest it again")
        shas = [text_sha256(passage.indexed) for passage in passages]
        with self.write_lock():
            if self._is_lost():
                raise leftovers.lost(self._database.path)
            self._keep_pdf(edition.sha256, pdf)
            with self._database.write() as db:
                found = list(zip(passages, shas, strict=True))
                self._insert_edition(db, edition, records, found, reviewed)

    def publish(self, editions: Mapping[str, int], generation: str, revision: Revision | None = None) -> None:
        """Serve exactly these editions from this index generation, from one commit on.

        A handbook that is left out is no longer served, and stays in the store; publishing an older
        edition is a rollback. A `revision`, with which the generation was built, is kept by the same commit.

        Raises:
            StoreError: an edition is not in the store; nothing is changed then.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self.write_lock(), self._database.write() as db:
            for handbook, number in editions.items():
                require_edition(db, handbook, number, StoreError)
            before = db.execute("SELECT id, current FROM handbook WHERE current IS NOT NULL").fetchall()
            db.execute("UPDATE handbook SET current = NULL WHERE current IS NOT NULL")
            pairs = [(number, handbook) for handbook, number in editions.items()]
            db.executemany("UPDATE handbook SET current = ? WHERE id = ?", pairs)
            db.executemany("UPDATE edition SET state = 'published' WHERE number = ? AND handbook = ?", pairs)
            if revision is not None:
                self._keep_revision(db, revision)
            changed = editions.items() ^ dict(before).items()
            for handbook, number in changed:
                proof.seal(db, "handbook", handbook)
                proof.seal(db, "edition", handbook, number)
            own = {revision.handbook} if revision is not None else set()
            row = db.execute(
                "INSERT INTO publication (generation, editions, published_at) VALUES (?, ?, ?)",
                (generation, json.dumps(dict(sorted(editions.items()))), now),
            )
            proof.seal(db, "publication", row.lastrowid)
            stamp = chronicle.note(db, *sorted({handbook for handbook, _ in changed} | own))
        self._settle(stamp)

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
                chosen = [(handbook, number) for number in numbers]
                db.executemany(  # the ids that they alone have stay taken
                    "INSERT OR IGNORE INTO retired SELECT handbook, id FROM record"
                    " WHERE handbook = ? AND edition = ?",
                    chosen,
                )
                db.executemany("DELETE FROM edition WHERE handbook = ? AND number = ?", chosen)
                for one in chosen:
                    proof.seal_edition(db, *one)
                proof.seal_handbook(db, handbook)
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
            if self._is_lost():
                return []
            with self._database.write() as db:
                dropped = self._drop_staged(db)
                said = [f"staged edition {number} of {handbook}" for handbook, number in dropped]
                pruned = db.execute(_PRUNE).fetchall() if is_pruning else []
                proof.drop_pruned(db, pruned)
                generation = self.generation()
                known = {row[0] for row in db.execute("SELECT sha256 FROM edition")}
            for path in leftovers.files(self.folder, known):
                path.unlink(missing_ok=True)
                said.append(f"file {path.name}")
            for path in leftovers.generations(self.index_folder):
                if path.name != generation:
                    leftovers.remove(path)
                    said.append(f"index generation {path.name}")
        return [*said, f"{len(pruned)} cached vectors"] if pruned else said

    def _is_lost(self) -> bool:
        """Whether the database knows of nothing while PDFs and an index of a whole library lie beside it."""
        with self._database.read() as db:
            is_empty = not db.execute("SELECT EXISTS (SELECT 1 FROM edition)").fetchone()[0]
        return is_empty and leftovers.are_of_a_library(self.folder / FILES, self.index_folder)

    def verify(self) -> list[Said]:
        """Check the database, its rows and each PDF by checksum; each finding is what is wrong, none is good news."""
        database = str(self._database.path)
        with self._database.read() as db:
            whole = db.execute("PRAGMA integrity_check").fetchall()
            lost = db.execute("PRAGMA foreign_key_check").fetchall()
            known = db.execute("SELECT sha256, file_name FROM edition ORDER BY handbook, number").fetchall()
            strange = schema.strangers(db)
            altered = proof.altered(db, database)
        said = [Said(Damage.DATABASE, path=database, why=str(row[0])) for row in whole if row[0] != "ok"]
        said += [Said(Damage.DATABASE, path=database, why=leftovers.LOST)] if self._is_lost() else []
        said += [Said(Damage.ROW, path=database, table=str(row[0])) for row in lost]
        said += [Said(Damage.SCHEMA, path=database, name=name) for name in strange]
        said += altered
        for sha256, file_name in known:
            path = self._file(sha256)
            with converted(path):
                if not path.is_file() or file_sha256(path) != sha256:
                    said.append(Said(Damage.PDF, path=str(path), file=file_name))
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

    def altered(self) -> list[Said]:
        """The rows that are not as they were written; each finding names one, none is good news."""
        with self._database.read() as db:
            return proof.altered(db, str(self._database.path))

    def tables(self) -> dict[str, tuple[int, str]]:
        """For each table how many rows it has, and one checksum over their sums."""
        with self._database.read() as db:
            return proof.tables(db)

    def is_whole(self) -> bool:
        """Whether SQLite finds its pages and indexes sound; StoreError where it cannot even look."""
        with self._database.read() as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")

    def copy_database(self, path: Path) -> None:
        """Write one state of the database into a new file, with the editions that were published only."""
        self._database.copy_to(path)
        copy = Database(path, is_readonly=False)
        try:
            with copy.write() as db:
                self._drop_staged(db)
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
                stamp = chronicle.succeed(db, self.harvest_rows())
            other.publish(other.current_editions(), generation)
            for path in sorted((other.folder / FILES).iterdir()):
                path.replace(self.folder / FILES / path.name)
            sync_folder(self.folder / FILES)
            (other.index_folder / generation).rename(self.index_folder / generation)
            sync_folder(self.index_folder)
            self._database.become(other._database)
            self._settle(stamp)

    # vectors

    def cached_vectors(self, model: str, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors known of these texts, by `text_sha256`: float32 (dim,) each."""
        wanted = json.dumps(sorted({text_sha256(text) for text in texts}))
        with self._database.read() as db:
            found = db.execute(
                "SELECT sha256, numbers FROM vector"
                " WHERE model = ? AND sha256 IN (SELECT value FROM json_each(?))",
                (storable(model), wanted),
            ).fetchall()
        return {sha: np.frombuffer(numbers, dtype="<f4").astype(np.float32) for sha, numbers in found}

    def cache_vectors(self, model: str, vectors: Mapping[str, Vector], kept_until: str = "") -> None:
        """Keep vectors by `text_sha256`; those that were known are replaced.

        `kept_until` is the day (YYYY-MM-DD) before which `clean` keeps those of texts that no edition has.
        """
        given = [
            (storable(model), sha, np.asarray(numbers, dtype="<f4").tobytes(), kept_until)
            for sha, numbers in vectors.items()
        ]
        with self._database.write() as db:
            db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", given)
            proof.seal_vectors(db, given)

    def _keep_revision(self, db: sqlite3.Connection, revision: Revision) -> None:
        handbook, number = revision.handbook, revision.edition
        records = revision.reviewed.records
        self._check_edition(self.edition(handbook, number), records, revision.passages)
        for edit in revision.edits:
            if edit.is_undone:
                row = (storable(edit.undone_by), edit.undone_at, edit.number)
                db.execute(
                    "UPDATE edit SET undone_by = ?, undone_at = ? WHERE number = ? AND undone_at = ''", row
                )
            else:
                new = (edit.handbook, edits.dump(edit))
                db.execute("INSERT INTO edit (handbook, body) VALUES (?, ?)", new)
        self._put_review(db, handbook, number, revision.reviewed, self.extracted(handbook, number))
        shas = [text_sha256(passage.indexed) for passage in revision.passages]
        self._put_passages(db, handbook, number, list(zip(revision.passages, shas, strict=True)))
        proof.seal(db, "corrected", handbook, number)
        proof.seal(db, "passage", handbook, number)
        proof.seal(db, "edit", handbook)

    def _file(self, sha256: str) -> Path:
        return self.folder / FILES / f"{sha256}.pdf"

    def _keep_pdf(self, sha256: str, pdf: bytes) -> None:
        path = self._file(sha256)
        with converted(path):
            if path.is_file() and path.stat().st_size == len(pdf):
                return
            replace_file(path, pdf)
