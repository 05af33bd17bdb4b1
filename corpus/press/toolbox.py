"""The list of tools of a handbook, in an annex or a chapter of its own."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.press.pieces import Element, bullets, grid, heading, par
from corpus.press.scheme import Scheme
from corpus.press.stock import Stock


class Toolbox:
    """Writes the tools, and keeps their names with the marks of their places."""

    def __init__(self, scheme: Scheme, stock: Stock) -> None:
        self.scheme, self.stock = scheme, stock
        self.named: dict[str, str] = {}

    def pieces(self, level: int) -> Iterator[Element]:
        """An opening sentence, then the tools as the scheme has it."""
        rng = self.stock.rng
        names = self.stock.tool_names(rng.randint(4, 9))
        self.named = {name: f"t{number}" for number, name in enumerate(names, start=1)}
        yield par(self.stock.prose("general", 1, 2))
        form = self.scheme.tools
        if form == "table":
            columns = min(rng.choice((2, 3)), 4 - self.scheme.columns)  # narrow pages hold two
            rows = [[name, self._use(), self._address(name)][:columns] for name in names]
            head = self.stock["tool_columns"][:columns]
            yield grid(head, rows, list(self.named.values()), [3, 4, 4][:columns])
        elif form == "headings":
            for name, mark in self.named.items():
                yield heading(level, name, "tool", mark)
                yield par(f"{self._use()} {self.stock.sentence('general')}")
        else:
            sign = rng.choice((":", " –", "."))
            yield bullets([(name + sign, self._use(), mark) for name, mark in self.named.items()])

    def _use(self) -> str:
        use = self.stock.next("uses")
        return use[0].upper() + use[1:] + "."

    def _address(self, name: str) -> str:
        plain = "".join(c for c in name.lower() if c.isascii() and c.isalnum())[:8] or "tool"
        return f"https://{plain}.example.org"
