"""The models that a library searches with: loaded when they are first needed, followed when others are chosen."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

from kb import Code, ModelError, Said, Settings, stored_model
from kb.model import Encoder, Reranker, load_encoder, load_reranker

log = logging.getLogger(__name__)


class Notice(Code):
    """What a library cannot do at present, or had to do."""

    WORDS_ONLY = "words-only"
    NOT_RERANKED = "not-reranked"
    INDEX_OF_OTHER_MODEL = "index-of-other-model"
    INDEX_WITHOUT_MODEL = "index-without-model"
    INDEX_REBUILT = "index-rebuilt"
    MAYBE_EARLIER = "maybe-earlier"
    MODEL_LOADING = "model-loading"
    INDEX_OPENING = "index-opening"


class Models:
    """The encoder and the reranker, and what went wrong with them. Safe to use from several threads."""

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self._settings = settings
        self._encoder = encoder
        self._before: Encoder | None = None
        self._is_tried = encoder is not None
        self._is_given = encoder is not None or settings.is_model_fixed
        self._choice = stored_model(settings.data)
        self._reranker: Reranker | None = None
        self._is_reranker_tried = False
        self._without_encoder: Said | None = None
        self._without_reranker: Said | None = None
        self._lock = threading.Lock()

    @property
    def notices(self) -> tuple[Said, ...]:
        """What could not be loaded, or failed at work."""
        return tuple(said for said in (self._without_encoder, self._without_reranker) if said is not None)

    @property
    def is_tried(self) -> bool:
        """Whether it is known if the encoder can be loaded."""
        return self._is_tried

    @property
    def cache(self) -> Path:
        """Where what can be made again is kept."""
        return self._settings.cache

    @property
    def loaded(self) -> Encoder | None:
        """The encoder as far as it was loaded."""
        return self._encoder

    def encoder(self) -> Encoder | None:
        """The encoder, loaded once; None, and a notice, where that failed."""
        if not self._is_tried:
            with self._lock:
                if not self._is_tried:
                    self._load()
                    self._is_tried = True
        return self._encoder

    def begin(self) -> None:
        """Start to load the encoder in a thread of its own, so that other work goes on meanwhile."""
        threading.Thread(target=self.encoder, daemon=True).start()

    def fitting(self, model: str) -> Encoder | None:
        """The encoder of this id, loaded if none was: while models are switched, that may be the one before."""
        known = (self.encoder(), self._before)
        return next((one for one in known if one is not None and one.id == model), None)

    def follow(self) -> None:
        """Load the model that the library was told to use meanwhile; where that fails, words have to do."""
        if self._is_given or (chosen := stored_model(self._settings.data)) == self._choice:
            return
        with self._lock:
            self._choice = chosen
            self._settings = replace(self._settings, model=chosen)
            if self._is_tried:
                self._before, self._encoder, self._without_encoder = self._encoder, None, None
                self._load()

    def reranker(self) -> Reranker | None:
        """The reranker, loaded once; None where none is named, or, with a notice, where that failed."""
        if self._settings.reranker and not self._is_reranker_tried:
            with self._lock:
                if not self._is_reranker_tried:
                    try:
                        self._reranker = load_reranker(self._settings.reranker)
                    except ModelError as error:
                        self.drop_reranker(error)
                    self._is_reranker_tried = True
        return self._reranker

    def drop_reranker(self, error: ModelError) -> None:
        """Do without the reranker, which failed."""
        self._reranker = None
        self._without_reranker = Said(Notice.NOT_RERANKED, why=str(error))
        log.warning("no reranker: %s", error)

    def _load(self) -> None:
        try:
            self._encoder = load_encoder(self._settings)
        except ModelError as error:
            self._without_encoder = Said(Notice.WORDS_ONLY, why=str(error))
            log.warning("searching by words only: %s", error)
