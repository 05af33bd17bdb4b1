"""What the pages of administration show: uploads, plans, editions, the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from kb.editions import Plan
from web.admin.coming import Coming
from web.frame import AnyPage, Sayings, Shown, TallyShown


@dataclass(frozen=True, slots=True)
class AdminAnyPage(AnyPage):
    """What every page of administration has."""

    csrf: str
    """What each form has to send back."""
    who: str
    """Who is signed in."""


@dataclass(frozen=True, slots=True)
class JobShown(Shown):
    """An upload on its way into the library."""

    number: int
    url: str
    name: str
    state: str
    """waiting, reading, planned, agreed, publishing, done, failed or discarded."""
    handbook: str
    """Id of the handbook that it was said to be an edition of, or is one of now; empty where not known yet."""
    address: str
    """Where it was fetched from; empty for an upload."""
    who: str
    created: str
    is_moving: bool
    """Whether it goes on by itself."""
    stage: str
    """What is being done: fetch, read, ocr, layout, extract, model, wait, store, embed or index."""
    done: int
    total: int
    """How much of that stage is done; a total of 0 where that is not known."""
    error: str
    """Why it failed, and what to do; empty if it did not."""


@dataclass(frozen=True, slots=True)
class Published(Shown):
    """What became of an upload."""

    status: str
    """new, edition, or unchanged for a file that the library held already."""
    handbook: str
    title: str
    url: str
    """Address of the handbook."""
    changes: str
    """Address of what changed; empty for a first edition, or none."""
    edition: int
    pages: int
    counts: dict[str, int]
    """Records of each kind."""
    missing: tuple[str, ...]
    """What its contents list, and what was not found."""
    notices: Sayings
    """What is unusual about it."""
    seconds: float


@dataclass(frozen=True, slots=True)
class JobPage(AdminAnyPage):
    """One upload: how far it is, its plan, or what became of it."""

    template: ClassVar[str] = "job.html"
    paths: ClassVar[Mapping[str, str]] = {"/admin/jobs/{number:number}": ""}

    job: JobShown
    events: str
    """Address of its progress as server-sent events."""
    steps: tuple[str, ...]
    """The stages that it goes through, in order, while it moves."""
    plan: Plan | None
    """What publishing it would change; null unless that is to be decided."""
    coming: Coming | None
    """The same with its records and pages; null as well where what was read is not kept any more."""
    published: Published | None
    handbooks: tuple[TallyShown, ...]
    """Handbooks that it may be an edition of: title, editions, id."""


@dataclass(frozen=True, slots=True)
class BookLine(Shown):
    """A handbook in the list of administration."""

    id: str
    title: str
    language: str
    url: str
    """Address of its editions."""
    edition: int
    """The one that is served, or was when it was removed."""
    editions: int
    is_served: bool


@dataclass(frozen=True, slots=True)
class AdminPage(AdminAnyPage):
    """Where administration starts: add a handbook, uploads, handbooks, what is to be looked at."""

    template: ClassVar[str] = "admin.html"
    paths: ClassVar[Mapping[str, str]] = {"/admin/handbooks": ""}

    jobs: tuple[JobShown, ...]
    """Open ones first, newest first."""
    handbooks: tuple[BookLine, ...]
    """By title; removed ones last."""
    to_review: int
    """How many things there are to review."""
    most_bytes: int
    """Size of the largest PDF that is taken."""
    wrong: str = ""
    """Why what was sent just now is not taken: nothing, empty, no-pdf, large, address, handbook or many."""
    given: str = ""
    address: str = ""
    """What that was: the name of the file, or its address."""


@dataclass(frozen=True, slots=True)
class EditionLine(Shown):
    """An edition of a handbook."""

    number: int
    title: str
    file_name: str
    pages: int
    ingested_at: str
    is_served: bool
    changes: str
    """Address of what changed in it; empty for the first, and while the handbook is not served."""


@dataclass(frozen=True, slots=True)
class ShelfPage(AdminAnyPage):
    """The editions of one handbook, and what can be done with it."""

    template: ClassVar[str] = "shelf.html"
    paths: ClassVar[Mapping[str, str]] = {"/admin/handbooks/{handbook}": ""}

    book: BookLine
    editions: tuple[EditionLine, ...]
    """Newest first."""
    publisher: str
    licence: str
    own_page: str
    """Whose it is, and its web page elsewhere; empty where not stated, and while it is not served."""
    name: str
    """What its owner calls it; empty where it goes by its title."""
    subjects: tuple[str, ...]
    """What its owner says it is about."""
    profile: str
    """The profile (TOML) that its next edition is read with; empty for none."""
    done: str
    """What was just done: rollback, remove, put-back or settings; empty for nothing."""


@dataclass(frozen=True, slots=True)
class LogLine(Shown):
    """One line of the log."""

    number: int
    at: str
    who: str
    via: str
    """owner, token or command line."""
    deed: str
    handbook: str
    detail: str


@dataclass(frozen=True, slots=True)
class LogPage(AdminAnyPage):
    """Who did what, newest first."""

    template: ClassVar[str] = "log.html"
    paths: ClassVar[Mapping[str, str]] = {"/admin/log": ""}

    entries: tuple[LogLine, ...]
    older: str
    """Address of the page after; empty on the last."""
    is_first: bool
