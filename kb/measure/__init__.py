"""How good search is: judged needs and collections, the figures, and what was asked in vain."""

from __future__ import annotations

from kb.measure import missed, needs_file
from kb.measure.chance import Comparison, Shift, compare
from kb.measure.collection import evaluate_collection, means_over
from kb.measure.evaluation import ALL, SAME_LANGUAGE, AskedIn, Evaluation, evaluate_needs
from kb.measure.missed import Counter, Outcome, Tally

__all__ = [
    "ALL",
    "SAME_LANGUAGE",
    "AskedIn",
    "Comparison",
    "Counter",
    "Evaluation",
    "Outcome",
    "Shift",
    "Tally",
    "compare",
    "evaluate_collection",
    "evaluate_needs",
    "means_over",
    "missed",
    "needs_file",
]
