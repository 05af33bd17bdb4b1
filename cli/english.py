"""What kb says, in English for the terminal: one table from code to words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from kb import Code, Said, Value
from kb.search import Reason

WORDS: Mapping[Code, str] = MappingProxyType(
    {
        Reason.TOOLS: "same tools: {names}",
        Reason.INSTITUTION: "same institution: {names}",
        Reason.THEME: "same theme: {theme}",
        Reason.DISCIPLINE: "same discipline: {discipline}",
        Reason.FORMAT: "same format: {format}",
        Reason.LEVEL: "same level: {level}",
        Reason.LANGUAGE: "same language: {language}",
        Reason.TARGET_GROUP: "same target group: {target_group}",
        Reason.PARTNER: "same partner: {partner}",
        Reason.CLOSE: "close in {field}",
    }
)
"""What every code says, with its values by name."""


def said(what: Said | Iterable[Said]) -> str:
    """What was said, one after the other."""
    facts = (what,) if isinstance(what, Said) else what
    return " ".join(
        WORDS[one.code].format(**{name: _SHOWN.get(name, _row)(value) for name, value in one.values.items()})
        for one in facts
    )


def _row(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _spaced(name: Value) -> str:
    return str(name).replace("_", " ")


_SHOWN: Mapping[str, Callable[[Value], str]] = MappingProxyType(
    {"facet": _spaced, "field": _spaced, "sure": lambda share: f"{share:.0%}"}
)
