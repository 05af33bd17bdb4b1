"""The story in one place: fetch -> read (in a child) -> plan -> publish, which stores, embeds, indexes, serves."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from ingest import confined, remembered, source
from ingest.reading import NEUTRAL, Extraction, PrintedWord, Profile, Reading, Source
from ingest.report import Report as Report  # noqa: PLC0414 - the pipeline's answer, had from here
from ingest.report import report_of
from ingest.safe import Limits, sandbox
from ingest.succession import Planned as Planned  # noqa: PLC0414 - what `plan` answers, had from here
from ingest.succession import planned
from ingest.values import inferred
from kb import Circumstance, InputError, ModelError, ParseError, Progress, Said, Settings, index, silent
from kb.editions import Plan
from kb.index import CachedEncoder
from kb.model import Encoder, load_encoder, passages
from kb.store import Store
from kb.words import vocabulary

_PNG = b"\x89PNG\r\n\x1a\n"  # how such a file begins

Loading = Callable[[], tuple[Encoder | None, tuple[Said, ...]]]
"""Waits for the model; where there is none, it says why."""


Confirm = Callable[[Plan], bool | Collection[str]]
"""Asked once, before anything is written: whether to go on.

The ids of some of the plan's doubtful records mean yes, but these are not what they were taken for: they are
removed, and what matched them is new.
"""


def agree(plan: Plan) -> bool:  # noqa: ARG001
    """Go on whatever the plan."""
    return True


def extract(
    settings: Settings,
    given: str | Path | bytes,
    *,
    name: str = "",
    password: str = "",
    allow_private: bool = False,
    profile: Profile = NEUTRAL,
    progress: Progress = silent,
) -> Extraction:
    """Read a PDF and return what it holds, storing nothing.

    Raises:
        InputError, ParseError: it cannot be fetched or read; the message says what to do.
    """
    found = fetch(settings, given, name=name, allow_private=allow_private, progress=progress)
    return confined.parse(settings, found, password, profile, progress)


def propose_profile(
    settings: Settings,
    given: str | Path | bytes,
    *,
    name: str = "",
    password: str = "",
    progress: Progress = silent,
) -> str:
    """Read a PDF and return the profile that says what was detected, as commented TOML; nothing is stored.

    Raises:
        InputError, ParseError: it cannot be fetched or read; the message says what to do.
    """
    found = fetch(settings, given, name=name, progress=progress)
    text = confined.in_child(settings, "ingest.reader:propose", found, password, {}, progress)
    assert isinstance(text, str)
    return text


def fetch(
    settings: Settings,
    given: str | Path | bytes,
    *,
    name: str = "",
    allow_private: bool = False,
    progress: Progress = silent,
) -> Source:
    """Take a PDF from a file, an upload or an address, to be read later.

    Raises:
        InputError, ParseError: it cannot be fetched, or is no PDF; the message says what to do.
    """
    progress("fetch", 0, 1, str(given) if not isinstance(given, bytes) else name)
    found = source.load(given, max_file=settings.max_file, name=name, allow_private=allow_private)
    progress("fetch", 1, 1, found.name)
    return found


def model(settings: Settings, progress: Progress = silent) -> Loading:
    """Start to load the model, which takes as long as the child that reads; the answer gives it."""
    worker = ThreadPoolExecutor(1)
    loading = worker.submit(load_encoder, settings).result
    worker.shutdown(wait=False)  # it ends with its only task

    @cache
    def loaded() -> tuple[Encoder | None, tuple[Said, ...]]:
        progress("model", 0, 1, settings.model)
        try:
            encoder = loading()
        except ModelError as error:
            return None, (Said(Circumstance.WORDS_ONLY, why=str(error)),)
        progress("model", 1, 1, encoder.id)
        return encoder, ()

    return loaded


def unchanged(
    store: Store, found: Source | Reading, handbook: str = "", profile: Profile | None = None
) -> Report | None:
    """What is said of a file that is in the library already, read in the same way; None where it is not."""
    known = store.by_checksum(found.sha256)
    if known is None or (handbook and known[0] != handbook):
        return None
    if profile is not None and not remembered.is_remembered(store, known[0], profile):
        return None
    if store.current_editions().get(known[0]) is None:
        return None
    edition = store.edition(*known)
    is_served = store.current_editions()[known[0]] == edition.number
    notice = Said(Circumstance.NOT_SERVED, handbook=edition.handbook, edition=edition.number)
    return report_of(edition, store.records(*known), "unchanged", () if is_served else (notice,), None)


def read(
    settings: Settings,
    store: Store,
    found: Source,
    loading: Loading,
    *,
    handbook: str = "",
    password: str = "",
    profile: Profile | None = None,
    progress: Progress = silent,
) -> Reading:
    """Read a PDF with a profile, or with the one that its handbook is remembered to be read with.

    A handbook that is not named is recognised by what is read without a profile. Where what is read with its
    profile is no edition of it after all, the first reading counts.

    Raises:
        InputError, ParseError: it cannot be read; the message says what to do.
    """
    started = time.monotonic()
    if profile is not None and not handbook and (same := store.by_checksum(found.sha256)):
        handbook = same[0]  # the same file, to be read otherwise
    whose = ""
    if profile is not None:
        stated = profile
        extraction = confined.parse(settings, found, password, profile, progress)
    elif handbook:
        stated = remembered.remembered(store, handbook)
        extraction = confined.parse(settings, found, password, stated, progress)
        whose = "" if stated.is_neutral else handbook
    else:
        extraction, whose = confined.parse_as_known(settings, store, found, password, progress)
        stated = remembered.remembered(store, whose)
    seconds = time.monotonic() - started
    encoder, _ = loading()
    if encoder is not None:
        records = inferred.infer(extraction.records, CachedEncoder(store, encoder), vocabulary.load())
        extraction = replace(extraction, records=records)
    return Reading(
        sha256=found.sha256,
        name=found.name,
        origin=found.origin,
        handbook=handbook,
        stated="" if stated.is_neutral else stated.text,
        remembered=whose,
        is_given=profile is not None,
        seconds=seconds,
        found=extraction,
    )


def holds(store: Store, reading: Reading, found: Source, handbook: str) -> bool:
    """Whether reading this file again, as an edition of this handbook, would give the same."""
    if reading.is_given or (reading.sha256, reading.handbook) != (found.sha256, handbook):
        return False
    whose = handbook or reading.remembered or store.find_handbook(reading.found.title) or ""
    return store.profile(whose) == reading.stated


@contextmanager
def writing(store: Store, progress: Progress = silent) -> Iterator[None]:
    """Be the library's only writer for a block, which starts without what a killed one left; to plan and publish.

    Raises:
        BusyError: (on entering) the other writer did not finish.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        store.clean()
        yield


def plan(store: Store, reading: Reading, apart: Collection[str] = ()) -> Planned:
    """What publishing a reading would change; nothing is written.

    `apart` are ids of its handbook's records that matching takes for some of these, and that are none of them.
    """
    return planned(store, reading, apart)


def publish(
    store: Store,
    reading: Reading,
    agreed: Planned,
    pdf: bytes,
    loading: Loading,
    progress: Progress = silent,
) -> Report:
    """Carry a plan out that was made since `writing` began, and serve what it leads to.

    Raises:
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    started = time.monotonic() - reading.seconds
    encoder, amiss = loading()
    edition, records = agreed.edition, agreed.reviewed.records
    with store.write_lock():
        cut = [p for r in records for p in passages.cut(r, encoder)]
        progress("store", 0, 1, f"{len(agreed.records)} records")
        store.stage(edition, agreed.records, cut, pdf, agreed.reviewed)
        progress("store", 1, 1, f"{len(records)} records")
        current = {**store.current_editions(), edition.handbook: edition.number}
        store.publish(current, index.build(store, current, encoder, progress))
        if reading.is_given:  # remembered last: what is remembered was read with
            store.set_profile(edition.handbook, reading.stated)
        store.clean(is_pruning=True)
    return report_of(
        edition,
        records,
        "edition" if agreed.plan.before else "new",
        (*agreed.told, *remembered.told(reading.remembered), *reading.found.notices, *amiss),
        agreed.plan.changes,
        time.monotonic() - started,
        reading.seconds,
    )


def ingest(
    settings: Settings,
    given: str | Path | bytes,
    *,
    handbook: str = "",
    name: str = "",
    password: str = "",
    allow_private: bool = False,
    profile: Profile | None = None,
    progress: Progress = silent,
    confirm: Confirm = agree,
) -> Report:
    """Read a PDF into the library and serve it; the same file, read in the same way, changes nothing.

    `handbook` names the handbook that this is the next edition of; without it the title decides. A `profile`
    is remembered for the handbook's next editions, which are read with it; a neutral one forgets it. `confirm`
    is shown what would change, and can stop it.

    Raises:
        InputError, ParseError: it cannot be fetched or read, or is declined; the library is as it was.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    found = fetch(settings, given, name=name, allow_private=allow_private, progress=progress)
    with Store.open(settings.data) as store:
        if report := unchanged(store, found, handbook, profile):
            return report
        loading = model(settings, progress)
        reading = read(
            settings,
            store,
            found,
            loading,
            handbook=handbook,
            password=password,
            profile=profile,
            progress=progress,
        )
        with writing(store, progress):
            if report := unchanged(store, found, handbook, profile):
                return report  # another ingest of the same file was first
            shown = plan(store, reading)
            agreed = confirm(shown.plan)
            if agreed is False:
                raise InputError(_declined(shown.plan))
            if agreed is not True and agreed:
                shown = plan(store, reading, agreed)
            return publish(store, reading, shown, found.data, loading, progress)


def page_picture(pdf: Path, page: int, *, width: int, password: str = "") -> bytes:
    """A page of a stored PDF as PNG, rendered in the sandbox child; `page` counts from 1, `width` is in pixels.

    Raises:
        ParseError: there is no such page, or it cannot be rendered.
        InputError: the PDF cannot be read.
    """
    request = {"name": pdf.name, "page": page, "width": width, "password": password}
    picture = sandbox.run("ingest.leaf:picture", request, _stored(pdf), Limits(seconds=30))
    if not isinstance(picture, bytes) or not picture.startswith(_PNG):
        raise ParseError(f"{pdf.name}: page {page}: what was drawn is no picture; the file may be an attack")
    return picture


def page_words(pdf: Path, page: int, language: str, *, password: str = "") -> list[list[PrintedWord]]:
    """The words of a page of a stored PDF line by line, read in the sandbox child; `page` counts from 1.

    A page that is a picture is read by OCR, in the document's `language` (ISO 639-1).

    Raises:
        ParseError: there is no such page, or it cannot be read.
        InputError: the PDF cannot be read.
    """
    request = {"name": pdf.name, "page": page, "language": language, "password": password}
    lines = sandbox.run("ingest.leaf:words", request, _stored(pdf), Limits(seconds=60))
    try:
        return [
            [(str(text), float(x0), float(y0), float(x1), float(y1)) for text, x0, y0, x1, y1 in line]
            for line in lines
        ]
    except (TypeError, ValueError) as error:
        raise ParseError(f"{pdf.name}: page {page}: its words are none; the file may be an attack") from error


def _stored(pdf: Path) -> bytes:
    try:
        return pdf.read_bytes()
    except OSError as error:
        raise InputError(f"{pdf.name}: {error.strerror}; ingest the handbook again") from error


def _declined(plan: Plan) -> str:
    said = f"{plan.file}: not ingested, the library is as it was"
    if not plan.is_drastic or plan.changes is None:
        return said
    return (
        f"{said}: it would remove {len(plan.changes.removed)} of the {plan.old_records} records of"
        f" {plan.handbook}; pass --yes if that is meant, or --handbook ID if it is another handbook's"
    )
