"""Write the README's command section anew from the commands' own help; `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from cli.main import app

README = Path(__file__).resolve().parent.parent / "README.md"
START, END = "<!-- commands: made by `make docs` -->", "<!-- end of commands -->"


def section() -> str:
    """One row a command: its help, and its example."""
    group = typer.main.get_command(app)
    rows = ["| Command | What it does | Example |", "|---|---|---|"]
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        example = command.epilog.removeprefix("Example: ")
        what = " ".join(command.help.partition("\n\n")[0].split()).rstrip(".")
        rows.append(f"| `kb {name}` | {what} | `{example}` |")
    return "\n".join(rows)


def renewed(readme: str) -> str:
    """The README with its command section made anew.

    Raises:
        ValueError: it does not have the two marks.
    """
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"{README}: has no section between {START} and {END}; put both marks back")
    return f"{before}{START}\n{section()}\n{END}{after}"


def main() -> None:
    """Rewrite, or with --check only compare."""
    old = README.read_text(encoding="utf-8")
    new = renewed(old)
    if "--check" in sys.argv[1:]:
        sys.exit(0 if new == old else f"{README}: the command section is out of date; run: make docs")
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
