"""What those who sign in see on readers' pages: the bar, and what they need to correct a record where they read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from kb import Kind, Record
from web.frame.named import RecordRef
from web.frame.shown import Shown


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who signed in, for the bar on every page."""

    name: str
    csrf: str
    """What each form of theirs has to send back."""
    to_review: int
    """How many things there are to review."""


@dataclass(frozen=True, slots=True)
class EditShown(Shown):
    """One decision of a person."""

    number: int
    action: str
    record: str
    """Id of the record, or of another item of the list."""
    title: str
    """Of that record now; its id where there is none."""
    url: str
    """The review page of its record; empty where it is about no record."""
    value: str
    base: str
    """The extracted value that it was based on."""
    who: str
    when: str
    note: str
    undone: str
    """By whom and when it was undone; empty while it counts."""


@dataclass(frozen=True, slots=True)
class Correcting(Shown):
    """What a signed-in person needs to correct the record that is read."""

    csrf: str
    """What each form has to send back."""
    url: str
    """Where forms about the record go to."""
    is_served: bool
    """Whether search and lists have it: it was not discarded."""
    near: tuple[RecordRef, ...]
    """Records that it may be the same as: of the same title, and its neighbours."""
    others: tuple[RecordRef, ...]
    """The other records of its handbook, in printed order."""
    kinds: tuple[Kind, ...]
    labels: tuple[str, ...]
    """The labels that fields of its handbook have."""
    done: tuple[EditShown, ...]
    """What was just decided."""
    edits: tuple[EditShown, ...]
    """Of this record, newest first."""


Owning = Callable[[Request], Owner | None]
"""Who asks, where that is one who signed in."""
CorrectingOf = Callable[[Request, Record], Correcting | None]
"""What is needed to correct a record; None for those who may not."""
