"""What the commands print: results on stdout, talk on stderr.

Text from a PDF is printed as text: neither its brackets nor its control characters mean anything here.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

PIPE_WIDTH = 100
_KEPT = "\n\t"


def out() -> Console:
    """Where results go."""
    return _console(is_error=False)


def err() -> Console:
    """Where talk goes."""
    return _console(is_error=True)


def _console(is_error: bool) -> Console:
    stream = sys.stderr if is_error else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=width)


def clean(text: str) -> str:
    """Take out what a terminal would obey: escapes and other control characters."""
    return "".join(c for c in text if c in _KEPT or (c.isprintable() or c == "\u00ad"))


def plain(text: str, style: str = "") -> Text:
    """Text from a handbook, ready to print."""
    return Text(clean(text), style=style)


def is_asking() -> bool:
    """Whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked(question: str, is_usual: bool = False) -> bool:
    """Ask, where somebody can answer; anything but a yes is a no, and Enter alone is what `is_usual`."""
    if not is_asking():
        return False
    err().print(plain(f"{question} [{'Y/n' if is_usual else 'y/N'}] "), end="")
    answer = sys.stdin.readline()
    return answer.strip().casefold() in ("y", "yes") or (is_usual and answer == "\n")
