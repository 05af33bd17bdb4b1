"""One search product in a process of its own: it indexes passages, then answers a need a line with what that took.

Run by `benchmarks.peers`, some of it by another Python than the project's: nothing of the project is imported but where
it is asked itself.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ANSWERS = 10


def main(product: str, library: str, passages: str, model: str) -> None:
    """Say {"build_s"} once it can answer, then for each need on stdin its {"ms", "processor_ms", "resident"}."""
    started = time.process_time()
    search = _PRODUCTS[product](library, json.loads(Path(passages).read_text("utf-8")), model)
    search("warm")
    print(json.dumps({"build_s": time.process_time() - started}), flush=True)
    for line in sys.stdin:
        began, used = time.perf_counter(), time.process_time()
        search(line.strip())
        took = {
            "ms": (time.perf_counter() - began) * 1000,
            "processor_ms": (time.process_time() - used) * 1000,
            "resident": _resident(),
        }
        print(json.dumps(took), flush=True)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _ours(library: str, _: Sequence[str], __: str) -> Callable[[str], Any]:
    from kb import Settings  # noqa: PLC0415  in the process that measures it alone
    from kb.search import Library, Query  # noqa: PLC0415

    opened = Library.open(Settings(Path(library)))
    opened.warm()
    return lambda need: opened.snapshot(to_search=True).search(Query(need, limit=ANSWERS))


def _txtai(_: str, passages: Sequence[str], model: str) -> Callable[[str], Any]:
    from txtai import Embeddings  # type: ignore[import-not-found]  # noqa: PLC0415  of another environment

    index = Embeddings({"path": model, "hybrid": True, "content": True})
    index.index(enumerate(passages))
    return lambda need: index.search(need, ANSWERS)


def _chroma(_: str, passages: Sequence[str], model: str) -> Callable[[str], Any]:
    import chromadb  # type: ignore[import-not-found]  # noqa: PLC0415  of another environment
    from chromadb.utils.embedding_functions import (  # type: ignore[import-not-found]  # noqa: PLC0415
        SentenceTransformerEmbeddingFunction,
    )

    embed = SentenceTransformerEmbeddingFunction(model_name=model)
    held = chromadb.EphemeralClient().create_collection("passages", embedding_function=embed)
    for start in range(0, len(passages), 500):
        texts = list(passages[start : start + 500])
        held.add(ids=[str(start + n) for n in range(len(texts))], documents=texts)
    return lambda need: held.query(query_texts=[need], n_results=ANSWERS)


_PRODUCTS: dict[str, Callable[[str, Sequence[str], str], Callable[[str], Any]]] = {
    "this product": _ours,
    "txtai": _txtai,
    "chroma": _chroma,
}


if __name__ == "__main__":
    main(*sys.argv[1:])
