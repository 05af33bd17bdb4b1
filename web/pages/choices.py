"""Values to choose by, with how many records each would leave."""

from __future__ import annotations

from dataclasses import dataclass

from web.frame import Shown


@dataclass(frozen=True, slots=True)
class FacetOption(Shown):
    """One value to filter by."""

    value: str
    label: str
    count: int
    """How many results have it."""
    is_chosen: bool
    url: str
    """Address that chooses it, or undoes the choice."""
    language: str = ""
    """Language of a label that is the title of a handbook; else empty."""
    about: str = ""
    """Address of the page of a university, country or theme that is chosen; else empty."""


@dataclass(frozen=True, slots=True)
class FacetGroup(Shown):
    """The values of one facet, most frequent first."""

    name: str
    """kind, handbook, institution, country, theme, discipline, format, level, language, target_group, tool, year
    or origin."""
    options: tuple[FacetOption, ...]
    is_open: bool
    """Whether its values are shown at once: few ones of a facet much used, or one that is chosen."""
    is_rare: bool = False
    """Whether it narrows little: fewer than three in ten of the results have it, or all have the same value. Such
    ones stand last."""


@dataclass(frozen=True, slots=True)
class Choice(Shown):
    """One way to see the same answers: in an order, or so many a page."""

    value: str
    url: str
    """Address that sees them so, from their first page."""
    is_current: bool
