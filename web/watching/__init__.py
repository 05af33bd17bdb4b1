"""What whoever runs the server watches: counts for Prometheus and lines for logs, with nobody's words in them."""

from __future__ import annotations

from web.watching.seen import Routed, Watch, Watched, Watches
from web.watching.watches import METRICS, watches

__all__ = ["METRICS", "Routed", "Watch", "Watched", "Watches", "watches"]
