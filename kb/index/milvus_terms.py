"""What the forms of words count in a generation whose words are in Milvus: a file of its own, looked up, not loaded.

BM25 weighs a word by how many entries have it. Milvus counts that by segment or by shard, with the rows of parts that
are no longer served, or not yet; a generation answers by its own parts alone, so it knows its own counts.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kb import GenerationError
from kb.words import PLAIN, STEMMERS

FILE = "terms.sqlite3"
KEPT = 20_000  # counts, of the forms asked for last
LAST = "\U0010ffff"
Counts = Mapping[tuple[str, str], int]
"""How many entries have each form, by its kind (PLAIN or a language) and itself."""


def save(
    folder: Path, before: Path | None, kept: Collection[str], added: Mapping[tuple[str, bool], Counts]
) -> None:
    """Write the counts of some parts that an earlier folder has, and of others, by name and whether of whole records.

    Raises:
        OSError: the folder cannot be written.
    """
    path = folder / FILE
    if before is not None:
        shutil.copyfile(before / FILE, path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")  # whoever builds the generation makes its files last
            db.execute(
                "CREATE TABLE IF NOT EXISTS term (whole INTEGER, kind TEXT, form TEXT, part TEXT, entries INTEGER,"
                " PRIMARY KEY (whole, kind, form, part)) WITHOUT ROWID, STRICT"
            )
            held = [row[0] for row in db.execute("SELECT DISTINCT part FROM term")]
            db.execute("BEGIN")
            db.executemany("DELETE FROM term WHERE part = ?", [(part,) for part in held if part not in kept])
            for (part, whole), counts in added.items():
                rows = ((int(whole), kind, kept_as(form), part, n) for (kind, form), n in counts.items())
                db.executemany("INSERT OR IGNORE INTO term VALUES (?, ?, ?, ?, ?)", rows)
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error


class Terms:
    """The counts of all parts of a generation together, of its passages or of its whole records; for any thread."""

    def __init__(self, folder: Path, *, whole: bool) -> None:
        """Open what `save` wrote.

        Raises:
            GenerationError: it is missing or damaged.
        """
        self._path = folder / FILE
        self._whole = int(whole)
        self._lock = threading.Lock()
        try:
            address = f"file:{quote(str(self._path.absolute()))}?mode=ro&immutable=1"
            self._db = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        self.having = lru_cache(maxsize=KEPT)(self._having)
        self.languages = tuple(language for language in STEMMERS if self._has(language))

    def words(self, start: str, limit: int | None) -> list[tuple[str, int]]:
        """The plain forms that start so, most frequent first."""
        rows = self._rows(
            "SELECT form, sum(entries) AS found FROM term WHERE whole = ? AND kind = ? AND form >= ? AND form < ?"
            " GROUP BY form ORDER BY found DESC, form LIMIT ?",
            (self._whole, PLAIN, kept_as(start), kept_as(start) + LAST, -1 if limit is None else limit),
        )
        return [(str(form), int(found)) for form, found in rows]

    def _having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind."""
        found = self._rows(
            "SELECT sum(entries) FROM term WHERE whole = ? AND kind = ? AND form = ?",
            (self._whole, kind, kept_as(form)),
        )
        return int(found[0][0] or 0)

    def _has(self, kind: str) -> bool:
        return bool(
            self._rows("SELECT 1 FROM term WHERE whole = ? AND kind = ? LIMIT 1", (self._whole, kind))
        )

    def _rows(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._damaged(error) from error

    def _damaged(self, error: sqlite3.Error) -> GenerationError:
        return GenerationError(f"{self._path}: cannot be read ({error}); rebuild the index")


def counted(entries: Iterator[Counts]) -> Counts:
    """How many of some entries have each form, each of them given by its own."""
    found: Counter[tuple[str, str]] = Counter()
    for forms in entries:
        found.update(forms.keys())
    return found


def kept_as(form: str) -> str:
    """A form as SQLite takes it: half characters, which damaged texts have, as question marks."""
    return form.encode("utf-8", "replace").decode("utf-8")
