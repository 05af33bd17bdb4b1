"""What happens to records from one edition to the next: matched, corrected, compared word by word."""

from __future__ import annotations

from kb.editions import corrections, edits, wording
from kb.editions.corrections import Reviewed
from kb.editions.edits import CONFLICTS, Action, Edit, Outcome, State
from kb.editions.matching import (
    Change,
    Changes,
    Parting,
    Plan,
    compare,
    doubtful,
    handbook_id,
    identify,
    is_reworded,
    match,
    new_id,
)

__all__ = [
    "CONFLICTS",
    "Action",
    "Change",
    "Changes",
    "Edit",
    "Outcome",
    "Parting",
    "Plan",
    "Reviewed",
    "State",
    "compare",
    "corrections",
    "doubtful",
    "edits",
    "handbook_id",
    "identify",
    "is_reworded",
    "match",
    "new_id",
    "wording",
]
