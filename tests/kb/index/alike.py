"""Entries and needs by which word indexes are compared, whatever keeps them."""

from __future__ import annotations

import random

import pytest

from kb import Numbers
from kb.index.engine import WordIndex

TEXTS = [
    ("e learning is offered over the net work", "en"),
    ("elearning for the WHO, and IT for all", "en"),
    ("Prüfungen im Hochschulwesen, mündlich", "de"),
    ("online exams for students of law, online and open", "en"),
    ("an exam, a learning agreement and a transcript", "en"),
    ("agreement on learning by students abroad", "en"),
    ("mobilité virtuelle des étudiants en droit", "fr"),
    ("", "en"),
]
NEEDS = [
    "e-learning", "elearning", "network", "WHO", "it", "Prüfung", "hochschul wesen", "online exam", "exams exams law",
    "learning agreement", "virtual mobility of students", "mobilité", "the of", "nothing of this kind",
]  # fmt: skip


def texts() -> list[tuple[str, str]]:
    """The texts above with their languages, and some hundred made of their words."""
    chance = random.Random(1)
    known = [word for text, _ in TEXTS for word in text.split()]
    mixed = [
        (" ".join(chance.choices(known, k=chance.randint(1, 90))), chance.choice(["en", "de"]))
        for _ in range(150)
    ]
    return [*TEXTS, *mixed]


def assert_alike_among(one: WordIndex, other: WordIndex, need: str, few: Numbers) -> None:
    """Hold that two indexes say the same of some entries."""
    for limit in (3, len(few)):
        ids, scores = one.search(need, limit, allowed=few)
        own, weighed = other.search(need, limit, allowed=few)
        assert own.tolist() == ids.tolist()
        assert weighed.tolist() == pytest.approx(scores.tolist(), rel=1e-4)
    covered, own_covered = (each.coverage(need, (), few).tolist() for each in (one, other))
    assert own_covered == pytest.approx(covered, abs=1e-5)
    assert other.printed(need, (), few).tolist() == one.printed(need, (), few).tolist()
