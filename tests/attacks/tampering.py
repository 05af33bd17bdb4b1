"""Ways to tamper with a backup: each makes another file of a sound one."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kb.care.packed import MANIFEST
from kb.settings import MODEL_FILE
from kb.store import DATABASE, FILES, proof

Manifest = dict[str, Any]


@dataclass(slots=True)
class Opened:
    """A backup taken apart: its files, its manifest, and what is done to the ZIP that is made of them again."""

    files: dict[str, bytes]
    manifest: Manifest
    is_listed: bool = True  # the manifest is brought up to date with the files
    text: bytes | None = None  # in the manifest's place
    entries: list[tuple[zipfile.ZipInfo, bytes]] = field(default_factory=list)  # more of them

    @classmethod
    def of(cls, path: Path) -> Opened:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        return cls(files, json.loads(files.pop(MANIFEST)))

    @property
    def pdf(self) -> str:
        return next(name for name in sorted(self.files) if name.startswith(FILES))

    def packed(self) -> bytes:
        if self.is_listed:
            self.manifest["files"] = {
                name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in self.files.items()
            }
        text = json.dumps(self.manifest).encode() if self.text is None else self.text
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(MANIFEST, text)
            for name, data in self.files.items():
                is_large = len(data) > 10**7
                archive.writestr(name, data, zipfile.ZIP_DEFLATED if is_large else zipfile.ZIP_STORED)
            with warnings.catch_warnings(
                action="ignore", category=UserWarning
            ):  # of names that are there twice
                for entry, data in self.entries:
                    archive.writestr(entry, data)
        return made.getvalue()

    def sql(self, *statements: str, is_sealed: bool = True) -> None:
        """Change the database; sealed, so that neither its sums nor the manifest's tell."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / DATABASE
            path.write_bytes(self.files[DATABASE])
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                for statement in statements:
                    db.execute(statement)
                if is_sealed:
                    db.execute("BEGIN")
                    proof.seal_all(db)
                    db.execute("COMMIT")
                    tables = proof.tables(db)
                    self.manifest["tables"] = {n: {"rows": r, "sum": s} for n, (r, s) in tables.items()}
                    held = "SELECT (SELECT count(*) FROM handbook), (SELECT count(*) FROM edition)"
                    self.manifest["handbooks"], self.manifest["editions"] = db.execute(held).fetchone()
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.files[DATABASE] = path.read_bytes()


Way = Callable[[Opened], None]


def said(**values: object) -> Way:
    return lambda opened: opened.manifest.update(values)


def instead(text: bytes) -> Way:
    def change(opened: Opened) -> None:
        opened.text = text

    return change


def sql(*statements: str, is_sealed: bool = True) -> Way:
    return lambda opened: opened.sql(*statements, is_sealed=is_sealed)


def listed(name: str, **values: object) -> Way:
    """Say something else of a file than what it is."""

    def change(opened: Opened) -> None:
        opened.packed()
        opened.is_listed = False
        opened.manifest["files"][opened.pdf if name == FILES else name].update(values)

    return change


def added(name: str, data: bytes = b"more") -> Way:
    """Put a file in, and list it."""
    return lambda opened: opened.files.update({name: data})


def slipped(name: str, mode: int = 0, data: bytes = b"more") -> Way:
    """Put an entry in that is not listed."""

    def change(opened: Opened) -> None:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        opened.entries.append((entry, data))

    return change


def gone(name: str) -> Way:
    def change(opened: Opened) -> None:
        del opened.files[opened.pdf if name == FILES else name]

    return change


def replaced(name: str, data: bytes) -> Way:
    return lambda opened: opened.files.update({opened.pdf if name == FILES else name: data})


def unlisted(opened: Opened) -> None:
    opened.packed()
    opened.is_listed = False
    del opened.manifest["files"][opened.pdf]


def cut_database(opened: Opened) -> None:
    opened.files[DATABASE] = opened.files[DATABASE][: len(opened.files[DATABASE]) // 2]


def scrambled_database(opened: Opened) -> None:
    content = bytearray(opened.files[DATABASE])
    for page in range(4096, len(content), 4096):
        content[page : page + 16] = b"\xff" * 16
    opened.files[DATABASE] = bytes(content)


def garbled_schema(opened: Opened) -> None:
    """A schema that SQLite refuses, in words that quote what is no text."""
    opened.files[DATABASE] = opened.files[DATABASE].replace(b"CREATE TABLE need", b"CREATE TABL\xf2 need")


def fresh_database(opened: Opened) -> None:
    """An empty database, as SQLite makes one of nothing."""
    opened.files[DATABASE] = b""


def other_database(opened: Opened) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "other"
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE mine (a)")
        opened.files[DATABASE] = path.read_bytes()


def emptied_database(opened: Opened) -> None:
    tables = [part.table for part in proof.PARTS]
    opened.sql("PRAGMA foreign_keys = OFF", *(f"DELETE FROM {table}" for table in tables))
    opened.files = {DATABASE: opened.files[DATABASE]}
    opened.manifest["records"] = 0


def invalid_text(opened: Opened) -> None:
    opened.sql("UPDATE edition SET title = CAST(x'ff41fe' AS TEXT)")


TRIGGER = "CREATE TRIGGER t AFTER INSERT ON publication BEGIN DELETE FROM edit; END"
LISTS = "[" * 200_000 + "]" * 200_000
ENDLESS = '[{"start": 0, "end": 1, "rows": [[{"text": "a", "columns": 999999999}]]}]'
RECORD = "UPDATE record SET body = json_set(body, {}) WHERE id = 'book.one'"

OPENED: dict[str, Way] = {
    # the archive
    "a name that leads out": added("../evil"),
    "an absolute name": added("/tmp/evil"),
    "a name of another system": added("files\\..\\evil.pdf"),
    "a PDF in a folder below": added(f"{FILES}/more/{'0' * 64}.pdf"),
    "a file that is no PDF": added("admin.password"),
    "a log that belongs to the database": added(f"{DATABASE}-wal"),
    "an entry that is not listed": slipped("more.txt"),
    "an entry twice": slipped(DATABASE),
    "the manifest twice": slipped(MANIFEST, data=b"{}"),
    "a folder": slipped("files/"),
    "a link": slipped("files/link", stat.S_IFLNK | 0o777, b"/etc/passwd"),
    "a device": slipped("files/device", stat.S_IFCHR | 0o666),
    "a bomb": added("files/bomb.pdf", b"\0" * 20_000_000),
    "a PDF that is not listed": unlisted,
    "a PDF that is not there": gone(FILES),
    "a PDF of other content": replaced(FILES, b"%PDF-1.7 another"),
    "no database": gone(DATABASE),
    # the manifest
    "a manifest of nothing": instead(b""),
    "a manifest that is a list": instead(b"[]"),
    "a manifest that is null": instead(b"null"),
    "a manifest in another encoding": instead(b"\xff\xfe{}"),
    "a manifest nested without end": instead(LISTS.encode()),
    "a manifest with a number without end": instead(b'{"format": ' + b"9" * 10_000 + b"}"),
    "a manifest that is none of JSON": instead(b"{'format': 1}"),
    "a manifest that says something twice": instead(b'{"format": 2, "format": 2}'),
    "a manifest with no number as a number": said(handbooks=float("nan")),
    "a manifest without files": said(format=2, tables=None),
    "a format that is to come": said(format=99),
    "a format that is none": said(format="2"),
    "a format below the first": said(format=0),
    "a format of before with what is new": said(format=1),
    "fewer handbooks than it holds": said(handbooks=1),
    "more editions than it holds": said(editions=40),
    "fewer records than it serves": said(records=1),
    "a count below none": said(records=-1),
    "a count that is a truth": said(editions=True),
    "a time that is none": said(created="yesterday"),
    "a time that is a number": said(created=7),
    "tables of another library": said(tables={}),
    "a size below none": listed(DATABASE, size=-1),
    "a size beyond the disk": listed(FILES, size=2**50),
    "a size that is a text": listed(FILES, size="12"),
    "a sum that leads out": listed(FILES, sha256="../../evil"),
    "a sum of another file": listed(DATABASE, sha256="0" * 64),
    "a model of two lines": replaced(MODEL_FILE, b"english\nand more\n"),
    "a model in another encoding": replaced(MODEL_FILE, b"\xff\xff"),
    "a model without end": replaced(MODEL_FILE, b"m" * 100_000),
    # the database as a file
    "an empty database": fresh_database,
    "a database of another program": other_database,
    "a text as database": replaced(DATABASE, b"no database at all" * 1000),
    "half a database": cut_database,
    "a scrambled database": scrambled_database,
    "a garbled schema": garbled_schema,
    "a library without editions": emptied_database,
    "a database that is to come": sql("PRAGMA user_version = 99"),
    "a database that says it is older": sql("PRAGMA user_version = 3"),
    "a version below none": sql("PRAGMA user_version = -5"),
    "a database that says it is another's": sql("PRAGMA application_id = 7"),
    # its schema
    "a trigger": sql(TRIGGER),
    "a view": sql("CREATE VIEW more AS SELECT * FROM edition"),
    "a view in the place of the library's": sql("DROP VIEW served", "CREATE VIEW served AS SELECT * FROM record"),
    "a table more": sql("CREATE TABLE more (a)"),
    "an index less": sql("DROP INDEX record_by_id"),
    "a column more": sql("ALTER TABLE record ADD COLUMN more TEXT"),
    "a table that is virtual": sql("CREATE VIRTUAL TABLE more USING fts5(a)"),
    # its rows
    "a title changed": sql("UPDATE record SET title = 'Mine' WHERE id = 'book.one'", is_sealed=False),
    "a row deleted": sql("DELETE FROM page WHERE number = 2", is_sealed=False),
    "an edit forged": sql("INSERT INTO edit (handbook, body) VALUES ('book', '{}')", is_sealed=False),
    "sums made anew for a row changed": sql("UPDATE edition SET ledger = '[[1'"),
    "a row that refers to nothing": sql("PRAGMA foreign_keys = OFF", "DELETE FROM edition WHERE number = 2"),
    "a number as a title": sql("UPDATE edition SET title = x'00'"),
    "a text that is none": invalid_text,
    "a page of a text": sql("UPDATE page SET body = json_set(body, '$.number', 'one')"),
    "pages nested without end": sql(f"UPDATE edition SET unassigned = '{LISTS}'"),
    "a record without a title": sql(RECORD.format("'$.title', ' '")),
    "a record of another handbook": sql(RECORD.format("'$.handbook', 'guide'")),
    "a record on a page of no PDF": sql(RECORD.format("'$.page_end', 7000")),
    "a record on page 0": sql(RECORD.format("'$.page_start', 0")),
    "a record of no kind": sql(RECORD.format("'$.kind', 'evil'")),
    "a field on no page": sql(RECORD.format("'$.fields[0].spans', json('[]')")),
    "a link into a script": sql(
        RECORD.format("""'$.fields[0].links', json('[{"text": "a", "url": "javascript:alert(1)"}]')""")
    ),
    "a table without end": sql(
        RECORD.format("'$.fields[0].tables', json('" + ENDLESS + "')")
    ),
    "a passage on a page of no PDF": sql("UPDATE passage SET body = json_set(body, '$.page', 7000)"),
    "a passage that is no text": sql("UPDATE passage SET body = json_set(body, '$.text', 7)"),
    "a passage that is a list": sql("UPDATE passage SET body = '[]'"),
    "an edition staged": sql("UPDATE edition SET state = 'staged' WHERE number = 2"),
    "an edition of a PDF elsewhere": sql("UPDATE edition SET sha256 = '../../../etc/passwd' WHERE number = 2"),
    "a file elsewhere": sql("UPDATE edition SET file_name = '../../evil.pdf'"),
    "a record's id that leads out": sql("UPDATE retired SET id = '../' || id"),
    "a profile that is none": sql("UPDATE handbook SET profile = 'practices = ['"),
    "an address that is a script": sql("UPDATE handbook SET url = 'javascript:alert(1)'"),
    "an edit that is none": sql("UPDATE edit SET body = '[]'"),
    "an edit of no action": sql("UPDATE edit SET body = json_set(body, '$.action', 'evil')"),
    "an index elsewhere": sql("UPDATE publication SET generation = '../../evil'"),
    "a publication of nothing": sql("UPDATE publication SET editions = '{\"book\": null}'"),
    "a vector of no numbers": sql("UPDATE vector SET numbers = x'0000c07f'"),
    "a vector of half a number": sql("UPDATE vector SET numbers = x'00'"),
    "a judgement of no record": sql("UPDATE judgement SET record = '../' || record"),
}  # fmt: skip
"""What is done to a backup that was taken apart."""


def _encrypted(content: bytes) -> bytes:
    """Say of the first entry that it is encrypted, in its own header and in the directory."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + offset
        changed[at : at + 2] = struct.pack("<H", 1)
    return bytes(changed)


def _method(content: bytes) -> bytes:
    """Say of the first entry that it is packed by a method that there is not."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.index(mark) + offset
        changed[at : at + 2] = struct.pack("<H", 77)
    return bytes(changed)


def _larger(content: bytes) -> bytes:
    """Say of the last entry that it is 4 GB."""
    changed = bytearray(content)
    at = content.rindex(b"PK\x01\x02") + 24
    changed[at : at + 4] = struct.pack("<I", 0xF0000000)
    return bytes(changed)


def _moved(content: bytes) -> bytes:
    """Let the last entry of the directory begin where the first does."""
    changed = bytearray(content)
    at = content.rindex(b"PK\x01\x02") + 42
    changed[at : at + 4] = struct.pack("<I", 0)
    return bytes(changed)


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 16]) + content[middle + 1 :]


WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "a text": lambda _: b"something else",
    "half of it": lambda content: content[: len(content) // 2],
    "without its end": lambda content: content[:-30],
    "without its beginning": lambda content: content[200:],
    "one flipped bit": _flipped,
    "encrypted": _encrypted,
    "packed in no known way": _method,
    "an entry of 4 GB": _larger,
    "entries that overlap": _moved,
}
"""What is done to a backup as a file."""


def tampered(good: Path, bad: Path, way: str) -> Path:
    """Write a backup that was tampered with in one of these ways."""
    if way in WHOLE:
        bad.write_bytes(WHOLE[way](good.read_bytes()))
        return bad
    opened = Opened.of(good)
    OPENED[way](opened)
    bad.write_bytes(opened.packed())
    return bad


WAYS = (*WHOLE, *OPENED)
