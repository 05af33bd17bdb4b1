"""SQL of the store: each function runs within a transaction that its caller opened."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb import Edition, Handbook, NotFoundError, Passage, Record, StoreError, codec
from kb.editions import Action, Edit, Reviewed, edits, title_likeness


def served(db: sqlite3.Connection) -> tuple[str, dict[str, int]]:
    """The generation and the current editions."""
    current = db.execute("SELECT id, current FROM handbook WHERE current IS NOT NULL ORDER BY id").fetchall()
    return generation(db), dict(current)


def generation(db: sqlite3.Connection) -> str:
    """The generation that is served, "" before the first publication."""
    found = db.execute("SELECT generation FROM publication ORDER BY number DESC LIMIT 1").fetchone()
    return str(found[0]) if found else ""


def handbooks(db: sqlite3.Connection) -> tuple[Handbook, ...]:
    """The served handbooks, by title."""
    counts: dict[str, dict[str, int]] = {}
    for handbook, kind, count in db.execute(
        "SELECT r.handbook, r.kind, count(*) FROM served r"
        " JOIN handbook h ON h.id = r.handbook AND h.current = r.edition"
        " GROUP BY r.handbook, r.kind ORDER BY r.handbook, r.kind"
    ):
        counts.setdefault(handbook, {})[kind] = count
    found = [
        Handbook(
            handbook, title, language, file_name, number, editions, pages, counts.get(handbook, {}), *whose
        )
        for handbook, title, language, file_name, number, editions, pages, *whose in db.execute(
            "SELECT h.id, e.title, e.language, e.file_name, e.number,"
            " (SELECT count(*) FROM edition p WHERE p.handbook = h.id AND p.state = 'published'),"
            " e.page_count, h.publisher, h.licence, h.url"
            " FROM handbook h JOIN edition e ON e.handbook = h.id AND e.number = h.current"
        )
    ]
    return tuple(sorted(found, key=lambda h: (h.title.casefold(), h.id)))


def find_handbook(db: sqlite3.Connection, title: str) -> str | None:
    """The served handbook with the most alike title in any published edition; ties by id."""
    best = (0.0, "")
    for handbook, known in db.execute(
        "SELECT e.handbook, e.title FROM edition e JOIN handbook h ON h.id = e.handbook"
        " WHERE e.state = 'published' AND h.current IS NOT NULL ORDER BY e.handbook, e.number DESC"
    ):
        share = title_likeness(known, title)
        if share > best[0]:
            best = (share, handbook)
    return best[1] or None


def by_checksum(db: sqlite3.Connection, sha256: str) -> tuple[str, int] | None:
    """The published edition that was read from this PDF; the one that is served goes first."""
    found = db.execute(
        "SELECT e.handbook, e.number FROM edition e JOIN handbook h ON h.id = e.handbook"
        " WHERE e.sha256 = ? AND e.state = 'published' AND h.current IS NOT NULL"
        " ORDER BY e.number = h.current DESC, e.number DESC, e.handbook LIMIT 1",
        (sha256,),
    ).fetchone()
    return (found[0], found[1]) if found else None


def edition(db: sqlite3.Connection, handbook: str, number: int | None) -> Edition:
    """One edition with its pages; the served one unless a number is given."""
    if number is None:
        found = db.execute("SELECT current FROM handbook WHERE id = ?", (handbook,)).fetchone()
        if found is None or found[0] is None:
            raise NotFoundError(f"{handbook}: no such handbook in this library; kb editions lists them")
        number = int(found[0])
    row = db.execute(
        "SELECT title, language, sha256, file_name, source, ingested_at, unassigned, seconds,"
        " ledger, missing, hidden FROM edition WHERE handbook = ? AND number = ?",
        (handbook, number),
    ).fetchone()
    if row is None:
        raise _no_edition(handbook, number)
    title, language, sha256, file_name, source, ingested_at, unassigned, seconds, *account = row
    ledger, missing, hidden = account
    pages = db.execute(
        "SELECT body FROM page WHERE handbook = ? AND edition = ? ORDER BY number", (handbook, number)
    )
    return Edition(
        handbook=handbook,
        number=number,
        title=title,
        language=language,
        pages=tuple(codec.load_page(body) for (body,) in pages),
        sha256=sha256,
        file_name=file_name,
        source=source,
        ingested_at=ingested_at,
        unassigned=codec.load_unassigned(unassigned),
        seconds=seconds,
        ledger=codec.load_ledger(ledger),
        missing=codec.load_texts(missing),
        hidden=codec.load_unassigned(hidden),
    )


def editions(db: sqlite3.Connection, handbook: str) -> tuple[Edition, ...]:
    """All published editions, newest first."""
    numbers = db.execute(
        "SELECT number FROM edition WHERE handbook = ? AND state = 'published' ORDER BY number DESC",
        (handbook,),
    ).fetchall()
    if not numbers:
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb editions lists them")
    return tuple(edition(db, handbook, number) for (number,) in numbers)


def published(db: sqlite3.Connection, handbook: str) -> tuple[int, ...]:
    """The numbers of all published editions, oldest first."""
    found = db.execute(
        "SELECT number FROM edition WHERE handbook = ? AND state = 'published' ORDER BY number", (handbook,)
    ).fetchall()
    if not found:
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")
    return tuple(number for (number,) in found)


def dates(db: sqlite3.Connection, handbook: str) -> tuple[tuple[int, str], ...]:
    """Number and time of ingest of each published edition, newest first."""
    published(db, handbook)
    found = db.execute(
        "SELECT number, ingested_at FROM edition WHERE handbook = ? AND state = 'published'"
        " ORDER BY number DESC",
        (handbook,),
    )
    return tuple((number, date) for number, date in found)


def history(db: sqlite3.Connection, record: str) -> tuple[tuple[int, int], ...]:
    """The published editions that have a record, newest first, each with its first page there."""
    found = db.execute(
        "SELECT r.edition, json_extract(r.body, '$.page_start') FROM served r"
        " JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition"
        " WHERE r.id = ? AND e.state = 'published' ORDER BY r.edition DESC",
        (codec.storable(record),),
    )
    return tuple((number, page) for number, page in found)


def last_served(db: sqlite3.Connection, handbook: str) -> int:
    """The edition that is served, or that the last publication with this handbook served."""
    held = published(db, handbook)
    found = db.execute(
        "SELECT o.value FROM publication p, json_each(p.editions) o WHERE o.key = ?"
        " ORDER BY p.number DESC LIMIT 1",
        (handbook,),
    ).fetchone()
    return int(found[0]) if found and found[0] in held else held[-1]


def removed(db: sqlite3.Connection) -> tuple[str, ...]:
    """The handbooks with a published edition of which none is served."""
    found = db.execute(
        "SELECT id FROM handbook h WHERE current IS NULL AND EXISTS"
        " (SELECT 1 FROM edition e WHERE e.handbook = h.id AND e.state = 'published') ORDER BY id"
    )
    return tuple(handbook for (handbook,) in found)


def profile(db: sqlite3.Connection, handbook: str) -> str:
    """The TOML that a handbook's editions are read with; "" for none, or for a handbook that is not known."""
    found = db.execute("SELECT profile FROM handbook WHERE id = ?", (handbook,)).fetchone()
    return str(found[0]) if found else ""


def set_profile(db: sqlite3.Connection, handbook: str, text: str) -> None:
    """Remember a profile."""
    done = db.execute("UPDATE handbook SET profile = ? WHERE id = ?", (codec.storable(text), handbook))
    if not done.rowcount:
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")


def set_details(db: sqlite3.Connection, handbook: str, publisher: str, licence: str, url: str) -> None:
    """State whose a handbook is."""
    row = (codec.storable(publisher), codec.storable(licence), codec.storable(url), handbook)
    db.execute("UPDATE handbook SET publisher = ?, licence = ?, url = ? WHERE id = ?", row)


def fates(db: sqlite3.Connection, handbook: str, number: int) -> dict[str, str]:
    """What became of the records of an edition that review took away: what each went into, "" for nothing."""
    found = db.execute(
        "SELECT id, target FROM corrected WHERE handbook = ? AND edition = ? AND body IS NULL",
        (handbook, number),
    )
    return dict(found.fetchall())


def records(db: sqlite3.Connection, handbook: str, number: int) -> tuple[Record, ...]:
    """The records of an edition as they are served, corrections applied, in printed order."""
    _require_edition(db, handbook, number)
    found = db.execute(
        "SELECT body FROM served WHERE handbook = ? AND edition = ? ORDER BY position, id", (handbook, number)
    )
    return tuple(codec.load_record(body) for (body,) in found)


def extracted(db: sqlite3.Connection, handbook: str, number: int) -> tuple[Record, ...]:
    """The records of an edition as they were extracted, in printed order."""
    _require_edition(db, handbook, number)
    found = db.execute(
        "SELECT body FROM record WHERE handbook = ? AND edition = ? ORDER BY position, id", (handbook, number)
    )
    return tuple(codec.load_record(body) for (body,) in found)


def record(db: sqlite3.Connection, wanted: str, number: int | None) -> Record:
    """A record of the served edition, of the one asked for, or of the newest that had it.

    Without a number, what review merged into another leads to that, and what it discarded is marked so.
    """
    if number is None and (fate := _fate(db, wanted)) is not None:
        return record(db, fate, None) if fate else _discarded(db, wanted)
    found = db.execute(
        "SELECT r.body FROM served r JOIN handbook h ON h.id = r.handbook"
        " JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition"
        " WHERE r.id = ?1 AND e.state = 'published' AND h.current IS NOT NULL"
        " AND (?2 IS NULL OR r.edition = ?2)"
        " ORDER BY r.edition = h.current DESC, r.edition DESC LIMIT 1",
        (codec.storable(wanted), number),
    ).fetchone()
    if found is None:
        place = "this library" if number is None else f"edition {number}"
        raise NotFoundError(f"{wanted}: no such record in {place}; search for it by its title")
    return codec.load_record(found[0])


def _fate(db: sqlite3.Connection, wanted: str) -> str | None:
    """What a record that the served edition lacks by review was merged into, "" for a discarded one."""
    found = db.execute(
        "SELECT c.target FROM corrected c JOIN handbook h ON h.id = c.handbook AND h.current = c.edition"
        " WHERE c.id = ? AND c.body IS NULL",
        (codec.storable(wanted),),
    ).fetchone()
    return str(found[0]) if found else None


def _discarded(db: sqlite3.Connection, wanted: str) -> Record:
    """A discarded record as the newest edition has it."""
    found = db.execute(
        "SELECT r.body FROM record r JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition"
        " WHERE r.id = ? AND e.state = 'published' ORDER BY r.edition DESC LIMIT 1",
        (codec.storable(wanted),),
    ).fetchone()
    if found is None:
        raise NotFoundError(f"{wanted}: discarded by review; kb review edits says by whom and why")
    return replace(codec.load_record(found[0]), corrected=(Action.DISCARD.value,))


def record_ids(db: sqlite3.Connection, handbook: str) -> frozenset[str]:
    """Every id that the handbook ever gave to a record, those that a split made included."""
    found = db.execute(
        "SELECT id FROM record WHERE handbook = ?1 UNION SELECT id FROM retired WHERE handbook = ?1",
        (handbook,),
    ).fetchall()
    return frozenset({row[0] for row in found} | {e.made for e in edits_of(db, handbook) if e.made})


def listed_ids(db: sqlite3.Connection, handbook: str, edition: int) -> frozenset[str]:
    """The ids of the records of one edition, under the corrections in force."""
    found = db.execute("SELECT id FROM served WHERE handbook = ? AND edition = ?", (handbook, edition))
    return frozenset(row[0] for row in found)


def edits_of(db: sqlite3.Connection, handbook: str | None = None) -> tuple[Edit, ...]:
    """The edits of a handbook, or of all, oldest first, those that were undone included."""
    found = db.execute(
        "SELECT body, number, undone_by, undone_at FROM edit"
        " WHERE ?1 IS NULL OR handbook = ?1 ORDER BY number",
        (handbook,),
    )
    return tuple(edits.load(*row) for row in found)


def insert_edit(db: sqlite3.Connection, edit: Edit) -> None:
    """Keep an edit, under the next number."""
    db.execute("INSERT INTO edit (handbook, body) VALUES (?, ?)", (edit.handbook, edits.dump(edit)))


def undo_edit(db: sqlite3.Connection, edit: Edit) -> None:
    """Note by whom and when an edit was taken back."""
    row = (codec.storable(edit.undone_by), edit.undone_at, edit.number)
    db.execute("UPDATE edit SET undone_by = ?, undone_at = ? WHERE number = ? AND undone_at = ''", row)


def put_review(
    db: sqlite3.Connection, handbook: str, number: int, reviewed: Reviewed, own: Sequence[Record]
) -> None:
    """Serve an edition as review left it; `own` are its records as extracted."""
    key = (handbook, number)
    db.execute("DELETE FROM corrected WHERE handbook = ? AND edition = ?", key)
    as_extracted = {r.id: r for r in own}
    changed = [r for r in reviewed.records if as_extracted.get(r.id) != r]
    db.executemany(
        "INSERT INTO corrected VALUES (?, ?, ?, ?, ?, ?, ?, '')",
        [(*key, r.id, r.kind, r.position, codec.storable(r.title), codec.dump(r)) for r in changed],
    )
    db.executemany(
        "INSERT INTO corrected VALUES (?, ?, ?, '', 0, '', NULL, ?)",
        [(*key, gone, target) for gone, target in reviewed.fates.items()],
    )


def put_passages(
    db: sqlite3.Connection, handbook: str, number: int, its_passages: Sequence[tuple[Passage, str]]
) -> None:
    """Replace the passages of an edition; each comes with the checksum of its indexed text."""
    db.execute("DELETE FROM passage WHERE handbook = ? AND edition = ?", (handbook, number))
    db.executemany(
        "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)",
        [(handbook, number, p.record, p.number, sha256, codec.dump(p)) for p, sha256 in its_passages],
    )


def passages(db: sqlite3.Connection, handbook: str, number: int) -> tuple[Passage, ...]:
    """The passages of an edition, by record in printed order, then by number."""
    _require_edition(db, handbook, number)
    found = db.execute(
        "SELECT p.body FROM passage p JOIN served r"
        " ON r.handbook = p.handbook AND r.edition = p.edition AND r.id = p.record"
        " WHERE p.handbook = ? AND p.edition = ? ORDER BY r.position, r.id, p.number",
        (handbook, number),
    )
    return tuple(codec.load_passage(body) for (body,) in found)


def check_edition(new: Edition, its_records: Sequence[Record], its_passages: Sequence[Passage]) -> None:
    """Raise a StoreError unless records and passages belong to this edition and each is there once."""
    place = f"{new.file_name}: edition {new.number} of {new.handbook}"
    strays = [r.id for r in its_records if (r.handbook, r.edition) != (new.handbook, new.number)]
    ids = Counter(r.id for r in its_records)
    twice = [name for name, count in ids.items() if count > 1 or not name]
    orphans = [p.record for p in its_passages if p.record not in ids]
    numbers = Counter((p.record, p.number) for p in its_passages)
    again = [name for name, count in numbers.items() if count > 1]
    for what, which in (
        ("records of another edition", strays),
        ("record ids that are empty or occur twice", twice),
        ("passages of no record", orphans),
        ("passages that occur twice", again),
    ):
        if which:
            raise StoreError(f"{place}: {what}: {which[:3]}; report this as a bug, nothing was changed")


def insert_edition(
    db: sqlite3.Connection,
    new: Edition,
    its_records: Sequence[Record],
    its_passages: Sequence[tuple[Passage, str]],
    reviewed: Reviewed | None = None,
) -> None:
    """Write a staged edition; each passage comes with the checksum of its indexed text."""
    key = (new.handbook, new.number)
    clean = codec.storable
    db.execute("INSERT OR IGNORE INTO handbook (id) VALUES (?)", (new.handbook,))
    if db.execute("SELECT 1 FROM edition WHERE handbook = ? AND number = ?", key).fetchone():
        raise StoreError(f"{new.handbook}: edition {new.number} is in the store already; ingest again")
    db.execute(
        "INSERT INTO edition (handbook, number, state, title, language, sha256, file_name, source,"
        " ingested_at, seconds, page_count, unassigned, ledger, missing, hidden)"
        " VALUES (?, ?, 'staged', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *key, clean(new.title), new.language, new.sha256, clean(new.file_name), clean(new.source),
            new.ingested_at, new.seconds, len(new.pages), codec.dump_unassigned(new.unassigned),
            codec.dump_ledger(new.ledger), codec.dump_texts(new.missing), codec.dump_unassigned(new.hidden),
        ),
    )  # fmt: skip
    pages = [(*key, page.number, codec.dump(page)) for page in new.pages]
    db.executemany("INSERT INTO page VALUES (?, ?, ?, ?)", pages)
    db.executemany(
        "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(*key, r.id, r.kind, r.position, clean(r.title), codec.dump(r)) for r in its_records],
    )
    put_passages(db, *key, its_passages)
    if reviewed is not None:
        put_review(db, *key, reviewed, its_records)
    taken = db.execute(
        "SELECT n.id, o.handbook FROM record n JOIN record o ON o.id = n.id AND o.handbook <> n.handbook"
        " WHERE n.handbook = ? AND n.edition = ? LIMIT 1",
        key,
    ).fetchone()
    if taken:
        raise StoreError(f"record id {taken[0]} is another one's in {taken[1]}; report this as a bug")


def publish(db: sqlite3.Connection, current: Mapping[str, int]) -> None:
    """Make these the editions that are served, and no others."""
    for handbook, number in current.items():
        _require_edition(db, handbook, number, StoreError)
    db.execute("UPDATE handbook SET current = NULL WHERE current IS NOT NULL")
    pairs = [(number, handbook) for handbook, number in current.items()]
    db.executemany("UPDATE handbook SET current = ? WHERE id = ?", pairs)
    db.executemany("UPDATE edition SET state = 'published' WHERE number = ? AND handbook = ?", pairs)


def remove(db: sqlite3.Connection, handbook: str) -> None:
    """Delete a handbook that is not served."""
    found = db.execute("SELECT current FROM handbook WHERE id = ?", (handbook,)).fetchone()
    if found is None:
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb editions lists them")
    if found[0] is not None:
        raise StoreError(f"{handbook}: still served; publish the library without it first")
    db.execute("DELETE FROM edition WHERE handbook = ?", (handbook,))
    db.execute("DELETE FROM handbook WHERE id = ?", (handbook,))


def forget(db: sqlite3.Connection, handbook: str, numbers: Sequence[int]) -> None:
    """Delete editions that are not served; the ids that they alone have stay taken."""
    chosen = [(handbook, number) for number in numbers]
    db.executemany(
        "INSERT OR IGNORE INTO retired SELECT handbook, id FROM record WHERE handbook = ? AND edition = ?",
        chosen,
    )
    db.executemany("DELETE FROM edition WHERE handbook = ? AND number = ?", chosen)


def drop_staged(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Delete editions that were never published; tell which."""
    found = db.execute("SELECT handbook, number FROM edition WHERE state = 'staged' ORDER BY 1, 2").fetchall()
    db.execute("DELETE FROM edition WHERE state = 'staged'")
    db.execute("DELETE FROM handbook WHERE id NOT IN (SELECT handbook FROM edition)")
    return [(handbook, number) for handbook, number in found]


def prune_vectors(db: sqlite3.Connection) -> int:
    """Delete the vectors of texts that no edition has and whose day has come; tell how many."""
    return db.execute(
        "DELETE FROM vector WHERE kept_until < date('now') AND sha256 NOT IN (SELECT sha256 FROM passage)"
    ).rowcount


def _require_edition(
    db: sqlite3.Connection,
    handbook: str,
    number: int,
    error: type[NotFoundError | StoreError] = NotFoundError,
) -> None:
    found = db.execute("SELECT 1 FROM edition WHERE handbook = ? AND number = ?", (handbook, number))
    if found.fetchone() is None:
        raise _no_edition(handbook, number, error)


def _no_edition(
    handbook: str, number: int, error: type[NotFoundError | StoreError] = NotFoundError
) -> NotFoundError | StoreError:
    return error(f"{handbook}: edition {number} is not in this library; kb editions {handbook} lists them")
