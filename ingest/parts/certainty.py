"""How sure a practice is: by what speaks for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Evidence(StrEnum):
    """What a section is taken for a practice by, the strongest first."""

    KNOWN = "labels that mean a practice's fields"
    CALLED = "a title that calls it a practice, and shared labels"
    KIN = "the labels of most of its siblings"
    AMONG = "a label of the practices that it stands among or is shaped like"
    NAMED = "a title that calls it one, and no shared labels"
    SINGLE = "a short document whose headings are labels"


SURE: Mapping[Evidence, float] = MappingProxyType(
    {
        Evidence.KNOWN: 0.97,
        Evidence.CALLED: 0.95,
        Evidence.KIN: 0.85,
        Evidence.AMONG: 0.8,
        Evidence.NAMED: 0.6,
        Evidence.SINGLE: 0.75,
    }
)
"""How sure each kind of evidence makes, by eye; `python -m benchmarks.unseen` prints how often each was right."""

_HALF, _PARTLY = (
    0.5,
    0.9,
)  # below the first share of its kind's labels, the second share of that certainty; by eye


def of(evidence: Evidence, share: float = 1.0) -> float:
    """How sure a practice is, 0 to 1; `share` is that of its kind's labels that it has."""
    return round(SURE[evidence] * (1.0 if share >= _HALF else _PARTLY), 2)
