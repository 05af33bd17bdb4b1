"""What a text says that can be filtered by: times, credits, years, places, terms."""

from __future__ import annotations

from ingest.values import facet_values, inferred
from ingest.values.facet_values import stated_in
from ingest.values.houses import is_name_only, named
from ingest.values.places import once

__all__ = [
    "facet_values",
    "inferred",
    "is_name_only",
    "named",
    "once",
    "stated_in",
]
