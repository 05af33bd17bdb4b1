"""Keeping a library in order: review, what changed, editions on and off the shelf, backups, a check-up."""

from __future__ import annotations

from kb.care import backup, changes, models, review, shelf
from kb.care.against import Against, check_against
from kb.care.backup import Contents
from kb.care.doctor import Fault, Finding, Mend, Seen, Verdict, examine, of_reader, rebuild, verify
from kb.care.doubts import LEAST_CONFIDENCE, Doubt, Item, LeftOut, Todo, Why, doubts, left_out
from kb.care.models import Remedy, Weights
from kb.care.sheet import About, ItemId, Sheet, Wish
from kb.care.things import Thing, things

__all__ = [
    "LEAST_CONFIDENCE",
    "About",
    "Against",
    "Contents",
    "Doubt",
    "Fault",
    "Finding",
    "Item",
    "ItemId",
    "LeftOut",
    "Mend",
    "Remedy",
    "Seen",
    "Sheet",
    "Thing",
    "Todo",
    "Verdict",
    "Weights",
    "Why",
    "Wish",
    "backup",
    "changes",
    "check_against",
    "doubts",
    "examine",
    "left_out",
    "models",
    "of_reader",
    "rebuild",
    "review",
    "shelf",
    "things",
    "verify",
]
