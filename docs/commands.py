"""Write what the documents say of the code anew; `--check` only compares.

The pages of docs/reference come from the code that they describe, the table of rooms in
docs/explanation/architecture.md from the test that holds it, and tables of docs/explanation/quality.md from the
recorded figures in tests/golden.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import marks
from docs import figures, references
from tests.test_layout_rules import INGEST, KB, MAY_IMPORT, WEB

ROOT = Path(__file__).resolve().parent.parent
ARCHITECTURE = ROOT / "docs" / "explanation" / "architecture.md"


def rooms() -> str:
    """One row a room: those that it may import."""
    houses = {
        f"every room of {name}": set(rooms) for name, rooms in (("kb", KB), ("ingest", INGEST), ("web", WEB))
    }
    rows = ["| Room | may import |", "|---|---|"]
    for room, below in MAY_IMPORT.items():
        whole = [name for name, inside in houses.items() if inside <= set(below)]
        covered = set().union(*(houses[name] for name in whole)) if whole else set()
        named = [f"`{one}`" for one in below if one not in covered]
        rows.append(f"| `{room}` | {', '.join(whole + named) or 'nothing of the product'} |")
    return "\n".join(rows)


SECTIONS: dict[str, tuple[Path, Callable[[], str]]] = {
    "rooms": (ARCHITECTURE, rooms),
    "parts": (marks.QUALITY, figures.parts),
    "imperfect": (marks.QUALITY, figures.imperfect),
    "cases": (marks.QUALITY, figures.cases),
    "needs": (marks.QUALITY, figures.needs),
    "nothing": (marks.QUALITY, figures.nothing),
}
"""What is made, by the name in its two marks, with the file that it stands in."""


def renewed(name: str) -> tuple[Path, str, str]:
    """A file, its text, and the text with its section made anew.

    Raises:
        ValueError: it does not have the two marks.
    """
    file, made = SECTIONS[name]
    text = file.read_text(encoding="utf-8")
    try:
        return file, text, marks.renewed(text, name, "make docs", made())
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def main() -> None:
    """Rewrite, or with --check only compare."""
    for name in SECTIONS:
        file, old, new = renewed(name)
        if "--check" not in sys.argv[1:]:
            file.write_text(new, encoding="utf-8")
        elif new != old:
            sys.exit(f"{file}: its {name} are out of date; run: make docs")
    for file, new in references.pages().items():
        if "--check" not in sys.argv[1:]:
            file.parent.mkdir(exist_ok=True)
            file.write_text(new, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != new:
            sys.exit(f"{file}: out of date; run: make docs")


if __name__ == "__main__":
    main()
