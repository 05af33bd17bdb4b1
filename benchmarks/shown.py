"""What search shows of its answers: how often a sentence, a row of a table, a fragment or a title, and in which words.

    python -m benchmarks.shown LIBRARY NEEDS.json ... [--look 30]

LIBRARY is a folder that `kb ingest` filled. `--look` prints so many of what is shown, evenly drawn, for the eye.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from kb import Settings
from kb.measure import needs_file
from kb.search import Hit, Library, Query, ShownAs

FIRST = 5  # answers of each need that are looked at


def shown(library: Library, needs: Path) -> list[tuple[str, Hit]]:
    """Each need of a file with each of its first answers."""
    snapshot = library.snapshot()
    return [
        (need.text, hit)
        for need in needs_file.read(needs).queries
        for hit in snapshot.search(Query(need.text, limit=FIRST)).hits
    ]


def _line(need: str, hit: Hit) -> str:
    text, at, pieces = hit.evidence.text, 0, []
    for start, end in hit.evidence.marks:
        pieces += [text[at:start], f"[[{text[start:end]}]]"]
        at = end
    words = " ".join("".join([*pieces, text[at:]]).split())
    return f"{need}\n  {hit.record.title} · {hit.evidence.label} · {hit.evidence.form}\n  {words}"


def main() -> None:
    """Count, a line a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", type=Path)
    parser.add_argument("needs", type=Path, nargs="+")
    parser.add_argument("--look", type=int, default=0)
    asked = parser.parse_args()
    print("| needs | shown | " + " | ".join(ShownAs) + " |\n|---|---|" + "---|" * len(ShownAs))
    with Library.open(Settings(asked.library)) as library:
        for path in asked.needs:
            found = shown(library, path)
            counts = Counter(hit.evidence.form for _, hit in found)
            print(
                f"| {path.name} | {len(found)} | " + " | ".join(str(counts[form]) for form in ShownAs) + " |"
            )
            for one in found[:: max(1, len(found) // asked.look)] if asked.look else ():
                print(_line(*one))


if __name__ == "__main__":
    main()
