"""The way of a need: read, asked of one snapshot of the library, scored, and answered with evidence."""

from __future__ import annotations

from kb.search import asking, retrieval
from kb.search.answer import FacetCount, Hit, Remark
from kb.search.catalogue import Catalog
from kb.search.constraints import Constraint
from kb.search.earlier import Earlier
from kb.search.evidence import ShownAs
from kb.search.finding import PageFound, find
from kb.search.library import Library
from kb.search.loading import Notice
from kb.search.offers import Offers
from kb.search.query import DEFAULT_KINDS, MOST_CHARACTERS, READ, Filters, Mode, Query, Sort
from kb.search.retrieval import words_shares
from kb.search.similar import Quote, Reason, Similar
from kb.search.snapshot import Results, Snapshot

__all__ = [
    "DEFAULT_KINDS",
    "MOST_CHARACTERS",
    "READ",
    "Catalog",
    "Constraint",
    "Earlier",
    "FacetCount",
    "Filters",
    "Hit",
    "Library",
    "Mode",
    "Notice",
    "Offers",
    "PageFound",
    "Query",
    "Quote",
    "Reason",
    "Remark",
    "Results",
    "ShownAs",
    "Similar",
    "Snapshot",
    "Sort",
    "asking",
    "find",
    "retrieval",
    "words_shares",
]
