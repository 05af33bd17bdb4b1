"""Whose a handbook is: what title page, imprint, running heads and metadata say of it, each with its page. Pure.

Labels ("Published by", "Herausgeber:") and signs ("©", "ISBN", "CC BY") state; a holder of the copyright is only
inferred to be the publisher, and so is what nothing but the metadata holds. The publisher's country is always inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.page import LaidOut, Line, Role
from ingest.parts import licences
from ingest.values import is_name_only, named, once
from kb import Facet, Kind, Origin, Record
from kb.words import Pattern, Vocabulary, letters, word_key

_FRONT, _BACK = 4, 2  # pages at either end among which title page and imprint are looked for; by eye
_MOST_PEOPLE = 12  # lines below a label that may be its value; by eye
_LONGEST_NAME, _LONGEST_LIST = 120, 400  # characters of a name, and of a list of them; by eye
_PAIR = 2
_PARTICLE = 3  # letters of "von", "de"
_NEAR = 1.5  # white space between a publisher and the year below it, in sizes of the type; by eye
_COVER_TEXT = 900  # characters of a page that is no title page any more; by eye
_ADDRESS = 5  # lines of an address below a publisher's name; by eye
_SIGNS = re.compile("©|ISBN|creativecommons")
_CARE_OF = re.compile(r"^c/o\s")
_LONGEST_DATE = 40  # characters of a value that is a date; by eye
_NAMED_YEAR = re.compile(r"(?P<name>[^\d]+[^\d\s,]),\s(?P<year>(?:19[5-9]|20[0-4])\d)")
_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
_HOLDER = re.compile(
    r"(?:©|\([cC]\)|\bCopyright\b)(?:\s*(?:©|\([cC]\)|Copyright|by)\s*)*[\s:]*"
    r"(?P<years>(?:\d{4}\s*[-–—,/]?\s*(?:\d{2}(?!\d))?)*)[\s,]*(?P<name>[^\d\W][^|·–—\n\t;©]*)?",
)
_AFTER_HOLDER = re.compile(r"(?<=[\w)])[.,]\s.*|,?\s\d{4}.*|(?<!\s)\s+[-–—|].*")
_ISBN = re.compile(r"\bISBN(?:-1[03])?\b[^\d]{0,12}(?P<code>(?:97[89][\s-]?)?\d[\d\s‐‑–-]{7,15}[\dXx])(?!\d)")
_ISBN_DIGITS = (10, 13)
_DOI = re.compile(
    r"(?:\bdoi\b\s*[:.]?\s*|doi\.org/)(?P<code>10\.\d{4,9}/[^\s\"<>]*[^\s\"<>.,;)])", re.IGNORECASE
)
_FROM = Pattern(r"\s<<imprint.from>>\s(?:<<article>>\s)?(?P<name>[^.;]+)[.;]?$")
_ENDS_IN_BY = Pattern(r"\b<<imprint.from>>$")
_IMPRINT = Pattern(r"\W*<<imprint.heading>>\W*")
_LABELS = {
    "publisher": Pattern(r"^\W*(?:<<imprint.publisher>>)(?:\s\([^()]*\))?"),
    "author": Pattern(r"^\W*(?:<<imprint.author>>)(?:\s\([^()]*\))?"),
    "year": Pattern(r"^\W*(?:<<imprint.year>>|<<edition.word>>)"),
}
_BY = Pattern(r"\b<<imprint.by>>\b[^;\n]{0,40}?\s(?:<<imprint.from>>)\s(?:<<article>>\s)?(?P<name>[^.;\n]+)")
_MONTH = Pattern(r"\b<<date.month>>\b")
_AND = Pattern(r"(?:(?:(?<!\s)|(?<=\S\s))\s+)?[;,•·]\s*(?:(?:<<name.and>>)\s)?|\s(?:<<name.and>>|&)\s")
_TITLES = Pattern(r"<<name.person>>\.?\s")
_PERSON = re.compile(r"(?:[^\W\d_][\w’'.-]*\s){1,4}[^\W\d_][\w’'-]+")
_TELLS_MORE = re.compile(
    r",\s[^,]*\d.*|(?:(?<!\s)\s+)?\([^()\d]*+\d[^()]*+\)|,?\s(?:https?:|www\.)\S*.*|,?\s\S+@\S+"
)


@dataclass(frozen=True, slots=True)
class _Front:
    """The lines that may be of title page or imprint, and which pages are which; those of running heads apart."""

    title: str
    lines: tuple[Line, ...]
    heads: tuple[Line, ...]
    cover: int  # the first page, where it is a title page, else 0
    imprints: frozenset[int]  # pages that are headed so

    @property
    def everything(self) -> list[Line]:
        """All of them, page by page."""
        return sorted((*self.lines, *self.heads), key=lambda line: line.page)

    def on_cover(self) -> list[Line]:
        """What the title page prints beside the title."""
        key = f" {word_key(self.title)} "
        return [
            line for line in self.lines if line.page == self.cover and f" {word_key(line.text)} " not in key
        ]


def read(laid: LaidOut, title: str, author: str, vocabulary: Vocabulary) -> tuple[Facet, ...]:
    """Title, publisher, authors, year, licence, ISBN, DOI and country, as far as they are known.

    `author` is that of the metadata. A fact without a page is printed nowhere.
    """
    front = _front(laid, title)
    author = "" if _HOLDER.search(author) else author
    publisher = list(_publisher(front, author, vocabulary))
    facts = [
        _title(laid, title),
        *publisher,
        *_authors(front, author, {f.value for f in publisher}),
        *_year(front),
        *(_worded(one, vocabulary) for one in licences.found(front.everything)),
        *_codes(front),
    ]
    facts.extend(_country(front, publisher, vocabulary))
    return tuple(once(facts))


def with_country(record: Record, facts: Iterable[Facet]) -> Record:
    """The record with the publisher's country as a default: where it names neither a country nor another host."""
    if record.kind is not Kind.PRACTICE:
        return record
    land = next((f for f in facts if f.name == "country"), None)
    publishers = {f.value for f in facts if f.name == "publisher"}
    is_own = not record.institution or record.institution in publishers
    if land is None or record.values("country") or not is_own:
        return record
    default = replace(land, origin=Origin.INFERRED, page=None)
    return replace(record, facets=(*record.facets, default))


def is_heading(text: str) -> bool:
    """The text heads the page that says whose a document is."""
    return bool(_IMPRINT.fullmatch(text))


def signs_of(lines: Sequence[Line]) -> frozenset[str]:
    """Which labels of an imprint open some lines, and which of its signs (ISBN, ©) they hold."""
    found = {
        kind
        for kind, pattern in _LABELS.items()
        for line in lines
        if (hit := pattern.match(line.text)) and not line.text[hit.end() :].strip()[:1].isalnum()
    }
    return frozenset(found | {sign[0] for line in lines if (sign := _SIGNS.search(line.text))})


def _front(laid: LaidOut, title: str) -> _Front:
    pages = sorted({line.page for line in laid.lines})
    headed = {line.page for line in laid.lines if _IMPRINT.fullmatch(line.text)}
    back = {line.page for line in laid.lines if line.page in pages[-_BACK:] and _SIGNS.search(line.text)}
    wanted = {*pages[:_FRONT], *headed, *back}
    first = pages[0] if pages else 0
    text = sum(len(line.text) for line in laid.body() if line.page == first)
    return _Front(
        title,
        tuple(
            line
            for line in laid.lines
            if line.page in wanted
            and (line.role == Role.BODY or (line.page == first and _YEAR.fullmatch(line.text.strip())))
        ),
        tuple(line for line in laid.lines if line.role == Role.RUNNING_HEAD),
        first if text <= _COVER_TEXT else 0,
        frozenset(headed),
    )


def _title(laid: LaidOut, title: str) -> Facet:
    key = letters(title)
    texts: dict[int, list[str]] = {}
    for line in laid.lines:
        texts.setdefault(line.page, []).append(line.text)
    page = next((p for p, t in texts.items() if key in letters(" ".join(t))), None)
    return Facet("title", title, Origin.INFERRED if page is None else Origin.STATED, page)


def _labelled(kind: str, lines: Sequence[Line]) -> Iterator[tuple[str, int]]:
    """What stands behind or below a label, with its page."""
    for number, line in enumerate(lines):
        found = _LABELS[kind].match(line.text)
        if found is None or len(line.text) > _LONGEST_LIST:
            continue
        rest = line.text[found.end() :]
        if rest.lstrip(" ").startswith((":", "\t")) and rest.strip(" :\t"):
            yield rest.strip(" :\t"), line.page
        elif not rest.strip(" :\t.|"):
            below = _below(lines, number)
            if below:
                yield below, line.page
        elif _is_own_run(line, found.end()) or _ENDS_IN_BY.search(found[0]):
            yield rest.strip(" :\t"), line.page


def _is_own_run(line: Line, end: int) -> bool:
    """The label is set in a type of its own: bold before a plain value."""
    runs = [run for run in line.runs if run.text.strip()]
    return (
        len(runs) >= _PAIR
        and abs(len(runs[0].text.strip()) - end) <= _PAIR
        and runs[0].style != runs[1].style
    )


def _is_label(text: str) -> bool:
    """The line opens with another label."""
    hits = (pattern.match(text) for pattern in _LABELS.values())
    return text.endswith(":") or any(hit and not text[hit.end() :].strip()[:1].isalnum() for hit in hits)


def _below(lines: Sequence[Line], number: int) -> str:
    """The lines right below a label, up to a gap or the next label."""
    label = lines[number]
    texts: list[str] = []
    for line in lines[number + 1 : number + 1 + _MOST_PEOPLE]:
        is_next = _is_label(line.text)
        if (
            line.page != label.page
            or is_next
            or (texts and line.gap > 0.6 * line.size)
            or line.style == label.style != lines[number + 1].style
        ):
            break
        texts.append(line.text)
    return "; ".join(texts) if all(len(t) <= _LONGEST_NAME for t in texts) else (texts or [""])[0]


def _publisher(front: _Front, author: str, vocabulary: Vocabulary) -> Iterator[Facet]:
    """The publisher that a label or a sentence states; else, inferred, who holds the copyright or signs the cover."""
    for text, page in _labelled("publisher", front.lines):
        by = _BY.search(text) or (_FROM.search(text) if any(c.isdigit() for c in text) else None)
        if shown := _name(by["name"] if by else text.split(";")[0]):
            yield _fact("publisher", shown, page, vocabulary)
            return
    for line in front.lines:
        if (by := _BY.search(line.text)) and by["name"][0].isupper() and (shown := _name(by["name"])):
            yield _fact("publisher", shown, line.page, vocabulary)
            return
    for shown, at in _likely(front, author, vocabulary):
        yield replace(_fact("publisher", shown, at, vocabulary), origin=Origin.INFERRED)
        return


def _likely(front: _Front, author: str, vocabulary: Vocabulary) -> Iterator[tuple[str, int | None]]:
    """Who may be the publisher, the most likely first: a holder of the copyright, a name on cover or imprint."""
    holders: dict[str, int] = {}
    for line in front.everything:
        if (held := _HOLDER.search(line.text)) and held["name"]:
            shown = _name(_AFTER_HOLDER.sub("", held["name"]))
            if shown and not licences.LICENSED.search(shown):
                holders.setdefault(shown, line.page)
    for shown, page in holders.items():
        if len(holders) == 1 or is_name_only(shown):  # several are people
            yield shown, page
    yield from _signing(front)
    if author and named(author, vocabulary):
        yield author, None


def _signing(front: _Front) -> Iterator[tuple[str, int]]:
    """Names of institutions on cover or imprint; on the cover also what stands right before or above the year."""
    cover = front.on_cover()
    for line in (*cover, *(one for one in front.lines if one.page in front.imprints)):
        shown = _CARE_OF.sub("", line.text.strip())
        if is_name_only(shown):
            yield shown, line.page
    for above, line in pairwise([*cover[:1], *cover]):
        if dated := _NAMED_YEAR.fullmatch(line.text.strip()):
            name = dated["name"]
        elif _YEAR.fullmatch(line.text.strip()) and line.gap < _NEAR * line.size:
            name = above.text.strip()
        else:
            continue
        if len(name.split()) >= _PAIR and not _MONTH.search(name) and not _people(name) and _name(name):
            yield name, line.page


def _fact(name: str, shown: str, page: int | None, vocabulary: Vocabulary) -> Facet:
    """A house under its name in the vocabulary, if that is all that is printed."""
    known = vocabulary.institution(shown)
    is_mapped = known and vocabulary.mapped_from("institution", known, shown)
    return Facet(name, known or shown, Origin.MAPPED if is_mapped else Origin.STATED, page, shown)


def _worded(fact: Facet, vocabulary: Vocabulary) -> Facet:
    """A licence under its short name is mapped from the words that are printed, where they are others."""
    is_mapped = vocabulary.mapped_from(fact.name, fact.value, fact.printed)
    return replace(fact, origin=Origin.MAPPED) if is_mapped else fact


def _name(text: str) -> str:
    """A name without the address and the rest of the sentence behind it; "" for none."""
    shown = _TELLS_MORE.sub("", text).strip(" .,:;–-\t")
    has_letters = sum(c.isalpha() for c in shown) > _PAIR
    return shown if has_letters and len(shown) <= _LONGEST_NAME else ""


def _authors(front: _Front, author: str, publishers: set[str]) -> Iterator[Facet]:
    """The authors that a label states, else those of the metadata, else who signs the title page."""
    for text, page in _labelled("author", front.lines):
        if people := [name for part in _AND.split(text) if (name := _name(part))]:
            yield from (Facet("author", name, Origin.STATED, page) for name in people)
            return
    if author and author not in publishers and "@" not in author:
        people = [name for part in _AND.split(author) if (name := _name(part))]
        where = {name: _page_of(name, front.lines) for name in people}
        if any(where.values()) or all(" " in name for name in people):
            for name, at in where.items():
                yield Facet("author", name, Origin.STATED if at else Origin.INFERRED, at)
            return
    for line in front.on_cover():
        yield from (Facet("author", name, Origin.INFERRED, line.page) for name in _people(line.text))


def _people(text: str) -> list[str]:
    """The names in a line of nothing but people's: two or more, or one with an address or a title; else none."""
    parts = [part for part in _AND.split(_TELLS_MORE.sub("", text)) if part]
    names = [_TITLES.without(part) for part in parts]
    if is_name_only(text) or not all(_PERSON.fullmatch(name) and _is_cased(name) for name in names):
        return []
    return parts if len(parts) >= _PAIR or "@" in text or names != parts else []


def _is_cased(text: str) -> bool:
    """Each of its words but the particles of names opens with a capital."""
    return all(word[0].isupper() or len(word) <= _PARTICLE for word in text.split())


def _page_of(name: str, lines: Sequence[Line]) -> int | None:
    key = word_key(name)
    return next((line.page for line in lines if key and key in word_key(line.text)), None)


def _year(front: _Front) -> Iterator[Facet]:
    """The year that a label states, else the last one beside ©, else that of a date on the title page."""
    for text, page in _years(front):
        if years := _YEAR.findall(text):
            yield Facet("year", max(years), Origin.STATED, page)
            return


def _years(front: _Front) -> Iterator[tuple[str, int]]:
    """Texts that hold the year of publication, the surest first."""
    yield from ((text, page) for text, page in _labelled("year", front.lines) if len(text) <= _LONGEST_DATE)
    for line in front.lines:
        if by := _BY.search(line.text):
            yield by[0], line.page
    held: dict[int, str] = {}
    for line in front.everything:
        if found := _HOLDER.search(line.text):
            held[line.page] = f"{held.get(line.page, '')} {found['years']}"
    yield from ((text, page) for page, text in held.items())
    for line in front.on_cover():
        words = [w for w in line.text.split() if any(c.isalpha() for c in w)]
        is_date = len(words) <= _PAIR and (not words or _MONTH.search(line.text))
        if is_date or _NAMED_YEAR.fullmatch(line.text.strip()):
            yield line.text, line.page


def _codes(front: _Front) -> Iterator[Facet]:
    for line in front.lines:
        for found in _ISBN.finditer(line.text):
            code = found["code"].strip()
            if sum(c.isalnum() for c in code) in _ISBN_DIGITS:
                yield Facet("isbn", code, Origin.STATED, line.page)
    doi = next(((m["code"], line.page) for line in front.lines if (m := _DOI.search(line.text))), None)
    if doi:
        yield Facet("doi", doi[0], Origin.STATED, doi[1])


def _country(front: _Front, publisher: Sequence[Facet], vocabulary: Vocabulary) -> Iterator[Facet]:
    """The country of the publisher: a known house's, else the one that its address names."""
    home = {i.name: i.country for i in vocabulary.institutions}
    for fact in publisher:
        if fact.value in home:
            yield Facet("country", home[fact.value], Origin.INFERRED, fact.page, fact.printed or fact.value)
            return
    for fact in publisher:
        start = next(
            (n for n, line in enumerate(front.lines) if (fact.printed or fact.value) in line.text), None
        )
        if start is None:
            continue
        for line in front.lines[start : start + 1 + _ADDRESS]:
            for hit in vocabulary.find_countries(line.text.replace(fact.printed or fact.value, "·")):
                if line.page == front.lines[start].page:
                    yield Facet("country", hit.name, Origin.INFERRED, line.page, fact.value)
                    return
