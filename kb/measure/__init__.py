"""How good search is: judged needs and collections, the figures, and what was asked in vain."""

from __future__ import annotations

from kb.measure import missed
from kb.measure.collection import evaluate_collection
from kb.measure.evaluation import ALL, SAME_LANGUAGE, Evaluation, evaluate_needs
from kb.measure.missed import Counter, Outcome, Tally

__all__ = [
    "ALL",
    "SAME_LANGUAGE",
    "Counter",
    "Evaluation",
    "Outcome",
    "Tally",
    "evaluate_collection",
    "evaluate_needs",
    "missed",
]
