"""How fast passages are embedded against sentence-transformers, with the same weights: python -m benchmarks.embedding.

The sample handbook's passages, both models, all cores, one way after the other in rounds, so that what else the machine
does meets both. sentence-transformers is asked as its documents say: one call of `encode` with all texts.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.plain_models import plain_model
from benchmarks.releases import Figure
from benchmarks.setting import SAMPLE, say
from ingest import pipeline
from kb import Settings
from kb.model import cut, load_encoder, model_sources

ROUNDS = 3
TEXTS = 200


def figures(scratch: Path) -> Iterator[Figure]:
    """Passages a second by each way, and their ratio."""
    settings = Settings(scratch)
    encoder = load_encoder(settings)
    records = pipeline.extract(settings, SAMPLE).records
    texts = [passage.indexed for record in records for passage in cut(record, encoder)][:TEXTS]
    plain = [
        (model_source.passage_prefix, plain_model(model_source)) for model_source in model_sources(settings)
    ]
    say(f"embedding {len(texts)} passages both ways ...")

    def as_plain(given: Sequence[str]) -> None:
        for prefix, model in plain:
            model.encode([prefix + text for text in given], show_progress_bar=False)

    took: dict[str, list[float]] = {"here": [], "plain": []}
    for _ in range(ROUNDS):
        took["here"].append(_seconds(encoder.passages, texts))
        took["plain"].append(_seconds(as_plain, texts))
    here, there = (len(texts) / statistics.median(took[name]) for name in ("here", "plain"))
    yield Figure("embedding", "passages a second, both models, all cores", "", here, "passages/s")
    yield Figure(
        "embedding", "against sentence-transformers, the same weights", ">= 3", here / there, "times"
    )


def _seconds(embed: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    began = time.perf_counter()
    embed(texts)
    return time.perf_counter() - began


def main() -> None:
    """Print a line a figure."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        for figure in figures(Path(folder)):
            print(f"{figure.of_what}: {figure.measured} ({figure.goal or 'no goal'})")


if __name__ == "__main__":
    main()
