"""Which engine keeps a library's index: what KB_INDEX says."""

from __future__ import annotations

from kb import GenerationError, index_setting
from kb.index.embedded_engine import Embedded
from kb.index.keeping import Keeper
from kb.index.manifest import Manifest
from kb.index.milvus_engine import Milvus


def chosen() -> Keeper:
    """The engine that the next generation is written by."""
    index, token = index_setting()
    return Milvus(index, token) if index else Embedded()


def keeper_of(manifest: Manifest) -> Keeper:
    """The engine that a generation was written by.

    Raises:
        GenerationError: it is in Milvus, and KB_INDEX does not say where.
    """
    index, token = index_setting()
    if not manifest.place:
        return Embedded()
    if not index:
        raise GenerationError(
            f"{manifest.name}: its index is in Milvus ({manifest.place}); set KB_INDEX, or rebuild the index"
        )
    return Milvus(index, token)


def is_elsewhere(manifest: Manifest) -> bool:
    """Whether a generation is not where KB_INDEX says that the next one will be."""
    return bool(index_setting()[0]) != bool(manifest.place)
