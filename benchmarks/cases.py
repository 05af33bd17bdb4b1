"""The small PDFs of ../shared/cases, each with a trap: which are read, and which needs over them answered, rightly.

What is right is said by ../shared/score/check_cases.py itself; only the commands that it starts run in this process,
which spares some sixty starts of Python.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.setting import SHARED, shared_script
from cli import caveat_prints, english
from ingest import pipeline, reader
from ingest.reading import Extraction
from kb import KbError, Settings
from kb.model import Encoder
from kb.search import Library
from web.frame import Refs, SearchAsked, as_json
from web.pages import results

CASES = SHARED / "cases"

Answer = tuple[int, dict[str, Any] | None, str]
"""What a command leaves: exit status, its JSON, what it says on stderr."""


class Reader(StrEnum):
    """What read the text of a file."""

    TEXT = "text layer"
    OCR = "OCR"
    NONE = "no OCR"
    """Some page is a picture, and Tesseract is not installed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one case ended; `said` is "ok" or what is wrong."""

    name: str
    reader: Reader
    said: str

    @property
    def is_right(self) -> bool:
        """Whether all was as expected."""
        return self.said == "ok"


def outcomes(encoder: Encoder) -> tuple[Outcome, ...]:
    """Every case in the order of the files, searches last; the library they ask is embedded by `encoder`."""
    checker, readers = shared_script("check_cases"), {}
    out = io.StringIO()

    def kb(_: str, command: str, *words: str | Path, file: Path = Path()) -> Answer:
        if command == "extract":
            status, found, said, readers[file.name] = _extract(*map(str, words))
        elif command == "ingest":
            status, found, said = _ingest(str(words[-1]))
        else:
            status, found, said = _search(str(words[-1]), encoder)
        told = "\n".join(line for line in said.splitlines() if not (file.name and line.endswith(file.name)))
        return status, found, told.replace(file.stem or "\0", "")

    with (
        mock.patch.dict(os.environ),
        mock.patch.object(sys, "argv", ["check_cases.py", str(CASES)]),
        mock.patch.object(checker, "kb", kb),
        mock.patch.object(pipeline, "load_encoder", return_value=encoder),
        contextlib.redirect_stdout(out),
    ):
        checker.main()
    lines = out.getvalue().splitlines()
    return tuple(_outcome(name, readers.get(name.split(" (")[0], Reader.TEXT), lines) for name in _names())


def _names() -> Iterator[str]:
    for case in json.loads((CASES / "cases.json").read_text(encoding="utf-8"))["cases"]:
        yield case["file"] + (" (password)" if case.get("password") else "")
    search = CASES / "search.json"
    if search.is_file():
        for case in json.loads(search.read_text(encoding="utf-8"))["cases"]:
            yield "search: " + case["query"]


def _outcome(name: str, read_by: Reader, lines: list[str]) -> Outcome:
    said = next(line for line in lines if line.startswith(f"{name:48} "))
    return Outcome(name, read_by, said[len(f"{name:48} ") :])


def _extract(path: str, *words: str) -> tuple[int, dict[str, Any] | None, str, Reader]:
    """`kb extract PATH --json [--password WORD] [--ledger]`, without the child that guards against strangers."""
    password = words[words.index("--password") + 1] if "--password" in words else ""
    try:
        found = _read(path, password)
    except KbError as error:
        return 1, None, str(error), Reader.TEXT
    except Exception as error:  # noqa: BLE001  the child, too, says of any failure that nothing was read
        return 1, None, f"{type(error).__name__}: {error}", Reader.TEXT
    shown = found.ledger_json() if "--ledger" in words else found.as_json()
    if any(page.is_ocr for page in found.pages):
        read_by = Reader.OCR
    else:
        read_by = Reader.NONE if any(page.needs_ocr for page in found.pages) else Reader.TEXT
    return 0, shown, "\n".join([english.said(found.notices), *caveat_prints.lines(found.caveats)]), read_by


@cache
def _read(path: str, password: str) -> Extraction:
    request: Mapping[str, Any] = {"name": Path(path).name, "password": password, "max_pages": 1000}
    return Extraction.of_data(reader.read(request, Path(path).read_bytes(), lambda *_: None))


def _ingest(path: str) -> Answer:
    """`kb ingest --yes PATH`, into the library that the checker made."""
    try:
        pipeline.ingest(_settings(), path)
    except KbError as error:
        return 1, None, str(error)
    return 0, None, ""


def _search(need: str, encoder: Encoder) -> Answer:
    """`kb search --json -- NEED`."""
    try:
        asked = SearchAsked(need)
        asked.query()  # refused before anything is opened
        with Library.open(_settings(), encoder) as library:
            page = as_json(results.search_page(Refs(library.snapshot(to_search=True)), asked))
    except KbError as error:
        return 1, None, str(error)
    return 0, json.loads(page), ""


def _settings() -> Settings:
    return Settings(Path(os.environ["KB_DATA"]))
