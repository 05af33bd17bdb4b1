"""What each part of search is worth: `python -m benchmarks.ablation` takes one away at a time and asks again.

The columns are nDCG@10 of hybrid search on what benchmarks/grounds.py names: judged needs over real handbooks and over
the sample, classic collections, and XQuAD. A part that earns nothing in any column should go.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.grounds import Grounds, Kept, patched
from benchmarks.setting import say
from kb import Passage, Scores, Settings
from kb.model import load_encoder
from kb.search import Catalog, Mode, words_shares
from kb.search.fusion import ranks

RETRIEVAL = "kb.search.retrieval"
FIXED_SHARE = 0.2  # of words, the best one for all needs
HALF_COVERED = 0.5
RRF_K = 60
"""Cormack, Clarke and Büttcher 2009."""


def half_covered(catalog: Catalog, text: str, language: str, coverage: float) -> Scores:  # noqa: ARG001  words_shares'
    """The words' shares as if every need were half covered."""
    return words_shares(catalog, text, language, HALF_COVERED)


def fixed(catalog: Catalog, *_: object) -> Scores:
    """The same share of words for every need and record."""
    return np.full(len(catalog.records), FIXED_SHARE, dtype=np.float32)


def reciprocal_ranks(*lists: Scores, k: int = RRF_K) -> Scores:
    """Fuse by ranks: the sum of 1 / (k + rank) over the lists that hold it at all."""
    fused = np.zeros(len(lists[0]), dtype=np.float32)
    for scores in lists:
        rank = ranks(scores)
        fused += np.where(rank > 0, 1.0 / (k + rank), 0.0).astype(np.float32)
    return fused


def by_ranks(dense: Scores, words: Scores, words_share: object) -> Scores:  # noqa: ARG001  weighted's signature
    """Rank fusion in the place of weighted scores."""
    return reciprocal_ranks(dense, words)


PARTS: Mapping[str, Mapping[str, Any]] = {
    "as it is": {},
    "rank fusion instead of weighted scores": {"weighted": by_ranks},
    "the same weights for every need": {"words_shares": fixed},
    "weights by language only, not by coverage": {"words_shares": half_covered},
    "the model of English alone for English": {"kb.search.nearness:SPECIAL": 1.0},
    "no whole-record vector": {"kb.search.nearness:MEAN_SHARE": 0.0},
    "none of these: best passage, fixed weights": {
        "words_shares": fixed,
        "kb.search.nearness:SPECIAL": 1.0,
        "kb.search.nearness:MEAN_SHARE": 0.0,
    },
}
"""What is taken away -> the names that are replaced for it, in RETRIEVAL where no module is named."""


def main() -> None:
    """Fill the libraries once, then ask each of them with each part taken away."""
    with tempfile.TemporaryDirectory(prefix="kb-ablation-") as folder:
        grounds = Grounds(Path(folder), Kept(load_encoder(Settings(Path(folder)))))
        print(f"| taken away | {' | '.join(grounds.families)} |\n|---|{'---|' * len(grounds.families)}")
        for name, replaced in PARTS.items():
            with patched(
                {one if ":" in one else f"{RETRIEVAL}:{one}": value for one, value in replaced.items()}
            ):
                print_row(name, grounds)
        with mock.patch.object(Passage, "indexed", property(lambda passage: passage.text)):
            grounds.part = "no title and label in a passage's vector"
            print_row(grounds.part, grounds)


def print_row(name: str, grounds: Grounds) -> None:
    """Ask everything once, and print."""
    say(f"asking: {name} ...")
    figures = grounds.figures(lambda found, style: found.ndcg(Mode.HYBRID, style))
    print(f"| {name} | {' | '.join(f'{figure:.3f}' for figure in figures.values())} |", flush=True)


if __name__ == "__main__":
    main()
