"""Look at what the software needs, and say of each thing whether it is there and what to do if not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kb import KbError, NotFoundError, Progress, Settings, index, silent
from kb.model import ModelId, check_model, load_encoder, model_source
from kb.store import Store
from kb.words import BY_CODE, LANGUAGES

_OCR_DATA = {BY_CODE[code].tesseract: code for code in LANGUAGES}
"""The interface's languages, by the names of tesseract's data; those of others are asked for when they are met."""
ENOUGH_DISK = 2 * 2**30
LITTLE_DISK = 200 * 2**20


class Verdict(StrEnum):
    """How a finding stands."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and the next step ("" where all is well)."""

    name: str
    state: Verdict
    what: str
    next_step: str = ""


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything; nothing is changed."""
    return (
        _python(),
        _model(settings),
        _folder(settings.data),
        _disk(settings.data),
        *_library(settings),
        _ocr(),
    )


def rebuild(settings: Settings, progress: Progress = silent) -> str:
    """Build the index anew from the store and serve it; return its name.

    Raises:
        NotFoundError: there is no library yet.
        GenerationError: it cannot be written; the one before is still served.
    """
    with Store.open(settings.data, readonly=True):
        pass  # so that no empty library is made
    encoder = load_encoder(settings)
    with Store.open(settings.data) as store, store.write_lock():
        editions = store.current_editions()
        name = index.build(store, editions, encoder, progress)
        store.publish(editions, name)
        store.clean()
    return name


def _python() -> Finding:
    return Finding("python", Verdict.OK, f"{platform.python_version()} at {sys.executable}")


def _model(settings: Settings) -> Finding:
    found = check_model(settings)
    if found.is_good:
        return Finding("model", Verdict.OK, found.text)
    what, _, step = found.text.rpartition("; ")
    return Finding("model", Verdict.FAIL, what, step)


def _folder(data: Path) -> Finding:
    """Whether the library's folder, or the nearest one above that exists, can be written to."""
    nearest = next(path for path in (data, *data.parents) if path.exists())
    step = f"set KB_DATA to a folder of yours, or make {nearest} writable"
    if not nearest.is_dir():
        return Finding("folder", Verdict.FAIL, f"{nearest} is not a folder", step)
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding("folder", Verdict.FAIL, f"{nearest} cannot be written to", step)
    return Finding(
        "folder", Verdict.OK, str(data) if data.exists() else f"{data} (is made by the first ingest)"
    )


def _disk(data: Path) -> Finding:
    nearest = next(path for path in (data, *data.parents) if path.exists())
    free = {str(place): shutil.disk_usage(place).free for place in (nearest, Path(tempfile.gettempdir()))}
    place, least = min(free.items(), key=lambda item: item[1])
    what = f"{least / 2**30:.1f} GiB free at {place}"
    if least < LITTLE_DISK:
        return Finding("disk", Verdict.FAIL, what, "free some space, or set KB_DATA to a larger disk")
    if least < ENOUGH_DISK:
        return Finding("disk", Verdict.WARN, what, "enough for small handbooks; free some space before more")
    return Finding("disk", Verdict.OK, what)


def _library(settings: Settings) -> tuple[Finding, ...]:
    try:
        with Store.open(settings.data, readonly=True) as store:
            books = store.handbooks()
            missing = _missing_originals(store)
            counted = Finding("library", Verdict.OK, f"{len(books)} handbooks")
            if missing:
                step = "ingest these handbooks again: " + ", ".join(missing)
                counted = Finding("library", Verdict.WARN, "original PDFs are missing", step)
            return counted, _index(store, settings)
    except NotFoundError:
        return (Finding("library", Verdict.WARN, "empty", "kb ingest FILE.pdf"),)
    except KbError as error:
        return (Finding("library", Verdict.FAIL, str(error), "mend what is said there, or restore a backup"),)


def _missing_originals(store: Store) -> list[str]:
    missing = []
    for handbook, number in store.current_editions().items():
        try:
            store.pdf_path(store.edition(handbook, number).sha256)
        except NotFoundError:
            missing.append(handbook)
    return missing


def _index(store: Store, settings: Settings) -> Finding:
    try:
        wrong = index.verify(store)
        served = index.open_served(store).manifest if not wrong else None
    except NotFoundError:
        return Finding("index", Verdict.WARN, "nothing is published yet", "kb ingest FILE.pdf")
    if served is None:
        return Finding("index", Verdict.FAIL, "; ".join(wrong), "kb doctor --rebuild")
    if not served.model:
        what = f"{served.count} passages, words only"
        return Finding("index", Verdict.WARN, what, "mend the model above, then: kb doctor --rebuild")
    name = model_source(settings).name
    if ModelId.parse(served.model).name != name:
        what = f"its vectors are of {served.model}, the model is {name}"
        return Finding("index", Verdict.WARN, what, "kb doctor --rebuild")
    return Finding("index", Verdict.OK, f"{served.count} passages, {served.model}; agrees with the store")


def _ocr() -> Finding:
    program = shutil.which("tesseract")
    if program is None:
        return Finding(
            "ocr",
            Verdict.WARN,
            "tesseract is not installed, so pages that are pictures are not read",
            "apt-get install tesseract-ocr, or your system's package of that name",
        )
    try:
        said = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(
            "ocr", Verdict.WARN, f"{program} does not run ({error})", "install tesseract-ocr again"
        )
    missing = [data for data in _OCR_DATA if data not in said.split()]
    if missing:
        packages = " ".join(f"tesseract-ocr-{data}" for data in missing)
        names = ", ".join(_OCR_DATA[data] for data in missing)
        return Finding(
            "ocr", Verdict.WARN, f"tesseract lacks the languages {names}", f"apt-get install {packages}"
        )
    return Finding("ocr", Verdict.OK, f"{program}, all {len(_OCR_DATA)} languages")
