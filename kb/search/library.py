"""An open library: its store, its models, and the generation that it serves now."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from types import TracebackType
from typing import Self

from kb import GenerationError, InputError, KbError, NotFoundError, Said, Settings, StoreError, index
from kb.model import Encoder
from kb.search.catalogue import Catalog
from kb.search.loading import Models, Notice
from kb.search.opened import OpenGeneration
from kb.search.snapshot import Snapshot
from kb.store import DATABASE, Store, converted

SECONDS_BETWEEN_TRIES = 30.0  # to open a generation that failed to open

HINDERING = (Notice.WORDS_ONLY, Notice.INDEX_OF_OTHER_MODEL, Notice.INDEX_WITHOUT_MODEL)
"""What is said of a library that is not searched by meaning."""

log = logging.getLogger(__name__)


class Library:
    """An open library. Safe to use from several threads.

    The model is loaded when a search first needs it (or by `warm`). What is read of it is read from a snapshot: one
    a request, so that a request never sees two generations.
    """

    def __init__(self, store: Store, settings: Settings, encoder: Encoder | None = None) -> None:
        self._store = store
        self._models = Models(settings, encoder)
        self._served = _Served(store, self._models)
        self._is_warmed = False  # or being so

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> Library:
        """Open the library in the settings' folder; `encoder` replaces the model they name.

        Raises:
            NotFoundError: there is no library yet.
            StoreError: the library is damaged, or newer than this software.
        """
        with converted(settings.data):
            is_there = (settings.data / DATABASE).is_file()
        try:
            store = Store.open(settings.data, readonly=not is_there)
        except StoreError:
            store = Store.open(settings.data, readonly=True)  # a folder that we may only read
        return cls(store, settings, encoder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    @property
    def store(self) -> Store:
        """The store below, for those who write."""
        return self._store

    @property
    def is_reranking(self) -> bool:
        """Whether the settings name a reranker that could be loaded."""
        return self._models.reranker() is not None

    def encoder(self) -> Encoder | None:
        """The model, loaded now if it was not, for those who write; None, and a notice, where that failed."""
        return self._models.encoder()

    def begin(self) -> None:
        """Start to load the model in a thread of its own; who needs it waits for it."""
        self._models.begin()

    def snapshot(self, to_search: bool = False) -> Snapshot:
        """What is served now, for one request; `to_search` loads the model first, and rebuilds an index without it."""
        if to_search:
            self._models.encoder()
        return Snapshot(self._store, self._models, self._served.current())

    def warm(self) -> None:
        """Load the models and the generation now, so that the first search need not."""
        self._is_warmed = True
        self.snapshot(to_search=True).warm()

    def wake(self) -> None:
        """Begin to do so in a thread of its own, unless that was begun before."""
        if not self._is_warmed:
            self._is_warmed = True
            threading.Thread(target=self._warm_if_possible, daemon=True).start()

    def _warm_if_possible(self) -> None:
        with contextlib.suppress(KbError):  # said to whoever asks
            self.warm()

    def lacks(self) -> tuple[Said, ...]:
        """What keeps searches from being answered by meaning at this moment; empty where nothing does.

        Waits for nothing. An empty library lacks nothing.

        Raises:
            StoreError: the library cannot be read.
        """
        if not self._models.is_tried:
            return (Said(Notice.MODEL_LOADING),)
        held = self._served.held
        if held is None and self._store.generation():
            return (*self._models.notices, Said(Notice.INDEX_OPENING))
        said = (*self._models.notices, *(held.notices if held else ()))
        return tuple(one for one in said if one.code in HINDERING)


class _Served:
    """The generation that is served, opened once and kept until another one is published."""

    def __init__(self, store: Store, models: Models) -> None:
        self._store = store
        self._models = models
        self._held: OpenGeneration | None = None
        self._next_try = 0.0
        self._lock = threading.Lock()

    @property
    def held(self) -> OpenGeneration | None:
        """What is open, with the model that is loaded; None where nothing is yet."""
        held = self._held
        return held if held is not None and self._is_as_opened(held) else None

    def current(self) -> OpenGeneration | None:
        """What is served now; None for an empty library."""
        held, name = self._held, self._store.generation()
        if held is not None and self._is_as_opened(held):
            if held.catalogue.generation.name == name:
                return held
            if time.monotonic() < self._next_try:
                return held  # the newer one could not be opened a moment ago
        if not name:
            return None
        if not self._lock.acquire(blocking=held is None or not self._is_as_opened(held)):
            return held  # another thread is opening the newer one: answer from the one we have
        try:
            return self._reopened()
        finally:
            self._lock.release()

    def _is_as_opened(self, held: OpenGeneration) -> bool:
        """Whether the index was opened with the model that is loaded now: one of another model may be rebuilt."""
        return held.encoder is self._models.loaded

    def _reopened(self) -> OpenGeneration:
        held = self._held
        name = self._store.generation()
        if held is not None and held.catalogue.generation.name == name and self._is_as_opened(held):
            return held
        if held is not None:
            held.archive.drop()  # what is not needed any more goes before the next one comes
        try:
            self._models.follow()
            self._held = self._open()
        except (InputError, GenerationError, StoreError, sqlite3.Error) as error:
            if held is None:
                raise
            self._next_try = time.monotonic() + SECONDS_BETWEEN_TRIES
            self._held = held.told(self._models.loaded, Said(Notice.MAYBE_EARLIER, why=str(error)))
            log.warning("still serving %s: %s", held.catalogue.generation.name, error)
        return self._held

    def _open(self) -> OpenGeneration:
        """Open what is served, rebuilt where it has to be; again when it was replaced meanwhile."""
        while True:
            encoder = self._models.loaded
            generation, why = index.ensure(self._store, encoder)
            notices = [Said(Notice.INDEX_REBUILT, why=why)] if why else []
            if (
                encoder is not None and (model := generation.manifest.model) != encoder.id
            ):  # not to be rebuilt here
                notices = [
                    Said(Notice.INDEX_OF_OTHER_MODEL, model=model)
                    if model
                    else Said(Notice.INDEX_WITHOUT_MODEL)
                ]
            try:
                return OpenGeneration(
                    self._store,
                    Catalog.load(self._store, generation),
                    encoder,
                    tuple(notices),
                    self._models.cache,
                )
            except NotFoundError:
                if self._store.generation() == generation.name:
                    raise
