"""Press handbooks: `python -m corpus.press OUT --seeds 1-20`, a PDF and a truth file each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.press.binding import bound
from corpus.press.scheme import LANGUAGES, SETTERS, WITNESSES, drawn
from corpus.press.setting import can_set, pressed


def seeds(written: str) -> Sequence[int]:
    """The seeds of "7", "1-20" or "3,9,14-16"."""
    found: list[int] = []
    for part in written.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Press from the command line."""
    parser = argparse.ArgumentParser(prog="python -m corpus.press", description=__doc__)
    parser.add_argument("folder", metavar="OUT", type=Path, help="where the PDFs and truth files go")
    parser.add_argument("--seeds", type=seeds, default=range(1, 21), help="such as 1-20 or 3,9 (1-20)")
    parser.add_argument("--language", choices=LANGUAGES, default="", help="all in this language")
    parser.add_argument("--setter", choices=SETTERS, default="", help="all by this typesetter")
    parser.add_argument(
        "--without", choices=WITNESSES, action="append", default=[], help="leave out a witness"
    )
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for seed in chosen.seeds:
        scheme = drawn(seed, chosen.language, chosen.setter)
        for witness in chosen.without:
            scheme = scheme.without(witness)
        if not can_set(scheme.setter):
            sys.stderr.write(f"seed {seed}: left out, no program here sets by {scheme.setter}\n")
            continue
        made = pressed(bound(scheme))
        path = chosen.folder / f"press-{seed}"
        path.with_suffix(".pdf").write_bytes(made.pdf)
        path.with_suffix(".json").write_text(
            json.dumps(made.truth, ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
        sys.stderr.write(
            f"seed {seed}: {scheme.language}, {scheme.setter}, {made.truth['pages']} pages, "
            f"{len(made.truth['practices'])} practices, {len(made.truth['annexes'])} annexes\n"
        )


if __name__ == "__main__":
    main()
