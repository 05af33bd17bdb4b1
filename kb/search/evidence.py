"""Why a record is an answer: a sentence of it or a row of a table, with what follows it and marks.

What a reader is shown first says something: at least six words with a verb, or cells under their heads. Links, numbers
and names of institutions are never chosen; where a record has nothing but those, its title is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

from kb import Edition, Passage, Record, Scores
from kb.model import Range, page_at, sentences
from kb.words import acronyms, fold, forms_of, has_verb, is_stop_word, letters, ranges_of, telling, vocabulary

WORD_COUNTS = 0.03  # of cosine, each different matching word
SHOWN = 320  # characters: three lines on a wide screen
MOST_READ = 1024  # passages that are kept as they were read, some kilobytes each with their records
LEAST_WORDS = 6  # of a sentence, or of a fragment that has none of the need

_LINK = re.compile(r"\b(?:https?://|www\.)\S+|(?<!\S)\S+@\S+|\b(?:[\w-]{1,63}+\.){1,10}[a-z]{2,}\b(?:/\S*)?")
_TOKEN = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class ShownAs(StrEnum):
    """What answers in an excerpt.

    A row is one of a table, with the heads of its cells, or a short field under its label. A fragment is shown where a
    record has no sentence and no such row, its title where the words are found there alone or nothing says anything.
    """

    SENTENCE = "sentence"
    ROW = "row"
    FRAGMENT = "fragment"
    TITLE = "title"


_Forms = frozenset[tuple[str, str]]
_ANSWERS = (ShownAs.SENTENCE, ShownAs.ROW)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A verbatim piece of a record: which field it stands in, on which page, and what in it matches.

    `marks` are character ranges of `text`, in order: the words of the need, and all of what answers where it has none
    of them; a title may have none. `field` is the place of its field in the record, from 0; None where it is of none.
    `form` says what it is that answers.
    """

    label: str
    page: int
    page_label: str
    text: str
    marks: tuple[Range, ...]
    field: int | None
    form: ShownAs = ShownAs.SENTENCE


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in a record: a need in a language, "" for an unknown one, and translations of its terms.

    `is_printed` says that the record prints it: a name or a term, which is to be seen where it stands.
    """

    need: str
    language: str = ""
    helped: tuple[str, ...] = ()
    is_printed: bool = False

    def ranges(self, text: str, language: str) -> tuple[Range, ...]:
        """Where its words stand in a text, by the stems of the text's language.

        Of a need in another language only what is printed alike counts, names above all, and no small word of either.
        """
        return ranges_of(self._sought(language), text, language)

    def _sought(self, language: str) -> _Forms:
        if self.language in ("", language):
            return forms_of(self.need, language)
        return _shared(self.need, self.language, language) | forms_of(" ".join(self.helped), language)

    def is_whole_in(self, text: str, language: str) -> bool:
        """Whether a text has every word of it that tells."""
        words = [word for _, word in telling(self.need, self.language or language)]
        return all(Sought(word, self.language).ranges(text, language) for word in words)


@lru_cache(maxsize=256)
def _shared(need: str, language: str, other: str) -> _Forms:
    """What the words of a need are known by in print; without the small words of its language and of another.

    What capitals make an acronym stays.
    """
    known = acronyms(need)

    def kept(found: re.Match[str]) -> str:
        is_small = any(is_stop_word(found[0].lower(), one) for one in (language, other))
        return "" if is_small and found[0] not in known else found[0]

    return forms_of(_TOKEN.sub(kept, need), "")


@dataclass(frozen=True)
class _Read:
    """What of a passage does not depend on what is asked: its sentences, and the places that they stand in.

    A place is a sentence, or a row of a table with the sentences in it; `place_of` has the number of each sentence's.
    """

    record: Record
    passage: Passage
    places: tuple[Range, ...]
    place_of: tuple[int, ...]
    is_row: tuple[bool, ...]

    @cached_property
    def forms(self) -> tuple[ShownAs | None, ...]:
        """What each place is; None of what says nothing."""
        return tuple(
            ShownAs.ROW if is_row else _form(self.passage.text[start:end], self.record)
            for (start, end), is_row in zip(self.places, self.is_row, strict=True)
        )

    @cached_property
    def are_values(self) -> tuple[bool, ...]:
        """Whether each place is all that a field says under its label."""
        return tuple(_is_value(self.record, self.passage, place) for place in self.places)


@dataclass(frozen=True)
class _Of:
    """A record as a key, which is sought by its id."""

    record: Record

    def __hash__(self) -> int:
        return hash(self.record.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Of) and (self.record is other.record or self.record == other.record)


@lru_cache(maxsize=MOST_READ)
def _read(passage: Passage, of: _Of) -> _Read:
    """Read a passage of a record for what may answer; most needs find the same few hundred."""
    spans = sentences(passage.text) or [(0, len(passage.text))]
    rows = _rows(of.record, passage)
    whole = [next((row for row in rows if row[0] <= a and b <= row[1]), (a, b)) for a, b in spans]
    places = tuple(dict.fromkeys(whole))
    is_row = tuple(place in rows for place in places)
    return _Read(of.record, passage, places, tuple(map(places.index, whole)), is_row)


@dataclass(frozen=True, slots=True)
class _Part:
    """A place of a passage beside what is asked; more `worth` answers better."""

    read: _Read
    number: int
    words: tuple[Range, ...]
    worth: float

    @property
    def passage(self) -> Passage:
        """The passage that it stands in."""
        return self.read.passage

    @property
    def place(self) -> Range:
        """Where it stands there."""
        return self.read.places[self.number]

    @property
    def form(self) -> ShownAs | None:
        """What it is; None of what says nothing."""
        form = self.read.forms[self.number]
        return (
            ShownAs.ROW
            if form is ShownAs.FRAGMENT and self.words and self.read.are_values[self.number]
            else form
        )

    @property
    def answers(self) -> bool:
        """Whether it can be shown first."""
        return self.form in _ANSWERS

    @property
    def is_question(self) -> bool:
        """Whether it asks its readers something, and so answers nobody."""
        return self.passage.text[slice(*self.place)].rstrip().endswith(("?", "?”", "?»", '?"'))

    @property
    def is_telling(self) -> bool:
        """Whether it can be shown where nothing answers."""
        length = len(_WORD.findall(self.passage.text[slice(*self.place)]))
        return self.form is ShownAs.FRAGMENT and (bool(self.words) or length >= LEAST_WORDS)


@dataclass(slots=True)
class _Reading:
    """A record's passages, the best first, read for what answers; those after it only where they are asked for."""

    asked: Sought
    record: Record
    passages: Sequence[Passage]
    meaning: Callable[[Passage], Scores | None]
    _rest: list[_Part] | None = field(default=None, init=False)
    _words: dict[int, tuple[Range, ...]] = field(default_factory=dict, init=False)

    def words(self, passage: Passage) -> tuple[Range, ...]:
        """Where words of the need stand in a passage."""
        if passage.number not in self._words:
            self._words[passage.number] = self.asked.ranges(passage.text, self.record.language)
        return self._words[passage.number]

    def with_words(self) -> list[_Part]:
        """The parts with words of the need of all but the best passage, in printed order."""
        held = [passage for passage in self.passages[1:] if self.words(passage)]
        return [part for passage in held for part in self.parts(passage) if part.words]

    def best(self) -> list[_Part]:
        """The parts of the best passage."""
        return self.parts(self.passages[0])

    def rest(self) -> list[_Part]:
        """Those of all others, in printed order."""
        if self._rest is None:
            self._rest = [part for passage in self.passages[1:] for part in self.parts(passage)]
        return self._rest

    def parts(self, passage: Passage) -> list[_Part]:
        """Those of one passage, in printed order."""
        read = _read(passage, _Of(self.record))
        meaning = self.meaning(passage)
        near: list[float] | None = None
        if meaning is not None and len(meaning) == len(read.place_of):
            near = [-1.0] * len(read.places)
            for number, own in zip(read.place_of, meaning.tolist(), strict=True):
                near[number] = max(near[number], own)
        words = self.words(passage)
        return [
            self._part(read, number, near[number] if near else None, words)
            for number in range(len(read.places))
        ]

    def _part(self, read: _Read, number: int, near: float | None, words: Sequence[Range]) -> _Part:
        start, end = read.places[number]
        own = tuple(word for word in words if start <= word[0] and word[1] <= end)
        different = len({fold(read.passage.text[a:b]) for a, b in own})
        filled = different / (end - start + 40)
        worth = different + filled if near is None else near + WORD_COUNTS * different
        return _Part(read, number, own, worth)


def evidence(
    asked: Sought,
    record: Record,
    passages: Sequence[Passage],
    edition: Edition,
    meaning: Callable[[Passage], Scores | None] = lambda _: None,
) -> Excerpt:
    """The piece of a record that a reader should see first; its passages come with the best one first.

    `meaning` gives the cosines of a passage's sentences with the question; where it gives none, words decide.
    """
    reading = _Reading(asked, record, passages, meaning)
    near = reading.best()
    if not record.fields or (not any(part.words for part in near) and _is_by_title(reading)):
        return _title(asked, record, edition)
    chosen = _chosen(reading, near)
    if chosen is None:
        return _title(asked, record, edition)
    return _excerpt(record, edition, reading.parts(chosen.passage), chosen)


def _is_by_title(reading: _Reading) -> bool:
    """Whether words of the need stand in the title alone; where meaning is known, all that tell must."""
    asked, record = reading.asked, reading.record
    if not asked.ranges(record.title, record.language) or any(
        reading.words(passage) for passage in reading.passages[1:]
    ):
        return False
    return reading.meaning(reading.passages[0]) is None or asked.is_whole_in(record.title, record.language)


def _chosen(reading: _Reading, near: Sequence[_Part]) -> _Part | None:
    """What answers: of the best passage, else of another, else the best fragment; None where all say nothing."""
    answers = [part for part in near if part.answers]
    if reading.asked.is_printed and not any(part.words for part in answers):
        answers = [part for part in reading.with_words() if part.answers] or answers
    if not (said := [part for part in answers if not part.is_question]):
        others = [part for part in reading.rest() if part.answers]
        said = [part for part in others if not part.is_question] or answers or others
    answers = said
    if reading.asked.is_printed:
        answers = [part for part in answers if part.words] or answers
    fragments = (part for part in (*near, *reading.rest()) if part.is_telling) if not answers else ()
    return max(answers or fragments, key=lambda part: part.worth, default=None)


def _rows(record: Record, passage: Passage) -> list[Range]:
    """The rows with heads that stand in a passage whole and can be shown so."""
    if passage.field < 0 or not record.fields[passage.field].tables:
        return []
    rows = [(a - passage.start, b - passage.start) for a, b in record.fields[passage.field].rows]
    return [(a, b) for a, b in rows if a >= 0 and b <= len(passage.text) and b - a <= SHOWN]


def _form(text: str, record: Record) -> ShownAs | None:
    """What a text is that is no row; None for a link, a number, a name, and what repeats the title."""
    bare = _LINK.sub(" ", text)
    words = len(_WORD.findall(bare))
    if words >= LEAST_WORDS and letters(text) != letters(record.title) and has_verb(bare, record.language):
        return ShownAs.SENTENCE
    is_link = bare != text and words < LEAST_WORDS
    return None if is_link or not words or _is_name(text, record) else ShownAs.FRAGMENT


def _is_name(text: str, record: Record) -> bool:
    """Whether nothing is left of a text without the record's title and the institutions of it."""
    names = {record.institution, *record.values("institution"), *record.values("partner")}
    left = letters(text)
    if left == letters(record.title) or vocabulary.load().institution(text.strip(" .•")):
        return True
    for name in sorted(map(letters, names), key=len, reverse=True):
        left = left.replace(name, "") if name else left
    return not left


def _is_value(record: Record, passage: Passage, place: Range) -> bool:
    """Whether a place of a passage is all that a field says under its label."""
    if passage.field < 0 or not passage.label:
        return False
    return letters(record.fields[passage.field].spoken) == letters(passage.text[slice(*place)])


def _title(asked: Sought, record: Record, edition: Edition) -> Excerpt:
    """The title, with the words of the need that it has."""
    page = record.page_start
    marks = asked.ranges(record.title, record.language)
    return Excerpt("", page, _label(edition, page), record.title, marks, None, ShownAs.TITLE)


def _excerpt(record: Record, edition: Edition, parts: Sequence[_Part], chosen: _Part) -> Excerpt:
    """What answers, with sentences around it, and marks in it and in those of them that answer too."""
    passage = chosen.passage
    best = parts.index(chosen)
    start, end = _window([part.place for part in parts], best, len(passage.text))
    marks = [
        word
        for part in parts
        if (part.answers or part == chosen) and start <= part.place[0] and part.place[1] <= end
        for word in part.words or ((part.place,) if part == chosen else ())
    ]
    page = _page(record, chosen, edition)
    return Excerpt(
        label=passage.label,
        page=page,
        page_label=_label(edition, page),
        text=passage.text[start:end],
        marks=tuple((a - start, b - start) for a, b in marks),
        field=passage.field if passage.field >= 0 else None,
        form=chosen.form or ShownAs.FRAGMENT,
    )


def _window(parts: list[Range], best: int, length: int) -> Range:
    """The best sentence and those that follow it, as many as are shown: so a reader of two lines reads that one."""
    start, end = parts[best]
    return start, min(max([end, *(later for _, later in parts[best:] if later - start <= SHOWN)]), length)


def _page(record: Record, part: _Part, edition: Edition) -> int:
    """The PDF page on which a part of a passage stands: looked for on the pages of its field, else guessed."""
    passage, text = part.passage, part.passage.text[slice(*part.place)]
    pages = sorted({span.page for span in record.fields[passage.field].spans}) if passage.field >= 0 else []
    if len(pages) < 2:
        return passage.page
    guess = page_at(record.fields[passage.field], passage.start + part.place[0])
    if part.form is ShownAs.ROW:  # no page has its heads between its cells
        text = max((cell.rpartition(": ")[2] for cell in text.split("; ")), key=len)
    wanted = letters(text)[:60]
    order = sorted(pages, key=lambda page: (abs(page - guess), page))
    return next((page for page in order if wanted in letters(_printed(edition, page))), guess)


def _label(edition: Edition, page: int) -> str:
    return edition.pages[page - 1].label if page <= len(edition.pages) else ""


def _printed(edition: Edition, page: int) -> str:
    return edition.pages[page - 1].text if page <= len(edition.pages) else ""
