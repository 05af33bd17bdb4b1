"""What an attack was tried on, and how it ended."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import psutil

NEEDS = ("credit for online exchange", "funding", "zertifikat", "how do others teach together?", "ects")


@dataclass(slots=True)
class Tried:
    """A kind of attack: how often it was tried, and what did not end well."""

    what: str
    count: int = 0
    wrong: list[str] = field(default_factory=list)
    note: str = ""

    def see(self, is_well: bool, said: str) -> None:
        """Count one try."""
        self.count += 1
        if not is_well:
            self.wrong.append(said)

    def row(self) -> str:
        """The line of the table."""
        ended = self.count - len(self.wrong)
        return (
            f"| {self.what}{self.note and f' ({self.note})'} | {self.count} | {ended} | {len(self.wrong)} |"
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A served library: its address, its process, and what it says."""

    url: str
    process: psutil.Process
    client: httpx.Client

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def resident(self) -> int:
        """Bytes in memory."""
        return int(self.process.memory_info().rss)

    def search_s(self, times: int = 1) -> float:
        """How long a search takes for an honest client, by the median."""
        took = []
        for number in range(times):
            started = time.perf_counter()
            asked = {"q": f"{NEEDS[number % len(NEEDS)]} {time.perf_counter_ns()}"}
            self.client.get("/search.json", params=asked).raise_for_status()
            took.append(time.perf_counter() - started)
        return statistics.median(took)
