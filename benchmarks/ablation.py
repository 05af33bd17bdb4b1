"""What each part of search is worth: `python -m benchmarks.ablation` takes one away at a time and asks again.

The columns are nDCG@10 of hybrid search: judged needs over real handbooks (same language), over the sample,
and a classic collection. A part that earns nothing in any column should go.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import CRANFIELD, NEEDS
from benchmarks.setting import HANDBOOKS, SAMPLE, SAMPLE_NEEDS, say
from ingest import pipeline
from kb import Passage, Scores, Settings, Vectors, index
from kb.measure import ALL, SAME_LANGUAGE, Evaluation, evaluate_collection, evaluate_needs
from kb.model import Encoder, load_encoder
from kb.search import Library, Mode, retrieval, words_share
from kb.search.fusion import ranks
from kb.store import Store

FIXED_SHARE = 0.2  # of words, the best one for all needs
HALF_COVERED = 0.5
RRF_K = 60
"""Cormack, Clarke and Büttcher 2009."""


def by_spelling(encoder: Encoder, text: str, coverage: float) -> float:  # noqa: ARG001  words_share's signature
    """The words' share as if every need were half covered."""
    return words_share(encoder, text, HALF_COVERED)


def reciprocal_ranks(*lists: Scores, k: int = RRF_K) -> Scores:
    """Fuse by ranks: the sum of 1 / (k + rank) over the lists that hold it at all."""
    fused = np.zeros(len(lists[0]), dtype=np.float32)
    for scores in lists:
        rank = ranks(scores)
        fused += np.where(rank > 0, 1.0 / (k + rank), 0.0).astype(np.float32)
    return fused


def by_ranks(dense: Scores, words: Scores, words_share: float) -> Scores:  # noqa: ARG001  weighted's signature
    """Rank fusion in the place of weighted scores."""
    return reciprocal_ranks(dense, words)


PARTS: Mapping[str, Mapping[str, Any]] = {
    "as it is": {},
    "rank fusion instead of weighted scores": {"weighted": by_ranks},
    "the same weights for every need": {"words_share": lambda *_: FIXED_SHARE},
    "weights by spelling only, not by coverage": {"words_share": by_spelling},
    "no feedback from an answer that both find": {"FEEDBACK": 0.0},
    "no whole-record words": {"WHOLE": 0.0},
    "no whole-record vector": {"MEAN_SHARE": 0.0},
    "none of these: best passage, fixed weights": {
        "words_share": lambda *_: FIXED_SHARE,
        "FEEDBACK": 0.0,
        "WHOLE": 0.0,
        "MEAN_SHARE": 0.0,
    },
}
"""What is taken away -> the names in kb/search/retrieval.py that are replaced for it."""


class Kept:
    """An encoder that embeds each passage once, whatever library asks."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self.id, self.dim, self.max_tokens = encoder.id, encoder.dim, encoder.max_tokens
        self.spans, self.queries = encoder.spans, encoder.queries

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is not known yet; float32 (n, dim), unit rows."""
        if fresh := [text for text in dict.fromkeys(texts) if text not in self._known]:
            self._known.update(zip(fresh, self._encoder.passages(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])


def main() -> None:
    """Fill the libraries once, then ask each of them with each part taken away."""
    with tempfile.TemporaryDirectory(prefix="kb-ablation-") as folder:
        settings = Settings(data=Path(folder) / "real")
        encoder = Kept(load_encoder(settings))
        columns: dict[str, Callable[[], float]] = {}
        if NEEDS.is_file():
            fill(settings, [HANDBOOKS / name for name in json.loads(NEEDS.read_text("utf-8"))["pool"]])
            columns["real handbooks"] = lambda: asked(settings, encoder, NEEDS, SAME_LANGUAGE)
        sample = Settings(data=Path(folder) / "sample")
        fill(sample, [SAMPLE])
        columns["sample"] = lambda: asked(sample, encoder, SAMPLE_NEEDS, SAME_LANGUAGE)
        if CRANFIELD.is_dir():
            columns["Cranfield"] = lambda: hybrid(evaluate_collection(CRANFIELD, settings, encoder), ALL)
        print(f"| taken away | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
        for name, replaced in PARTS.items():
            with patched(retrieval, replaced):
                print_row(name, columns)
        with patched(Passage, {"indexed": property(lambda passage: passage.text)}):
            for one in (settings, sample):
                rebuild(one, encoder)
            print_row("no title and label in a passage's vector", columns)


def print_row(name: str, columns: Mapping[str, Callable[[], float]]) -> None:
    """Ask everything once, and print."""
    say(f"asking: {name} ...")
    print(f"| {name} | {' | '.join(f'{ask():.3f}' for ask in columns.values())} |", flush=True)


def fill(settings: Settings, handbooks: Sequence[Path]) -> None:
    """Ingest handbooks into a new library."""
    for path in handbooks:
        say(f"ingesting {path.name} ...")
        pipeline.ingest(settings, path)


def rebuild(settings: Settings, encoder: Encoder) -> None:
    """Index a library anew."""
    with Store.open(settings.data) as store:
        served = store.current_editions()
        store.publish(served, index.build(store, served, encoder))


def asked(settings: Settings, encoder: Encoder, needs: Path, style: str) -> float:
    """The nDCG@10 of hybrid search on judged needs."""
    with Library.open(settings, encoder) as library:
        return hybrid(evaluate_needs(library, needs), style)


def hybrid(found: Evaluation, style: str) -> float:
    """One number of an evaluation."""
    return next(row.ndcg for row in found.rows if row.style == style and row.mode == Mode.HYBRID)


@contextmanager
def patched(target: Any, replaced: Mapping[str, Any]) -> Iterator[None]:
    """Replace attributes for a while."""
    before = {name: getattr(target, name) for name in replaced}
    try:
        for name, value in replaced.items():
            setattr(target, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(target, name, value)


if __name__ == "__main__":
    main()
