"""What happens to records from one edition to the next: matched, corrected, compared word by word."""

from __future__ import annotations

from kb.editions import corrections, edits, wording
from kb.editions.differences import (
    Change,
    Changes,
    Parting,
    Plan,
    compare,
    doubtful,
    is_reworded,
    unreferenced,
)
from kb.editions.edits import CONFLICTS, Action, Edit, EditOutcome, EditState, Reviewed
from kb.editions.matching import handbook_id, identify, match, new_id
from kb.editions.titles import title_likeness

__all__ = [
    "CONFLICTS",
    "Action",
    "Change",
    "Changes",
    "Edit",
    "EditOutcome",
    "EditState",
    "Parting",
    "Plan",
    "Reviewed",
    "compare",
    "corrections",
    "doubtful",
    "edits",
    "handbook_id",
    "identify",
    "is_reworded",
    "match",
    "new_id",
    "title_likeness",
    "unreferenced",
    "wording",
]
