"""The story in one place: fetch -> parse -> extract -> compare -> store -> embed -> index -> publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ingest import reader, source
from ingest.page import PrintedWord
from ingest.parts import NEUTRAL, Extraction, Profile, inferred
from ingest.parts import profile as profiles
from ingest.safe import Limits, sandbox
from ingest.source import Source
from kb import Edition, InputError, Kind, ModelError, Record, Settings, Unassigned, editions, index
from kb.care import changes
from kb.editions import Changes, Plan, corrections
from kb.index import CachedEncoder, lazy
from kb.model import Encoder, load_encoder, passages
from kb.store import Store
from kb.words import vocabulary

Progress = Callable[[str, int, int, str], None]
"""Told stage, done, total and what is being done."""

_LEAST_KEPT = (
    0.1  # share of an edition's records that the next one keeps at the least, if only titles say it is one
)
_REMEMBERED = 5  # editions in which a record that comes back is looked for


@dataclass(frozen=True, slots=True)
class Report:
    """How an ingest went; `parse_seconds` is the part spent in the child, `changes` is None for a first edition."""

    status: Literal["new", "edition", "unchanged"]
    handbook: str
    title: str
    edition: int
    pages: int
    annexes: int
    practices: int
    tools: int
    sections: int
    unassigned: tuple[Unassigned, ...]
    missing: tuple[str, ...]
    ledger: tuple[tuple[str, int], ...]
    seconds: float
    parse_seconds: float
    notice: str = ""
    changes: Changes | None = None


Confirm = Callable[[Plan], bool | Collection[str]]
"""Asked once, before anything is written: whether to go on.

The ids of some of the plan's doubtful records mean yes, but these are not what they were taken for: they are
removed, and what matched them is new.
"""


def agree(plan: Plan) -> bool:  # noqa: ARG001
    """Go on whatever the plan."""
    return True


def silent(stage: str, done: int, total: int, text: str) -> None:
    """Report progress to nobody."""


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
    found = _fetch(settings, given, name, allow_private, progress)
    return _parse(settings, found, password, profile, progress)


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
    found = _fetch(settings, given, name, False, progress)
    text = _in_child(settings, "ingest.reader:propose", found, password, NEUTRAL, progress)
    assert isinstance(text, str)
    return text


def fetch(settings: Settings, address: str, *, progress: Progress = silent) -> Source:
    """Fetch a PDF from an address of the open internet, to be ingested later.

    Raises:
        InputError, ParseError: it cannot be fetched, or is no PDF; the message says what to do.
    """
    return _fetch(settings, address, "", False, progress)


def ingest(
    settings: Settings,
    given: str | Path | bytes,
    *,
    handbook: str = "",
    apart: Collection[str] = (),
    name: str = "",
    origin: str = "",
    password: str = "",
    allow_private: bool = False,
    profile: Profile | None = None,
    progress: Progress = silent,
    confirm: Confirm = agree,
) -> Report:
    """Read a PDF into the library and serve it; the same file, read in the same way, changes nothing.

    `handbook` names the handbook that this is the next edition of; without it the title decides. `apart` are
    ids of its records that matching takes for some of this file's, and that are none of them; `origin` says where
    bytes that were given came from. A `profile`
    is remembered for the handbook's next editions, which are read with it; a neutral one forgets it. `confirm`
    is shown what would change, and can stop it.

    Raises:
        InputError, ParseError: it cannot be fetched or read, or is declined; the library is as it was.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    started = time.monotonic()
    found = _fetch(settings, given, name, allow_private, progress)
    found = replace(found, origin=origin or found.origin)
    with Store.open(settings.data) as store:
        if report := _unchanged(store, found, handbook, profile, started):
            return report
        if profile is not None and not handbook and (known := store.by_checksum(found.sha256)):
            handbook = known[0]  # the same file, to be read otherwise
        loading = _encoder(settings, progress)
        parsing = time.monotonic()
        if profile is not None:
            extraction, remembered = _parse(settings, found, password, profile, progress), ""
        else:
            extraction, remembered = _parse_as_remembered(
                settings, store, found, password, handbook, progress
            )
        parse_seconds = time.monotonic() - parsing
        encoder, notice = loading()
        if encoder is not None:
            cached = CachedEncoder(store, encoder)
            records = inferred.infer(extraction.records, cached, vocabulary.load())
            extraction = replace(extraction, records=records)
        with store.write_lock(lambda text: progress("wait", 0, 0, text)):
            if report := _unchanged(store, found, handbook, profile, started):
                return report  # another ingest of the same file was first
            store.clean()
            target = handbook or remembered
            edition, records, told = _next_edition(store, extraction, found, target, apart)
            reviewed = corrections.apply(records, store.edits(edition.handbook))
            plan = _plan(store, edition, reviewed.records)
            agreed = confirm(plan)
            if agreed is False:
                raise InputError(_declined(plan))
            if agreed is not True and agreed:
                edition, records, told = _next_edition(store, extraction, found, target, {*apart, *agreed})
                reviewed = corrections.apply(records, store.edits(edition.handbook))
                plan = _plan(store, edition, reviewed.records)
            cut = [p for r in reviewed.records for p in passages.cut(r, encoder)]
            progress("store", 0, 1, f"{len(records)} records")
            store.stage(edition, records, cut, found.data, reviewed)
            records = reviewed.records
            progress("store", 1, 1, f"{len(records)} records")
            served = {**store.current_editions(), edition.handbook: edition.number}
            generation = index.build(store, served, encoder, progress)
            store.publish(served, generation)
            if profile is not None:  # remembered last: what is remembered was read with
                store.set_profile(edition.handbook, "" if profile.is_neutral else profile.text)
            store.clean(is_pruning=True)
    return _report(
        edition,
        records,
        "edition" if plan.before else "new",
        started,
        parse_seconds,
        " ".join(n for n in (told, _told(remembered), *extraction.notices, notice) if n),
        plan.changes,
    )


def page_picture(pdf: Path, page: int, *, width: int, password: str = "") -> bytes:
    """A page of a stored PDF as PNG, rendered in the sandbox child; `page` counts from 1, `width` is in pixels.

    Raises:
        ParseError: there is no such page, or it cannot be rendered.
        InputError: the PDF cannot be read.
    """
    request = {"name": pdf.name, "page": page, "width": width, "password": password}
    picture = sandbox.run("ingest.reader:picture", request, _stored(pdf), Limits(seconds=30))
    assert isinstance(picture, bytes)
    return picture


def page_words(pdf: Path, page: int, language: str, *, password: str = "") -> list[list[PrintedWord]]:
    """The words of a page of a stored PDF line by line, read in the sandbox child; `page` counts from 1.

    A page that is a picture is read by OCR, in the document's `language` (ISO 639-1).

    Raises:
        ParseError: there is no such page, or it cannot be read.
        InputError: the PDF cannot be read.
    """
    request = {"name": pdf.name, "page": page, "language": language, "password": password}
    lines = sandbox.run("ingest.reader:words", request, _stored(pdf), Limits(seconds=60))
    return [[(text, x0, y0, x1, y1) for text, x0, y0, x1, y1 in line] for line in lines]


def _stored(pdf: Path) -> bytes:
    try:
        return pdf.read_bytes()
    except OSError as error:
        raise InputError(f"{pdf.name}: {error.strerror}; ingest the handbook again") from error


def _fetch(
    settings: Settings, given: str | Path | bytes, name: str, allow_private: bool, progress: Progress
) -> Source:
    progress("fetch", 0, 1, str(given) if not isinstance(given, bytes) else name)
    found = source.load(given, max_file=settings.max_file, name=name, allow_private=allow_private)
    progress("fetch", 1, 1, found.name)
    return found


def _parse(
    settings: Settings, found: Source, password: str, profile: Profile, progress: Progress
) -> Extraction:
    return reader.from_data(_in_child(settings, "ingest.reader:read", found, password, profile, progress))


def _in_child(
    settings: Settings, function: str, found: Source, password: str, profile: Profile, progress: Progress
) -> Any:
    request = {
        "name": found.name,
        "password": password,
        "max_pages": settings.max_pages,
        "profile": profile.as_data(),
    }
    return sandbox.run(
        function,
        request,
        found.data,
        Limits.of(settings),
        lambda stage, done, total: progress(stage, done, total, found.name),
    )


def _parse_as_remembered(
    settings: Settings, store: Store, found: Source, password: str, handbook: str, progress: Progress
) -> tuple[Extraction, str]:
    """Read a file with its handbook's remembered profile; also say whose that was, "" where there is none.

    A handbook that is not named is recognised by what is read without a profile. Where what is read with its
    profile is no edition of it after all, the first reading counts.
    """
    if handbook:
        profile = _remembered(store, handbook)
        return _parse(settings, found, password, profile, progress), "" if profile.is_neutral else handbook
    plain = _parse(settings, found, password, NEUTRAL, progress)
    target = store.find_handbook(plain.title) or ""
    profile = _remembered(store, target)
    if profile.is_neutral:
        return plain, ""
    extraction = _parse(settings, found, password, profile, progress)
    return (extraction, target) if _is_akin(_served(store, target), extraction) else (plain, "")


def _remembered(store: Store, handbook: str) -> Profile:
    """The profile that a handbook's editions are read with.

    Raises:
        InputError: it was remembered by other software and means nothing to this one.
    """
    text = store.profile(handbook) if handbook else ""
    return profiles.parse(text, f"the profile remembered for {handbook} (pass --profile FILE to replace it)")


def _is_remembered(store: Store, handbook: str, profile: Profile) -> bool:
    try:
        return _remembered(store, handbook) == profile
    except InputError:
        return False  # what cannot be used any more is to be replaced


def _told(handbook: str) -> str:
    if not handbook:
        return ""
    return (
        f"Read with the profile that is remembered for {handbook}: kb profile show {handbook} prints it,"
        " --profile FILE replaces it."
    )


def _unchanged(
    store: Store, found: Source, handbook: str, profile: Profile | None, started: float
) -> Report | None:
    known = store.by_checksum(found.sha256)
    if known is None or (handbook and known[0] != handbook):
        return None
    if profile is not None and not _is_remembered(store, known[0], profile):
        return None
    if store.current_editions().get(known[0]) is None:
        return None
    edition = store.edition(*known)
    records = store.records(*known)
    notice = ""
    if store.current_editions()[known[0]] != edition.number:
        notice = (
            f"Edition {edition.number}, read from this very file, is not served at present:"
            f" kb rollback {edition.handbook} --to {edition.number} serves it."
        )
    return _report(edition, records, "unchanged", started, 0.0, notice, None)


def _plan(store: Store, edition: Edition, records: tuple[Record, ...]) -> Plan:
    before = store.current_editions().get(edition.handbook)
    old = changes.records(store, edition.handbook, before) if before else ()
    return Plan(
        file=edition.file_name,
        handbook=edition.handbook,
        title=edition.title,
        before=before,
        edition=edition.number,
        old_records=len(old),
        records=len(records),
        changes=editions.compare(old, records) if before else None,
        doubtful=editions.doubtful(old, records),
    )


def _declined(plan: Plan) -> str:
    said = f"{plan.file}: not ingested, the library is as it was"
    if not plan.is_drastic or plan.changes is None:
        return said
    return (
        f"{said}: it would remove {len(plan.changes.removed)} of the {plan.old_records} records of"
        f" {plan.handbook}; pass --yes if that is meant, or --handbook ID if it is another handbook's"
    )


def _encoder(settings: Settings, progress: Progress) -> Callable[[], tuple[Encoder | None, str]]:
    """Start to load the model while the child reads; the answer gives it, or says why there is none."""
    loading = lazy.beside(settings, load_encoder)

    def loaded() -> tuple[Encoder | None, str]:
        progress("model", 0, 1, settings.model)
        try:
            encoder = loading()
        except ModelError as error:
            return None, f"Indexed for word search only: {error}"
        progress("model", 1, 1, encoder.id)
        return encoder, ""

    return loaded


def _next_edition(
    store: Store, found: Extraction, file: Source, handbook: str, apart: Collection[str] = ()
) -> tuple[Edition, tuple[Record, ...], str]:
    """Decide which handbook this is an edition of, and give its records their ids."""
    known = {h.id for h in store.handbooks()}
    told = ""
    if handbook and handbook not in known:
        told = f"{handbook} is a new handbook here." if known else ""
    target = handbook or store.find_handbook(found.title) or ""
    old = _served(store, target)
    if not handbook and not _is_akin(old, found):
        told = (
            f"Same title as {target}, but nothing else in common: kept as a handbook of its own;"
            f" pass --handbook {target} to make it the next edition of that."
        )
        target, old = "", ()
    if not target:
        target = editions.handbook_id(found.title, known)
        old = _served(store, target)
        if not _is_akin(old, found):  # a removed handbook's name
            target, old = editions.handbook_id(found.title, known | set(store.removed())), ()
    number = store.next_number(target)
    gone = _gone(store, target, old)
    records = editions.identify(target, number, old, found.records, store.record_ids(target), gone, apart)
    edition = Edition(
        handbook=target,
        number=number,
        title=found.title,
        language=found.language,
        pages=found.pages,
        sha256=file.sha256,
        file_name=file.name,
        source=file.origin,
        ingested_at=datetime.now(UTC).isoformat(timespec="seconds"),
        unassigned=found.unassigned,
        ledger=found.ledger,
        missing=found.missing,
        hidden=found.hidden,
    )
    return edition, records, told


def _is_akin(old: tuple[Record, ...], found: Extraction) -> bool:
    """What was found has enough in common with a handbook's records to be its next edition."""
    return not old or len(editions.match(old, found.records)) >= _LEAST_KEPT * len(old)


def _served(store: Store, handbook: str) -> tuple[Record, ...]:
    """The records of the served edition as extracted, like those they are matched to, and review's own.

    Of a removed handbook that comes back they are those that were served last.
    """
    if handbook in store.removed():
        number = store.last_served(handbook)
    elif (current := store.current_editions().get(handbook)) is not None:
        number = current
    else:
        return ()
    extracted = store.extracted(handbook, number)
    ids = {r.id for r in extracted}
    return (*extracted, *(r for r in store.records(handbook, number) if r.id not in ids))


def _gone(store: Store, handbook: str, old: tuple[Record, ...]) -> tuple[Record, ...]:
    """The records that the last editions had and the served one has not, each as it was printed last."""
    if not old:
        return ()
    found = {r.id: r for n in store.published(handbook)[-_REMEMBERED:] for r in store.extracted(handbook, n)}
    held = {r.id for r in old}
    return tuple(r for r in found.values() if r.id not in held)


def _report(
    edition: Edition,
    records: tuple[Record, ...],
    status: Literal["new", "edition", "unchanged"],
    started: float,
    parse_seconds: float,
    notice: str,
    changes: Changes | None,
) -> Report:
    def count(kind: Kind) -> int:
        return sum(r.kind == kind for r in records)

    return Report(
        status=status,
        handbook=edition.handbook,
        title=edition.title,
        edition=edition.number,
        pages=len(edition.pages),
        annexes=count(Kind.ANNEX),
        practices=count(Kind.PRACTICE),
        tools=count(Kind.TOOL),
        sections=count(Kind.SECTION),
        unassigned=edition.unassigned,
        missing=edition.missing,
        ledger=edition.ledger,
        seconds=round(time.monotonic() - started, 2),
        parse_seconds=round(parse_seconds, 2),
        notice=notice,
        changes=changes,
    )
