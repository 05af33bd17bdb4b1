"""Whether anything in the library answers a need at all."""

from __future__ import annotations

from kb.catalog import Catalog
from kb.encoder import Encoder
from kb.ranking import Numbers
from kb.retrieval import Scored


def is_answered(
    catalog: Catalog, encoder: Encoder | None, need: str, scored: Scored, order: Numbers
) -> bool:
    """Whether the best of the hits answers the need; `order` are their record numbers, best first."""
    return bool(len(order))
