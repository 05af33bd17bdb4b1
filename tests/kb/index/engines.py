"""The engines that a test runs on, by what KB_INDEX is for each; Milvus is Milvus Lite, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.index import milvus_server as server

EMBEDDED, MILVUS = "embedded", "milvus"
ENGINES = (EMBEDDED, MILVUS)


@contextmanager
def kept_by(engine: str, folder: Path) -> Iterator[None]:
    """Indexes are kept by an engine, and the file of Milvus Lite in a folder."""
    with pytest.MonkeyPatch.context() as patch:
        if engine == EMBEDDED:
            patch.delenv("KB_INDEX", raising=False)
            yield
            return
        path = folder / "milvus.db"
        patch.setenv("KB_INDEX", f"milvus-lite://{path}")
        yield
    server._connected.cache_clear()
    from milvus_lite.server_manager import server_manager_instance  # heavy: pyarrow  # noqa: PLC0415

    server_manager_instance.release_server(str(path))
