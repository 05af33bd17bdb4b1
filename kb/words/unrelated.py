"""Questions that a handbook of good practice does not answer, in eight languages (corpus/vocabulary/unrelated.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

ENGLISH = "en"


def unrelated(language: str = ENGLISH) -> tuple[str, ...]:
    """The questions in a language, in English where there are none in it."""
    known = _questions()
    return known.get(language, known[ENGLISH])


@cache
def _questions() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("corpus") / "vocabulary" / "unrelated.toml").read_text(encoding="utf-8")
    return MappingProxyType({language: tuple(own) for language, own in tomllib.loads(text).items()})
