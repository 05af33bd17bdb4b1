"""Look at what the software needs, and say of each thing whether it is there and what to do if not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from kb import (
    Code,
    GenerationError,
    Held,
    KbError,
    NotFoundError,
    Progress,
    Said,
    Settings,
    StoreError,
    index,
    silent,
)
from kb.care.models import ModelFinding, Weights, check_meaning, check_models
from kb.model import Load, load_encoder, model_parts, model_sources
from kb.store import Store, text_sha256
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


class Seen(Code):
    """What was found of a thing that was looked at."""

    PYTHON = "python"
    FOLDER = "folder-is-there"
    FOLDER_TO_BE = "folder-to-be"
    NO_FOLDER = "no-folder"
    FOLDER_LOCKED = "folder-locked"
    DISK = "disk"
    HANDBOOKS = "handbooks"
    ORIGINALS_MISSING = "originals-missing"
    LIBRARY_EMPTY = "library-empty"
    NOT_PUBLISHED = "not-published"
    WRONG = "wrong"
    INDEX_OF_WORDS = "index-of-words"
    VECTORS_OF_OTHER = "vectors-of-other-model"
    INDEX_AGREES = "index-agrees"
    NO_TESSERACT = "no-tesseract"
    TESSERACT_FAILS = "tesseract-fails"
    LANGUAGES_LACKING = "languages-lacking"
    TESSERACT = "tesseract"
    CONFINED = "reader-confined"
    NOT_CONFINED = "reader-not-confined"


class Fault(Code):
    """What is wrong with the index that is served."""

    UNUSABLE = "index-unusable"
    CHANGED = "index-file-changed"
    TEXTS = "index-lacks-texts"
    VECTORS = "index-vectors-differ"


class Mend(Code):
    """What to do about a finding."""

    RUN = "run"
    SET_DATA = "set-data"
    FREE_SPACE = "free-space"
    FREE_SPACE_LATER = "free-space-later"
    INGEST_AGAIN = "ingest-again"
    MEND_OR_RESTORE = "mend-or-restore"
    MEND_MODEL = "mend-model"
    INSTALL_TESSERACT = "install-tesseract"
    INSTALL_TESSERACT_AGAIN = "install-tesseract-again"
    ALLOW_NAMESPACES = "allow-namespaces"
    NEWER_KERNEL = "newer-kernel"
    INSTALL_SECCOMP = "install-seccomp"
    ORDINARY_USER = "ordinary-user"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and the next step (None where all is well)."""

    name: str
    state: Verdict
    what: Said | tuple[Said, ...]
    next_step: Said | None = None


COMMAND = "kb doctor --rebuild"
REBUILD, INGEST = Said(Mend.RUN, command=COMMAND), Said(Mend.RUN, command="kb ingest FILE.pdf")


_ASSURES = {
    Held.FILES: Mend.NEWER_KERNEL,
    Held.NETWORK: Mend.ALLOW_NAMESPACES,
    Held.SIGNALS: Mend.ALLOW_NAMESPACES,
    Held.PROCESSES: Mend.ALLOW_NAMESPACES,
    Held.COUNT: Mend.ORDINARY_USER,
    Held.SCRATCH: Mend.ALLOW_NAMESPACES,
    Held.CALLS: Mend.INSTALL_SECCOMP,
}


def examine(settings: Settings, load: Load = load_encoder) -> tuple[Finding, ...]:
    """Look at everything; nothing is changed. The multilingual model is loaded, which takes seconds."""
    return (
        _python(),
        *of_models((*check_models(settings), *check_meaning(settings, load))),
        _folder(settings.data),
        _disk(settings.data),
        *_library(settings),
        _ocr(),
    )


def of_reader(held: Collection[Held]) -> tuple[Finding, ...]:
    """What the kernel assures of the process that reads PDFs, and by its remedy what it does not."""
    missing: dict[Mend, list[Said]] = {}
    for one in Held:
        if one not in held:
            needs_filter = one is Held.SIGNALS and Held.CALLS not in held
            missing.setdefault(_ASSURES[Held.CALLS if needs_filter else one], []).append(Said(one))
    found = []
    if held:
        what = (Said(Seen.CONFINED), *(Said(one) for one in Held if one in held))
        found.append(Finding("reader", Verdict.OK, what))
    for step, lacking in missing.items():
        found.append(Finding("reader", Verdict.WARN, (Said(Seen.NOT_CONFINED), *lacking), Said(step)))
    return tuple(found)


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
        name = index.build(store, editions, encoder, progress, is_anew=True)
        store.publish(editions, name)
        store.clean()
    return name


def verify(store: Store) -> tuple[Said, ...]:
    """Prove by checksum that database, PDFs and index agree; each fact is what is wrong, none is good news."""
    found = tuple(store.verify())
    try:
        return (*found, *(index_faults(store) if store.generation() else ()))
    except StoreError:  # rows that are not as they were written need not be readable
        if not found:
            raise
        return found


def index_faults(store: Store) -> tuple[Said, ...]:
    """Compare manifest, store and index by checksum; each fact is what is wrong, none is good news.

    Raises:
        NotFoundError: nothing was published yet.
    """
    try:
        generation = index.open_served(store)
    except GenerationError as error:
        return (Said(Fault.UNUSABLE, why=str(error)),)
    folder = store.index_folder / generation.name
    said = [Said(Fault.CHANGED, path=str(path)) for path in generation.manifest.changed(folder)]
    records = tuple(r for h, number in generation.manifest.editions.items() for r in store.records(h, number))
    if tuple(generation.records) != records:
        said.append(Said(Fault.TEXTS, path=str(folder), count=len(records)))
    for name, words, count in (
        (index.WORDS, generation.lexical, len(generation.passages)),
        (index.RECORDS, generation.whole, len(records)),
    ):
        if not np.array_equal(words.matching(), np.arange(count)):
            said.append(Said(Fault.TEXTS, path=str(folder / name), count=count))
    if wrong := _other_vectors(store, generation):
        said.append(Said(Fault.VECTORS, name=generation.name, count=wrong))
    return tuple(said)


def _other_vectors(store: Store, generation: index.Generation) -> int:
    """How many vectors are not those in the store, where the index keeps them as they are."""
    dense = generation.dense
    if dense is None or not dense.is_exact:
        return 0
    cached = store.cached_vectors(generation.manifest.model, [p.indexed for p in generation.passages])
    shas = [text_sha256(passage.indexed) for passage in generation.passages]
    return sum(
        not np.array_equal(row, cached.get(sha, row))
        for row, sha in zip(next(dense.chunks())[1], shas, strict=True)
    )


def _python() -> Finding:
    return Finding(
        "python", Verdict.OK, Said(Seen.PYTHON, version=platform.python_version(), path=sys.executable)
    )


def of_models(checks: tuple[ModelFinding, ...]) -> tuple[Finding, ...]:
    """What is known of each model; without the multilingual one, or with a poor one, the others still answer."""
    found = []
    for one in checks:
        is_lacking = one.what.code in {Weights.NO_MULTILINGUAL, Weights.TRANSLATIONS}
        verdict = Verdict.OK if one.is_good else Verdict.WARN if is_lacking else Verdict.FAIL
        found.append(Finding("model", verdict, one.what, one.remedy))
    return tuple(found)


def _folder(data: Path) -> Finding:
    """Whether the library's folder, or the nearest one above that exists, can be written to."""
    nearest = next(path for path in (data, *data.parents) if path.exists())
    step = Said(Mend.SET_DATA, path=str(nearest))
    if not nearest.is_dir():
        return Finding("folder", Verdict.FAIL, Said(Seen.NO_FOLDER, path=str(nearest)), step)
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding("folder", Verdict.FAIL, Said(Seen.FOLDER_LOCKED, path=str(nearest)), step)
    if not data.exists():
        return Finding("folder", Verdict.OK, Said(Seen.FOLDER_TO_BE, path=str(data)))
    return Finding("folder", Verdict.OK, Said(Seen.FOLDER, path=str(data)))


def _disk(data: Path) -> Finding:
    nearest = next(path for path in (data, *data.parents) if path.exists())
    free = {str(place): shutil.disk_usage(place).free for place in (nearest, Path(tempfile.gettempdir()))}
    place, least = min(free.items(), key=lambda item: item[1])
    what = Said(Seen.DISK, size=round(least / 2**30, 1), path=place)
    if least < LITTLE_DISK:
        return Finding("disk", Verdict.FAIL, what, Said(Mend.FREE_SPACE))
    if least < ENOUGH_DISK:
        return Finding("disk", Verdict.WARN, what, Said(Mend.FREE_SPACE_LATER))
    return Finding("disk", Verdict.OK, what)


def _library(settings: Settings) -> tuple[Finding, ...]:
    try:
        with Store.open(settings.data, readonly=True) as store:
            books = store.handbooks()
            missing = _missing_originals(store)
            counted = Finding("library", Verdict.OK, Said(Seen.HANDBOOKS, count=len(books)))
            if missing:
                step = Said(Mend.INGEST_AGAIN, names=tuple(missing))
                counted = Finding("library", Verdict.WARN, Said(Seen.ORIGINALS_MISSING), step)
            return counted, _index(store, settings)
    except NotFoundError:
        return (Finding("library", Verdict.WARN, Said(Seen.LIBRARY_EMPTY), INGEST),)
    except KbError as error:
        return (
            Finding("library", Verdict.FAIL, Said(Seen.WRONG, why=str(error)), Said(Mend.MEND_OR_RESTORE)),
        )


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
        wrong = index_faults(store)
        served = index.open_served(store).manifest if not wrong else None
    except NotFoundError:
        return Finding("index", Verdict.WARN, Said(Seen.NOT_PUBLISHED), INGEST)
    if served is None:
        return Finding("index", Verdict.FAIL, wrong, REBUILD)
    if not served.model:
        what = Said(Seen.INDEX_OF_WORDS, count=served.count)
        return Finding("index", Verdict.WARN, what, Said(Mend.MEND_MODEL, command=COMMAND))
    names = [source.name for source in model_sources(settings)]
    if [part.name for part in model_parts(served.model, served.dim)] != names:
        what = Said(Seen.VECTORS_OF_OTHER, served=served.model, model=" + ".join(names))
        return Finding("index", Verdict.WARN, what, REBUILD)
    what = Said(Seen.INDEX_AGREES, count=served.count, model=served.model)
    return Finding("index", Verdict.OK, what)


def _ocr() -> Finding:
    program = shutil.which("tesseract")
    if program is None:
        return Finding("ocr", Verdict.WARN, Said(Seen.NO_TESSERACT), Said(Mend.INSTALL_TESSERACT))
    try:
        said = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        what = Said(Seen.TESSERACT_FAILS, path=program, why=str(error))
        return Finding("ocr", Verdict.WARN, what, Said(Mend.INSTALL_TESSERACT_AGAIN))
    missing = [data for data in _OCR_DATA if data not in said.split()]
    if missing:
        step = Said(Mend.RUN, command=" ".join(("apt-get install", *(f"tesseract-ocr-{m}" for m in missing))))
        what = Said(Seen.LANGUAGES_LACKING, names=tuple(_OCR_DATA[data] for data in missing))
        return Finding("ocr", Verdict.WARN, what, step)
    return Finding("ocr", Verdict.OK, Said(Seen.TESSERACT, path=program, count=len(_OCR_DATA)))
