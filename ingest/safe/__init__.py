"""A stranger's PDF is read in a child process that the kernel holds: few files, no network, limits, an end."""

from __future__ import annotations

from ingest.safe import sandbox
from ingest.safe.child import Tell
from ingest.safe.sandbox import Limits

__all__ = [
    "Limits",
    "Tell",
    "sandbox",
]
