"""A Milvus server, or a file of Milvus Lite: the only importer of pymilvus.

A library keeps three collections there, whose names begin with its `place`: the words of passages, those of records,
and the passages' vectors. They are apart because a search of one does not pay for what another has in a row. Each part
of an index (`kb.index.manifest.IndexPart`) is a partition of its own in all three: it is written once, searched where a
generation names it, and dropped as a whole.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from kb import IndexServerError, Numbers, Scores, Vectors
from kb.index.milvus_address import IndexAddress, address_of

WORDS, RECORDS, VECTORS = "words", "records", "vectors"
COLLECTIONS = (WORDS, RECORDS, VECTORS)
MOST = 16_384  # results of a query at most, Milvus's own limit
MOST_VALUES = 4096  # of an array, Milvus's own limit
LINKS, EF_CONSTRUCTION, EF_SEARCH = (
    32,
    200,
    256,
)  # of HNSW, measured for the embedded index (docs/explanation/decisions.md)
AT_ONCE = 1000  # rows of an insert: about two megabytes; 64 is gRPC's limit there
QUICKLY, SLOWLY = 10.0, 600.0  # seconds that a search, and whatever writes, may take


class Server:
    """An open connection, used from any thread."""

    def __init__(self, address: IndexAddress, client: Any) -> None:
        self._address = address
        self._client = client
        with _failing(address):
            self._is_lite = "lite" in str(client.get_server_version(timeout=QUICKLY))

    @classmethod
    def at(cls, index: str, token: str) -> Server:
        """The server of an address as KB_INDEX has it; connected to once by each process.

        Raises:
            IndexServerError: it cannot be reached, or pymilvus is not installed.
            InputError: the address is none.
        """
        return _connected(index, token, os.getpid())

    def create(self, place: str, widths: Sequence[int]) -> None:
        """Make the collections of a place; those for vectors where models have so many numbers each."""
        for name in COLLECTIONS if widths else (WORDS, RECORDS):
            with self._asked():
                schema, indexes = _schema(self._client, name, widths, is_lite=self._is_lite)
                self._client.create_collection(
                    f"{place}_{name}",
                    schema=schema,
                    index_params=indexes,
                    consistency_level="Bounded",
                    timeout=SLOWLY,
                )

    def insert(self, place: str, name: str, part: str, rows: Iterator[dict[str, Any]]) -> None:
        """Write the rows of a part into a new partition and make them last."""
        collection, partition = f"{place}_{name}", _partition(part)
        with self._asked():
            self._client.create_partition(collection, partition, timeout=SLOWLY)
            held: list[dict[str, Any]] = []
            for row in rows:
                held.append(row)
                if len(held) == AT_ONCE:
                    self._client.insert(collection, held, partition_name=partition, timeout=SLOWLY)
                    held = []
            if held:
                self._client.insert(collection, held, partition_name=partition, timeout=SLOWLY)
            self._client.flush(collection, timeout=SLOWLY)
            if self._is_lite:
                self._client.load_collection(collection, timeout=SLOWLY)
            else:
                self._client.load_partitions(collection, [partition], timeout=SLOWLY)

    def count(self, place: str, name: str, parts: Sequence[str]) -> int:
        """Rows of some parts, all that were written by now; -1 where a collection or a partition is missing."""
        collection = f"{place}_{name}"
        with self._asked():
            if not self._client.has_collection(collection, timeout=QUICKLY):
                return -1
            held = set(self._client.list_partitions(collection, timeout=QUICKLY))
            if not parts or not held >= {_partition(part) for part in parts}:
                return -1 if parts else 0
            if self._is_lite:  # its count(*) counts all partitions; a file is to be loaded when it is opened
                self._client.load_collection(collection, timeout=SLOWLY)
                stats = (
                    self._client.get_partition_stats(collection, _partition(part), timeout=QUICKLY)
                    for part in parts
                )
                return sum(int(one["row_count"]) for one in stats)
            found = self._client.query(
                collection,
                filter="",
                output_fields=["count(*)"],
                partition_names=[_partition(part) for part in parts],
                consistency_level="Strong",
                timeout=SLOWLY,
            )
            return int(found[0]["count(*)"])

    def search(
        self,
        place: str,
        name: str,
        parts: Sequence[str],
        field: str,
        queries: Sequence[Mapping[int, float] | Vectors],
        limit: int,
        kept: str = "",
    ) -> list[tuple[Numbers, Scores]]:
        """For each query the marks of the rows with the highest products, best first, and these; at most `limit`.

        `kept` is a filter, in Milvus's words.
        """
        if not queries or not parts or limit <= 0:
            return [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)) for _ in queries]
        params = {"ef": max(EF_SEARCH, limit)} if name == VECTORS else {}
        with self._asked():
            found = self._client.search(
                f"{place}_{name}",
                data=list(queries),
                anns_field=field,
                limit=min(limit, MOST),
                filter=kept,
                partition_names=[_partition(part) for part in parts],
                search_params={"metric_type": "IP", "params": params},
                timeout=QUICKLY,
            )
            return [
                (np.array(hits.ids, dtype=np.int64), np.array(hits.distances, dtype=np.float32))
                for hits in found
            ]

    def places(self) -> dict[str, set[str]]:
        """The places there are, each with the names of the parts that some collection of it has."""
        found: dict[str, set[str]] = {}
        with self._asked():
            for collection in self._client.list_collections(timeout=QUICKLY):
                place, _, name = collection.rpartition("_")
                if name in COLLECTIONS:
                    parts = self._client.list_partitions(collection, timeout=QUICKLY)
                    own = {part.removeprefix("part_") for part in parts if part.startswith("part_")}
                    found.setdefault(place, set()).update(own)
        return found

    def drop(self, place: str, parts: Sequence[str] | None = None) -> None:
        """Drop some parts of a place, or all of it."""
        with self._asked():
            for name in COLLECTIONS:
                collection = f"{place}_{name}"
                if not self._client.has_collection(collection, timeout=QUICKLY):
                    continue
                if parts is None:
                    self._client.drop_collection(collection, timeout=SLOWLY)
                    continue
                held = set(self._client.list_partitions(collection, timeout=QUICKLY))
                for partition in [_partition(part) for part in parts]:
                    if partition in held:
                        if not self._is_lite:  # it knows no release of a partition, and needs none
                            self._client.release_partitions(collection, [partition], timeout=SLOWLY)
                        self._client.drop_partition(collection, partition, timeout=SLOWLY)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        with _failing(self._address):
            yield


@contextmanager
def _failing(address: IndexAddress) -> Iterator[None]:
    """Convert what pymilvus raises."""
    import grpc  # pymilvus's own, as optional as it is  # noqa: PLC0415
    from pymilvus.exceptions import MilvusException  # optional and heavy: it loads pandas  # noqa: PLC0415

    try:
        yield
    except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
        reason = " ".join(str(getattr(error, "message", "") or error).split())[:300]
        raise IndexServerError(
            f"{address}: {reason}; check that this Milvus runs and can be reached, or set KB_INDEX to another index"
        ) from error


@cache
def _connected(index: str, token: str, _process: int) -> Server:
    """A connection of this process: one that forked has none of its parent's threads."""
    address = address_of(index)
    try:
        from pymilvus import MilvusClient  # optional and heavy: it loads pandas  # noqa: PLC0415
    except ImportError as error:
        raise IndexServerError(
            f"KB_INDEX={address}: pymilvus cannot be loaded ({error}); run: pip install 'practice-kb[milvus]'"
        ) from error
    for noisy in ("pymilvus", "grpc._server"):  # each logs what it raises, too, with a traceback
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    with _failing(address):
        client = MilvusClient(address.uri, token=token, db_name=address.database, timeout=QUICKLY)
    return Server(address, client)


def marked(values: Sequence[str]) -> str:
    """Milvus's words for: has any of these values, as numbers."""
    return f"array_contains_any(marks, [{', '.join(values)}])"


def _partition(part: str) -> str:
    return f"part_{part}"


def _schema(client: Any, name: str, widths: Sequence[int], *, is_lite: bool) -> tuple[Any, Any]:
    from pymilvus import DataType  # optional and heavy: it loads pandas  # noqa: PLC0415

    schema, indexes = client.create_schema(auto_id=False), client.prepare_index_params()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("marks", DataType.ARRAY, element_type=DataType.INT64, max_capacity=MOST_VALUES)
    if not is_lite:  # it scans arrays
        indexes.add_index("marks", index_type="INVERTED")
    if name != VECTORS:
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    for number, width in enumerate(widths if name == VECTORS else ()):
        schema.add_field(f"model_{number}", DataType.FLOAT_VECTOR, dim=width)
        params = {"M": LINKS, "efConstruction": EF_CONSTRUCTION}
        indexes.add_index(f"model_{number}", index_type="HNSW", metric_type="IP", params=params)
    return schema, indexes
