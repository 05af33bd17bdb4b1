"""One generation of a library as one request sees it: what it holds, and its answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb import Edition, Handbook, InputError, Kind, ModelError, NotFoundError, Numbers, Record, Said, Scores
from kb.index import Picked
from kb.model import DEPTH, ENGLISH, Encoder
from kb.search import asking, constraints, sorting
from kb.search.answer import Answer, FacetCount, Hit, Question, Remark
from kb.search.catalogue import Catalog
from kb.search.constraints import Constraint
from kb.search.earlier import Earlier
from kb.search.loading import Models
from kb.search.narrowed import narrowed
from kb.search.nothing import DOUBTED, SURE, WEAK, Signs, chance
from kb.search.offers import Offers, offers
from kb.search.opened import Made, OpenGeneration
from kb.search.pool import ASIDE, alike, pool
from kb.search.query import Query, Sort
from kb.search.similar import Similar, similar
from kb.search.spelling import corrected, corrections, likely
from kb.search.suggest import Suggestion
from kb.search.usual import Usual
from kb.store import Store
from kb.words import ALIASES, FACETS, meant

Slips = tuple[tuple[str, str], ...]
SOME_VALUES = 12
MOST_BEHIND = 50  # answers in a large library that are looked at for tools named in passing
MOST_TOTALS, LONGEST_TOTAL = 2000, 200  # texts, characters: what is kept of offers takes less than a megabyte


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits, best first, of `total`.

    `notices` say what the library cannot do at present, `remarks` what was read otherwise than typed, or why there is
    no hit; `no_match` says that the hits are only the nearest there are, `is_weak` that none is near in meaning.
    `background` holds the best sections, unless sections were asked for as a kind; `has_chapter` says that the first
    of them answers very well. `language` is the one that was asked in, "" where that is not sure. `coverage` says of
    each facet which share of the hits, under the other filters, has any value of it. `meant` is the text with rare
    words put as they are mostly written here, "" where that changes nothing: to be offered. `constraints` are what
    the need was read to prefer.
    """

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: tuple[FacetCount, ...]
    notices: tuple[Said, ...]
    remarks: tuple[Said, ...]
    no_match: bool
    took_ms: float
    background: tuple[Hit, ...] = ()
    is_weak: bool = False
    language: str = ""
    meant: str = ""
    constraints: tuple[Constraint, ...] = ()
    coverage: Mapping[str, float] = field(default_factory=dict)
    has_chapter: bool = False
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """The hits of one query in one catalogue, best first, before a reranker saw them and before a page is cut.

    `fit` is the share of what is preferred that each record has.
    """

    question: Question
    answer: Answer
    order: Numbers
    constraints: tuple[Constraint, ...]
    fit: Scores
    slips: Slips
    language: str
    is_nothing: bool
    is_weak: bool
    is_sure: bool
    meant: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a library serves at one moment: everything is read and answered from one generation.

    `store` has what is not served: earlier editions, needs, edits. It is read as it is by now.
    """

    store: Store
    models: Models
    opened: OpenGeneration | None

    @property
    def notices(self) -> tuple[Said, ...]:
        """What a reader of any page should know: the model or the index is missing, or was rebuilt."""
        return (*self.models.notices, *(self.opened.notices if self.opened else ()))

    @property
    def catalogue(self) -> Catalog | None:
        """What is served; None for an empty library."""
        return self.opened.catalogue if self.opened else None

    @property
    def handbooks(self) -> tuple[Handbook, ...]:
        """The handbooks that are served, by title."""
        return self.catalogue.handbooks if self.catalogue else ()

    @property
    def editions(self) -> Mapping[str, Edition]:
        """The served editions, by handbook."""
        return self.catalogue.editions if self.catalogue else {}

    def edition(self, handbook: str) -> Edition:
        """The served edition of a handbook; NotFoundError if there is none."""
        catalog = self._needed(handbook)
        return catalog.editions[catalog.handbook(handbook).id]

    def record(self, record: str) -> Record:
        """A served record, or one of an earlier edition; NotFoundError if there never was one."""
        if self.catalogue is not None and self.is_served(record):
            return self.catalogue.record(record)
        return self.store.record(record)

    def is_served(self, record: str) -> bool:
        """Whether the served edition of some handbook has a record of this id."""
        return self.catalogue is not None and record in self.catalogue.numbers

    def records(self, handbook: str) -> tuple[Record, ...]:
        """The served records of a handbook, in printed order; NotFoundError if there is no such handbook."""
        catalog = self._needed(handbook)
        catalog.handbook(handbook)
        return tuple(catalog.records[n] for n in catalog.facets["handbook"].get(handbook, ()))

    def everything(self, *kinds: Kind, handbook: str = "") -> Sequence[Record]:
        """The served records of these kinds (all if none is named), each read when it is asked for.

        They come by handbook, as these are listed, and in printed order; or of one handbook alone.
        """
        catalog = self.catalogue
        if catalog is None:
            return ()
        books = [handbook] if handbook else [book.id for book in catalog.handbooks]
        held = catalog.facets["handbook"]
        numbers = np.concatenate([np.zeros(0, np.int64), *(held[book] for book in books if book in held)])
        return Picked(catalog.records, numbers[catalog.having("kind", kinds)[numbers]])

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What is made of all that is served, by this name: made at the first call and kept with the generation."""
        return self.opened.once(name, make) if self.opened else make()

    def dates(self, handbook: str) -> tuple[tuple[int, str], ...]:
        """Number and time of ingest of each published edition, newest first; NotFoundError for no handbook."""
        return tuple(one for one in self.store.dates(handbook) if self._is_known(handbook, one[0]))

    def history(self, record: Record) -> tuple[tuple[int, int], ...]:
        """The published editions that have a record, newest first, each with the PDF page it starts on there."""
        return tuple(one for one in self.store.history(record.id) if self._is_known(record.handbook, one[0]))

    def modified(self, record: Record) -> str:
        """Since when a served record reads as it does here, UTC; "" of another one, or where that is not known now."""

        def stamps() -> dict[str, str]:
            found = self.store.harvest_stamps(record.handbook)
            is_newer = self.catalogue and self.store.generation() != self.catalogue.generation.name
            return {} if is_newer else found

        return self.once(f"stamps of {record.handbook}", stamps).get(record.id, "")

    def users_of(self, tool: str) -> tuple[Record, ...]:
        """The served records that use a tool, by handbook and in printed order."""
        catalog = self.catalogue
        return tuple(catalog.records[n] for n in catalog.users.get(tool, ())) if catalog else ()

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
        catalog = self._needed(record)
        if catalog.is_large and record in catalog.numbers:
            catalog = narrowed(catalog, alike(catalog, catalog.numbers[record]))
        return similar(catalog, record, limit)

    def suggest(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Titles, tools, institutions and themes that begin like a text; none of an empty library."""
        return self.opened.names.starting(text, limit) if self.opened else ()

    def search(self, query: Query) -> Results:
        """Answer a query."""
        started = time.perf_counter()
        opened, encoder = self.opened, self._encoder(query)
        if opened is None or not opened.catalogue.records:  # none yet, or all were removed
            empty = (Said(Remark.EMPTY),)
            return Results(query, (), 0, (), self.notices, empty, False, _ms_since(started))
        found = _find(opened, encoder, query)
        answer = found.answer
        order = answer.without_twins(found.order)
        order = self._reranked(answer, order, found.fit)
        if query.sort is not Sort.BEST:
            places = opened.once(
                f"places by {query.sort}", lambda: sorting.places(opened.catalogue, query.sort)
            )
            within = answer.catalog.within
            order = sorting.sorted_by(places if within is None else places[within], order)
        facets, coverage = answer.facet_counts()
        background, is_very_good = answer.background()
        remarks = (*found.question.remarks, *_put_right(found.slips), *answer.remarks(len(order)))
        return Results(
            query=query,
            hits=answer.hits(order[query.offset : query.offset + query.limit]),
            total=len(order),
            facets=facets,
            notices=self.notices,
            remarks=remarks,
            no_match=found.is_nothing,
            took_ms=_ms_since(started),
            background=background,
            is_weak=found.is_weak,
            language=found.language,
            meant=found.meant,
            constraints=found.constraints,
            coverage=coverage,
            has_chapter=is_very_good and not found.is_nothing,
            is_sure=found.is_sure,
        )

    def earlier(self, query: Query) -> Earlier:
        """Answer from what earlier editions say otherwise or alone; what is served is in no way changed by it."""
        opened, encoder = self.opened, self._encoder(query)
        if opened is None or not opened.catalogue.records:
            return Earlier((), 0)
        shelved = opened.archive.shelved(opened.catalogue, encoder)
        question = Question.of(shelved.catalog, query)
        slips = corrections(shelved.catalog, encoder, question.need, opened.names.names)
        language = _language(shelved.catalog, question.need)
        usual = opened.usual(encoder, query, language)
        answer = _answer(shelved.catalog, encoder, question, slips, language, usual)
        order = answer.order()
        is_nothing = _chance(answer, question, language, order, usual) < DOUBTED
        best = () if is_nothing else shelved.better(order, answer.scored.score)
        shown = np.array(best[: query.limit], dtype=np.int64)
        return Earlier(answer.hits(shown), len(best), shelved.unread)

    def offers(self, need: str) -> Offers:
        """What to ask instead of a need that nothing answers; nothing of an empty library."""
        opened, encoder = self.opened, self._encoder(Query(need))
        if opened is None:
            return Offers((), ())
        near = (
            _find(opened, encoder, Query(need)).answer.catalog
            if opened.catalogue.is_large
            else opened.catalogue
        )

        def answers(text: str) -> int:
            if (known := opened.totals.get(text)) is not None:
                return known
            found = _find(opened, encoder, Query(text))
            total = 0 if found.is_nothing or found.is_weak else len(found.answer.without_twins(found.order))
            if len(opened.totals) < MOST_TOTALS and len(text) <= LONGEST_TOTAL:
                opened.totals[text] = total
            return total

        return offers(near, encoder, need, answers)

    def warm(self) -> None:
        """Load whatever a search may need."""
        self.search(Query("What do we need to have all parts loaded?"))
        asking.translations("warm", "de", ("en",))

    def _is_known(self, handbook: str, edition: int) -> bool:
        """Whether an edition was there when the snapshot was taken."""
        newest = self.catalogue.newest if self.catalogue else {}
        return edition <= newest.get(handbook, edition)

    def _encoder(self, query: Query) -> Encoder | None:
        """The model that the index is of, where the query goes by meaning."""
        if self.opened is None or not query.needs_model:
            return None
        return self.models.fitting(self.opened.catalogue.generation.manifest.model)

    def _reranked(self, answer: Answer, order: Numbers, fit: Scores) -> Numbers:
        """The order with its first ones as the reranker would have them, what is preferred lifted as before."""
        reranker = self.models.reranker() if answer.query.wants_reranker else None
        if reranker is None or not len(order):
            return order
        first = order[:DEPTH]
        try:
            scores = reranker.scores(answer.need, [answer.text(int(number)) for number in first])
        except ModelError as error:
            self.models.drop_reranker(error)
            return order
        above = scores - scores.min() if fit.any() else scores
        again = first[constraints.preferred(np.arange(len(first)), above, fit[first])]
        return np.concatenate([again, order[DEPTH:]])

    def _needed(self, wanted: str) -> Catalog:
        if self.catalogue is None:
            raise NotFoundError(f"{wanted}: this library holds no handbook yet; run: kb ingest FILE.pdf")
        return self.catalogue


def _find(opened: OpenGeneration, encoder: Encoder | None, query: Query) -> _Found:
    """Score every record and put the hits in order; what is shown of them comes after."""
    catalog, names = opened.catalogue, opened.names.names
    question = Question.of(catalog, query)
    if encoder is not None and question.need and not question.is_list:
        ASIDE.submit(encoder.queries, [question.need])  # models keep what was asked last
    slips = corrections(catalog, encoder, question.need, names)
    language = _language(catalog, question.need)
    others = likely(catalog, encoder, question.need, names) if language in ("", ENGLISH) else ()
    offered = tuple(pair for pair in others if pair[0] not in dict(slips))
    meant = corrected(query.text, (*slips, *offered)) if offered else ""
    usual = opened.usual(encoder, query, language)
    answer = _answer(catalog, encoder, question, slips, language, usual)
    catalog = answer.catalog
    order = answer.order()
    likely_answered = _chance(answer, question, language, order, usual)
    is_nothing, is_weak = likely_answered < DOUBTED, DOUBTED <= likely_answered < WEAK
    wanted = constraints.read(query, language, opened.values)
    fit = constraints.fits(catalog, wanted)
    order = constraints.preferred(order, answer.scored.score, fit)
    if catalog.within is None:
        hosts = opened.once("hosts of tools", lambda: sorting.hosts(catalog))
    else:
        hosts = sorting.hosts(catalog, order[:MOST_BEHIND])
    order = sorting.behind(order, hosts, answer.scored.printed)
    is_sure = likely_answered >= SURE
    return _Found(question, answer, order, wanted, fit, slips, language, is_nothing, is_weak, is_sure, meant)


def _language(catalog: Catalog, need: str) -> str:
    """The language that a need is asked in, "" where that is not sure."""
    whole = catalog.generation.whole
    return asking.asked_in(need, lambda: whole.most_covered(need, catalog.languages))


def _answer(
    catalog: Catalog,
    encoder: Encoder | None,
    question: Question,
    slips: Slips,
    language: str,
    usual: Usual | None,
) -> Answer:
    """What the catalogue has for a need, its slips corrected; one in another language is helped by translations.

    A large one is narrowed to what may answer.
    """
    is_foreign = language not in ("", ENGLISH) and catalog.languages != (language,)
    helped = asking.translations(question.need, language, catalog.languages) if is_foreign else ()
    need = corrected(question.need, slips)
    if catalog.is_large and question.is_list:
        return Answer.of(catalog, None, question, "")  # all of them answer: in printed order
    if catalog.is_large:
        said = (question.query, question.wanted, need, helped, language, usual, question.phrases)
        catalog = narrowed(catalog, pool(catalog, encoder, *said))
    return Answer.of(catalog, encoder, question, need, helped, language, usual)


def _chance(answer: Answer, question: Question, language: str, order: Numbers, usual: Usual | None) -> float:
    """How likely it is that the hits answer (`order`: record numbers, best first); where words had to do, they do."""
    if not len(order):
        return 0.0
    if question.is_list or usual is None:
        return 1.0
    return chance(Signs.of(answer.catalog, answer.need, language, answer.scored, order, usual))


def _put_right(slips: Slips) -> tuple[Said, ...]:
    return tuple(Said(Remark.PUT_RIGHT, typed=typed, meant=meant) for typed, meant in slips)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
