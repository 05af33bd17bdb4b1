"""What stands around the practices: chapters of a guide or report, other annexes, listings and reading lists."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.press.pieces import Element, box, bullets, code, figure, grid, heading, par
from corpus.press.scheme import Scheme
from corpus.press.stock import Stock

LISTING = (
    "for name in sorted(folder.glob('*.csv')):",
    "    rows = read(name, header=True)",
    "    if not rows:",
    "        continue",
    "    print(name, len(rows))",
    "# Results: one line a file",
    "export KEY=$(cat key.txt)",
    "curl -s https://api.example.org/v1/items?limit=20",
    '{"title": "Report", "status": "open"}',
    "SELECT name, count(*) FROM visits GROUP BY name;",
)


class Guide:
    """Writes chapters and annexes that hold no practice."""

    def __init__(self, scheme: Scheme, stock: Stock) -> None:
        self.scheme, self.stock = scheme, stock
        self.repeated = [stock.any(name) for name in ("summary", "checklist", "reading")]

    def chapter(self, mark: str) -> Iterator[Element]:
        """Prose and sections; at the end what all chapters repeat: a summary, a checklist, a reading list."""
        rng, stock = self.stock.rng, self.stock
        for _ in range(rng.randint(1, 3)):
            yield self._paragraph()
        for number in range(1, rng.randint(2, 4) + 1):
            yield heading(2, stock.next("sections"), "section", f"{mark}.s{number}")
            yield from self._section()
        if self.scheme.checklists:
            yield from self._ending(mark)

    def _section(self) -> Iterator[Element]:
        rng, stock = self.stock.rng, self.stock
        for _ in range(rng.randint(1, 3)):
            yield self._paragraph()
        drawn = rng.random()
        if drawn < 0.2:
            yield bullets([("", stock.next("bullets"), "") for _ in range(rng.randint(3, 6))])
        elif drawn < 0.3 and self.scheme.notes:
            yield box([par(stock.prose("lessons", 1, 2), lead=stock.any("example"))])
        elif drawn < 0.4:
            yield par(f"{stock['table']} {rng.randint(1, 9)}: {stock.any('topics')}", "caption")
            rows = [
                [stock.next("topics"), str(rng.randint(3, 900)), f"{rng.randint(1, 99)} %"] for _ in range(4)
            ]
            yield grid([stock.label("topic"), "2023", "2024"], rows, [""] * 4, [3, 1, 1])
        elif drawn < 0.5 and self.scheme.figures:
            yield figure(f"{stock['figure']} {rng.randint(1, 9)}: {stock.any('topics')}")
        if self.scheme.code and rng.random() < 0.6:
            yield code(rng.sample(LISTING, rng.randint(3, 6)))
            yield self._paragraph()

    def _paragraph(self) -> Element:
        rng, stock = self.stock.rng, self.stock
        kind = rng.choice(("general", "general", "need", "lessons"))
        note = stock.sentence("general") if self.scheme.footnotes and rng.random() < 0.2 else ""
        return par(stock.prose(kind, 2, 6), note=note)

    def _ending(self, mark: str) -> Iterator[Element]:
        rng, stock = self.stock.rng, self.stock
        summary, checklist, reading = self.repeated
        if rng.random() < 0.8:
            yield heading(2, summary, "section", f"{mark}.summary")
            yield par(stock.prose("lessons", 2, 3))
        if rng.random() < 0.8:
            yield heading(2, checklist, "section", f"{mark}.checklist")
            yield bullets([("", stock.next("bullets"), "") for _ in range(rng.randint(3, 6))])
        if rng.random() < 0.5:
            yield heading(2, reading, "section", f"{mark}.reading")
            yield bullets([("", entry, "") for entry in self.references(rng.randint(2, 4))])

    def references(self, count: int) -> list[str]:
        """Entries of a reading list."""
        stock, rng = self.stock, self.stock.rng
        return [
            f"{stock.any('last_names')}, {stock.any('first_names')[0]}. ({rng.randint(2004, 2025)}): "
            f"{stock.any('subjects')}. {stock.any('cities')}: {stock.any('publishers')}."
            for _ in range(count)
        ]

    def annex(self, mark: str) -> Iterator[Element]:
        """A glossary, questions, or plain text."""
        rng, stock = self.stock.rng, self.stock
        yield self._paragraph()
        drawn = rng.random()
        if drawn < 0.35:
            yield bullets(
                [("", stock.sentence("general"), "") for _ in range(rng.randint(4, 8))], numbered=True
            )
        elif drawn < 0.6:
            rows = [
                [stock.next("universities"), stock.any("cities"), stock.person()]
                for _ in range(rng.randint(5, 10))
            ]
            yield grid(
                [stock.label("institution"), stock["place"], stock.label("contact")],
                rows,
                [""] * len(rows),
                [4, 2, 3],
            )
        elif drawn < 0.8:
            yield heading(2, stock.next("sections"), "section", f"{mark}.s1")
            yield self._paragraph()
        for _ in range(rng.randint(1, 3)):
            yield self._paragraph()
