"""Query -> Results, over the open library: retrieve, fuse, keep what is asked for, count, show why."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np

from kb import (
    Edition,
    GenerationError,
    Handbook,
    InputError,
    ModelError,
    NotFoundError,
    Numbers,
    Record,
    Settings,
    StoreError,
    index,
    stored_model,
)
from kb.model import DEPTH, Encoder, Reranker, load_encoder, load_reranker
from kb.search import asking
from kb.search.answer import Answer, Asked, Hit
from kb.search.catalogue import Catalog
from kb.search.earlier import Archive, Earlier
from kb.search.evidence import Evidence
from kb.search.facet_counts import FacetCount, facet_counts
from kb.search.fusion import best_first
from kb.search.nothing import Limits, limits, nothing_fits
from kb.search.offers import Offers, offers
from kb.search.query import DEFAULT_KINDS, Query
from kb.search.retrieval import Mode
from kb.search.similar import Similar, similar
from kb.search.spelling import corrected, corrections, likely
from kb.search.suggest import Suggestion, Suggestions
from kb.store import DATABASE, Store
from kb.words import ALIASES, FACETS, meant

__all__ = [
    "DEFAULT_KINDS",
    "Earlier",
    "Evidence",
    "FacetCount",
    "Hit",
    "Library",
    "Mode",
    "Query",
    "Results",
    "Similar",
]

Slips = tuple[tuple[str, str], ...]
SOME_VALUES = 12
SECONDS_BETWEEN_TRIES = 30.0  # to open a generation that failed to open

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits, best first, of `total`.

    `notice` says what is missing or was changed, `no_match` that the hits are only the nearest there are, `is_weak`
    that none is near in meaning.
    `background` holds the best sections, unless sections were asked for as a kind. Where the model cannot read
    the `language` that was asked in, `language_note` says so in it. `meant` is the text with rare words put as
    they are mostly written here, "" where that changes nothing: to be offered.
    """

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: tuple[FacetCount, ...]
    notice: str
    no_match: bool
    took_ms: float
    background: tuple[Hit, ...] = ()
    is_weak: bool = False
    language: str = ""
    language_note: str = ""
    meant: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """The hits of one query in one catalogue, best first, before a reranker saw them and before a page is cut."""

    asked: Asked
    answer: Answer
    order: Numbers
    slips: tuple[tuple[str, str], ...]
    language: str
    is_nothing: bool
    is_weak: bool
    meant: str


class Library:
    """An open library: its store, the generation it serves, and the model. Safe to use from several threads.

    The model is loaded when a search first needs it (or by `warm`). Each call first looks whether another
    generation is served, and then answers from exactly one.
    """

    def __init__(self, store: Store, settings: Settings, encoder: Encoder | None = None) -> None:
        self._store = store
        self._settings = settings
        self._encoder = encoder
        self._is_encoder_tried = encoder is not None
        self._before: Encoder | None = None
        self._is_model_given = encoder is not None or settings.is_model_fixed
        self._choice = stored_model(settings.data)
        self._model_notice = ""
        self._index_notice = ""
        self._reranker: Reranker | None = None
        self._is_reranker_tried = False
        self._reranker_notice = ""
        self._catalog: Catalog | None = None
        self._archive = Archive(store)
        self._suggestions = ("", Suggestions((), {}))
        self._limits: tuple[str, Limits] | None = None
        self._next_try = 0.0
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> Library:
        """Open the library in the settings' folder; `encoder` replaces the model they name.

        Raises:
            NotFoundError: there is no library yet.
            StoreError: the library is damaged, or newer than this software.
        """
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
    def notice(self) -> str:
        """What a reader of any page should know: the model or the index is missing, or was rebuilt."""
        return " ".join(part for part in self._notices if part)

    @property
    def _notices(self) -> tuple[str, ...]:
        return self._model_notice, self._index_notice, self._reranker_notice

    def warm(self) -> None:
        """Load the model and the generation now, so that the first search need not."""
        self.search(Query("What do we need to have all parts loaded?"))
        asking.translations("warm", "de", ("en",))

    def encoder(self) -> Encoder | None:
        """The model, loaded now if it was not, for those who write; None, and a notice, where that failed."""
        return self._model()

    def catalogue(self) -> Catalog | None:
        """What is served now; None for an empty library."""
        return self._current()

    def handbooks(self) -> tuple[Handbook, ...]:
        """The handbooks that are served, by title."""
        return catalog.handbooks if (catalog := self._current()) else ()

    def editions(self) -> Mapping[str, Edition]:
        """The served editions, by handbook."""
        return catalog.editions if (catalog := self._current()) else {}

    def edition(self, handbook: str) -> Edition:
        """The served edition of a handbook; NotFoundError if there is none."""
        catalog = self._needed(handbook)
        return catalog.editions[catalog.handbook(handbook).id]

    def record(self, record: str) -> Record:
        """A served record, or one of an earlier edition; NotFoundError if there never was one."""
        catalog = self._current()
        if catalog is not None and record in catalog.numbers:
            return catalog.record(record)
        return self._store.record(record)

    def records(self, handbook: str) -> tuple[Record, ...]:
        """The served records of a handbook, in printed order; NotFoundError if there is no such handbook."""
        catalog = self._needed(handbook)
        catalog.handbook(handbook)
        return tuple(catalog.records[n] for n in catalog.facets["handbook"].get(handbook, ()))

    def users_of(self, tool: str) -> tuple[Record, ...]:
        """The served records that use a tool, by handbook and in printed order."""
        catalog = self._current()
        return tuple(r for r in catalog.records if tool in r.tools) if catalog else ()

    def meant(self, facet: str, text: str) -> tuple[str, tuple[str, ...]]:
        """The facet of this name and its values that a text means, such as ("format", "BIP").

        Raises:
            InputError: there is no such facet, or no record has such a value of it.
        """
        name = ALIASES.get(facet, facet)
        if name not in FACETS:
            raise InputError(f"{facet}: there is no such facet; use one of {', '.join(FACETS)}")
        known = self._needed(text).known(name)
        if values := meant(name, text, known):
            return name, values
        some = "; ".join(shown for _, shown in known[:SOME_VALUES]) or "none at all"
        raise InputError(f"{name}={text}: no record has it; this library has {some}")

    def similar(self, record: str, limit: int = 5) -> tuple[Similar, ...]:
        """The records most like one, best first, with reasons; NotFoundError if it is not served."""
        return similar(self._needed(record), record, limit)

    def search(self, query: Query) -> Results:
        """Answer a query. Reads only, unless the index has to be rebuilt from the store."""
        started = time.perf_counter()
        encoder = None if query.mode is Mode.WORDS else self._model()
        catalog = self._current()
        encoder = self._fitting(encoder, catalog)
        if catalog is None or not catalog.records:  # none yet, or all were removed
            notice = f"{self.notice} This library holds no handbook yet.".strip()
            return Results(query, (), 0, (), notice, False, _ms_since(started))
        found = self._find(catalog, encoder, query)
        answer, order = found.answer, found.order
        order = self._reranked(answer, answer.without_twins(order))
        shown = order[query.offset : query.offset + query.limit]
        said = (self.notice, found.asked.notice, _corrected(found.slips), _nothing_found(answer, len(order)))
        return Results(
            query=query,
            hits=answer.hits(shown),
            total=len(order),
            facets=facet_counts(catalog, found.asked.query, answer.is_hit),
            notice=" ".join(part for part in said if part),
            no_match=found.is_nothing,
            took_ms=_ms_since(started),
            background=answer.background(),
            is_weak=found.is_weak,
            language=found.language,
            language_note=asking.said(found.language) if found.language else "",
            meant=found.meant,
        )

    def _find(self, catalog: Catalog, encoder: Encoder | None, query: Query) -> _Found:
        """Score every record and put the hits in order; what is shown of them comes after."""
        asked = Asked.of(catalog, query)
        names = self._known_names(catalog).names
        slips = corrections(catalog, encoder, asked.need, names)
        language = _foreign(catalog, encoder, query)
        others = () if language else likely(catalog, encoder, asked.need, names)
        offered = tuple(pair for pair in others if pair[0] not in dict(slips))
        meant = corrected(query.text, (*slips, *offered)) if offered else ""
        answer = _answer(catalog, encoder, asked, slips, language)
        limit = self._limits_of(catalog, encoder) if _goes_by_meaning(query, catalog, encoder) else None
        order, is_nothing = _best(answer, asked, limit)
        is_weak = not is_nothing and limit is not None and answer.scored.top < limit.weak
        return _Found(asked, answer, order, slips, language, is_nothing, is_weak, meant)

    def _limits_of(self, catalog: Catalog, encoder: Encoder | None) -> Limits:
        """How near answers must be, measured once a generation."""
        held, name = self._limits, catalog.generation.name
        if held is None or held[0] != name:
            held = self._limits = name, limits(catalog, encoder)
        return held[1]

    def earlier(self, query: Query) -> Earlier:
        """Answer from what earlier editions say otherwise or alone; what is served is in no way changed by it."""
        encoder = None if query.mode is Mode.WORDS else self._model()
        served = self._current()
        if served is None or not served.records:
            return Earlier((), 0)
        encoder = self._fitting(encoder, served)
        shelved = self._archive.shelved(served, encoder)
        catalog = shelved.catalog
        asked = Asked.of(catalog, query)
        slips = corrections(catalog, encoder, asked.need, self._known_names(served).names)
        answer = _answer(catalog, encoder, asked, slips, _foreign(catalog, encoder, query))
        limit = self._limits_of(served, encoder) if _goes_by_meaning(query, served, encoder) else None
        order, no_match = _best(answer, asked, limit)
        best = () if no_match else shelved.better(order, answer.scored.score)
        shown = np.array(best[: query.limit], dtype=np.int64)
        return Earlier(answer.hits(shown), len(best), shelved.unread)

    def offers(self, need: str) -> Offers:
        """What to ask instead of a need that nothing answers; nothing of an empty library."""
        catalog = self._current()
        if catalog is None:
            return Offers((), ())
        encoder = self._fitting(self._model(), catalog)

        def answers(text: str) -> int:
            found = self._find(catalog, encoder, Query(text))
            return 0 if found.is_nothing else len(found.answer.without_twins(found.order))

        return offers(catalog, encoder, need, answers)

    def suggest(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Titles, tools, institutions and themes that begin like a text; none of an empty library."""
        catalog = self._current()
        if catalog is None:
            return ()
        return self._known_names(catalog).starting(text, limit)

    def _known_names(self, catalog: Catalog) -> Suggestions:
        name, known = self._suggestions
        if name != catalog.generation.name:
            known = Suggestions.of(catalog)
            self._suggestions = catalog.generation.name, known
        return known

    def _model(self) -> Encoder | None:
        """The encoder, loaded once; None, and a notice, where that failed."""
        if self._is_encoder_tried:
            return self._encoder
        with self._lock:
            if not self._is_encoder_tried:
                try:
                    self._encoder = load_encoder(self._settings)
                except ModelError as error:
                    self._model_notice = f"Searching by words only: {error}."
                    log.warning("searching by words only: %s", error)
                self._is_encoder_tried = True
                self._catalog = None  # its index may be of another model: look again
        return self._encoder

    def _fitting(self, encoder: Encoder | None, catalog: Catalog | None) -> Encoder | None:
        """The encoder that a catalogue's vectors are of: while models are switched, that may be the one before."""
        if encoder is None or catalog is None:
            return None
        model = catalog.generation.manifest.model
        known = (encoder, self._encoder, self._before)
        return next((one for one in known if one is not None and one.id == model), None)

    def _follow_choice(self) -> None:
        """Load the model that the library was told to use meanwhile; where that fails, words have to do."""
        if self._is_model_given:
            return
        chosen = stored_model(self._settings.data)
        if chosen == self._choice:
            return
        self._choice = chosen
        self._settings = replace(self._settings, model=chosen)
        if not self._is_encoder_tried:
            return
        self._before, self._encoder, self._model_notice = self._encoder, None, ""
        try:
            self._encoder = load_encoder(self._settings)
        except ModelError as error:
            self._model_notice = f"Searching by words only: {error}."
            log.warning("searching by words only: %s", error)

    @property
    def is_reranking(self) -> bool:
        """Whether the settings name a reranker that could be loaded."""
        return self._second() is not None

    def _second(self) -> Reranker | None:
        """The reranker, loaded once; None where none is named, or, with a notice, where that failed."""
        if not self._settings.reranker or self._is_reranker_tried:
            return self._reranker
        with self._lock:
            if not self._is_reranker_tried:
                try:
                    self._reranker = load_reranker(self._settings.reranker)
                except ModelError as error:
                    self._without_reranker(error)
                self._is_reranker_tried = True
        return self._reranker

    def _reranked(self, answer: Answer, order: Numbers) -> Numbers:
        """The order with its first ones as the reranker would have them, equal ones as they were."""
        query = answer.query
        reranker = self._second() if query.is_reranked and query.mode is Mode.HYBRID else None
        if reranker is None or not len(order):
            return order
        first = order[:DEPTH]
        try:
            scores = reranker.scores(answer.need, [answer.text(int(number)) for number in first])
        except ModelError as error:
            self._without_reranker(error)
            return order
        return np.concatenate([first[best_first(scores)], order[DEPTH:]])

    def _without_reranker(self, error: ModelError) -> None:
        self._reranker = None
        self._reranker_notice = f"Answers are not ranked a second time: {error}."
        log.warning("no reranker: %s", error)

    def _needed(self, wanted: str) -> Catalog:
        catalog = self._current()
        if catalog is None:
            raise NotFoundError(f"{wanted}: this library holds no handbook yet; run: kb ingest FILE.pdf")
        return catalog

    def _current(self) -> Catalog | None:
        """The catalogue of the generation that is served now; None for an empty library."""
        catalog = self._catalog
        name = self._store.generation()
        if catalog is not None and catalog.generation.name == name:
            return catalog
        if catalog is not None and time.monotonic() < self._next_try:
            return catalog  # the newer one could not be opened a moment ago
        if not name:
            return None
        if not self._lock.acquire(blocking=catalog is None):
            return catalog  # another thread is opening the newer one: answer from the one we have
        try:
            return self._reopened()
        finally:
            self._lock.release()

    def _reopened(self) -> Catalog:
        held = self._catalog
        if held is not None and held.generation.name == self._store.generation():
            return held
        self._archive.drop()
        try:
            self._follow_choice()
            self._catalog = self._open()
        except (InputError, GenerationError, StoreError, sqlite3.Error) as error:
            if held is None:
                raise
            self._next_try = time.monotonic() + SECONDS_BETWEEN_TRIES
            self._index_notice = f"Answers may be of an earlier edition: {error}."
            log.warning("still serving %s: %s", held.generation.name, error)
            return held
        return self._catalog

    def _open(self) -> Catalog:
        """Open what is served, rebuilt where it has to be; again when it was replaced meanwhile."""
        while True:
            generation, why = index.ensure(self._store, self._encoder)
            self._index_notice = f"The index was rebuilt: {why}." if why else ""
            known, encoder = generation.manifest.model, self._encoder
            if encoder is not None and known != encoder.id:  # and it may not be rebuilt here
                self._index_notice = f"Searching by words only: the index is of {known or 'no model'}."
            try:
                return Catalog.load(self._store, generation)
            except NotFoundError:
                if self._store.generation() == generation.name:
                    raise


def _foreign(catalog: Catalog, encoder: Encoder | None, query: Query) -> str:
    """The language a query is asked in, where the model cannot read it and not all records are in it; else ""."""
    if not asking.reads_only_english(encoder):
        return ""
    language = asking.language_of(query.need)
    is_alone = catalog.languages == (language,)
    return "" if language in ("", asking.ENGLISH) or is_alone else language


def _answer(catalog: Catalog, encoder: Encoder | None, asked: Asked, slips: Slips, language: str) -> Answer:
    """What the catalogue has for a need, its slips corrected; one in another language is helped by translations."""
    helped = asking.translations(asked.need, language, catalog.languages) if language else ()
    return Answer.of(catalog, encoder, asked, corrected(asked.need, slips), helped, bool(language))


def _goes_by_meaning(query: Query, catalog: Catalog, encoder: Encoder | None) -> bool:
    return query.mode is not Mode.WORDS and encoder is not None and catalog.means is not None


def _best(answer: Answer, asked: Asked, limit: Limits | None) -> tuple[Numbers, bool]:
    """The hits asked for, best first, and whether even these do not answer."""
    order = best_first(answer.scored.score, np.flatnonzero(answer.is_hit & answer.is_asked))
    return order, not len(order) or (not asked.is_list and nothing_fits(answer.scored, order, limit))


def _corrected(slips: Slips) -> str:
    return " ".join(f"No record has “{typed}”: searched for “{meant}”." for typed, meant in slips)


def _nothing_found(answer: Answer, total: int) -> str:
    if total:
        return ""
    if not answer.is_asked.any():
        return "No record of this library fits these filters."
    if answer.query.phrases and not answer.is_hit.any():
        return "No record has these words just as they stand in quotes."
    return "No answer fits these filters." if answer.is_hit.any() else "No record answers this."


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
