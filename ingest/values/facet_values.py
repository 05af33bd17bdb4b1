"""What a practice can be filtered by, each value with its origin. Pure.

A value in a field for it is stated, or mapped where the field has other words for it; one that a rule reads elsewhere
is inferred, and only where no field states that facet. Nothing is made up: a facet that nothing names stays absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ingest.values.amounts import Amount
from ingest.values.credits import ects, stated_credits
from ingest.values.durations import compound_durations, durations
from ingest.values.houses import named
from ingest.values.places import countries, institutions, once
from ingest.values.wordings import as_worded
from ingest.values.years import title_year, years
from kb import Facet, Field, Origin
from kb.words import FacetSource, Pattern, Vocabulary, facets

_DEGREES = frozenset({"bachelor", "master", "doctorate", "short cycle"})
_INTRODUCES = frozenset({"", "summary", "description", "context"})
_IN_LINES = frozenset({"institution", "partners", "country"})
"""Fields that a line with a colon within another's text states."""
_LONGEST_LINE = 140  # characters of such a line; by eye
_OPENING = 400  # characters of a text in which it says what it is about

_Read = Callable[[str], Iterable[Amount]]
_AMOUNTS: Mapping[str, _Read] = {"ects": stated_credits, "duration": durations, "year": years}
"""How the values of the fields that state an amount are read."""

# What comes right before a format that a title or sentence is about, rather than one that it is.
_ABOUT = Pattern(r"\b<<about>>\s+(?:<<article>>\s)?$")
_IS_A = Pattern(r"\b<<is_a>>\s(?:[\w-]+\s){0,2}$")
# Words that say a language is the one that is taught in.
_TAUGHT_IN = Pattern(r"\b(?:<<taught.in>>|<<taught.loosely>>)\s*$")
_TAUGHT_AFTER = Pattern(r"\s<<taught.after>>\b")
_LOOSE_IN = Pattern(r"\b<<taught.loosely>>\s*$")
_DEADLINE = Pattern("<<deadline>>")


def read(
    title: str,
    fields: Sequence[Field],
    vocabulary: Vocabulary,
    language: str,
    publisher: str = "",
    above: Sequence[str] = (),
) -> tuple[str, tuple[Facet, ...]]:
    """The institution that a practice below the headings `above` belongs to ("" for none), and all its facets."""
    rows = list(_with_rows(fields, vocabulary))
    lead, facets = institutions(title, rows, vocabulary, publisher, above)
    facets.extend(countries(title, rows, facets, vocabulary, language))
    stated = list(stated_in(rows, vocabulary, language))
    held = {f.name for f in stated}
    inferred = (f for f in _inferred(title, fields, vocabulary, language) if f.name not in held)
    return lead, tuple(once([*facets, *stated, *inferred]))


def stated_in(fields: Iterable[Field], vocabulary: Vocabulary, language: str) -> Iterator[Facet]:
    """The facets that fields of their own state; inferred where the field's name is."""
    for field in fields:
        for kind in facets.KNOWN:
            if kind.source is FacetSource.TERM and field.name in kind.fields:
                yield from _terms(kind.name, field, vocabulary, language)
        for name, amounts in _AMOUNTS.items():
            if field.name in facets.BY_NAME[name].fields and not (
                field.name == "timeline" and _is_deadline(field.label)
            ):
                for amount in amounts(field.text):
                    yield Facet(name, amount.value, field.origin, field.page, amount.printed)


def _terms(kind: str, field: Field, vocabulary: Vocabulary, language: str) -> Iterator[Facet]:
    for hit in vocabulary.find_terms(field.text, kind, language):
        printed = field.text[hit.start : hit.end]
        origin = as_worded(field.origin, kind, hit.name, printed, vocabulary)
        yield Facet(kind, hit.name, origin, field.page, printed)
    if kind == "target_group":
        yield from _students(field, vocabulary, language)


def _students(field: Field, vocabulary: Vocabulary, language: str) -> Iterator[Facet]:
    """Count "Master's and PhD students" as students as well as doctoral candidates."""
    groups = {h.name: h for h in vocabulary.find_terms(field.text, "target_group", language)}
    doctoral = groups.get("doctoral candidates")
    if doctoral is None or "students" in groups:
        return
    before = [h for h in vocabulary.find_terms(field.text, "level", language) if h.end <= doctoral.start]
    if any(h.name in ("bachelor", "master") for h in before):
        printed = field.text[before[0].start : doctoral.end]
        yield Facet("target_group", "students", field.origin, field.page, printed)


def _with_rows(fields: Sequence[Field], vocabulary: Vocabulary) -> Iterator[Field]:
    """Each field, and as fields of their own what its text states so: rows of two cells, lines ("Agency: ...")."""
    for field in fields:
        yield field
        for line in field.text.split("\n"):
            label, tab, value = line.partition("\t")
            if tab and "\t" in value:
                continue
            if not tab and len(line) <= _LONGEST_LINE:
                label, tab, value = line.partition(":")
            name = vocabulary.canonical(label) if tab and value.strip() else ""
            if not name or ("\t" not in line and name not in _IN_LINES):
                continue
            if name != "institution" or named(value, vocabulary):  # "Host | Team leadership" is none
                yield Field(label, value.strip(), field.spans, name, field.origin)


def _is_deadline(label: str) -> bool:
    return bool(_DEADLINE.search(label))


# ---- what no field states


def _inferred(title: str, fields: Sequence[Field], vocabulary: Vocabulary, language: str) -> Iterator[Facet]:
    page = fields[0].page if fields else None
    for hit in vocabulary.find_terms(title, "theme", language):
        yield Facet("theme", hit.name, Origin.INFERRED, page, title[hit.start : hit.end])
    for hit in vocabulary.find_terms(title, "level", language):
        if hit.name in _DEGREES:
            yield Facet("level", hit.name, Origin.INFERRED, page, title[hit.start : hit.end])
    yield from _from_other_fields(fields, vocabulary, language)
    yield from _format(title, page, fields, vocabulary, language)
    for name, amounts in (
        ("year", title_year(title)),
        ("duration", compound_durations(title)),
    ):
        for amount in amounts:
            yield Facet(name, amount.value, Origin.INFERRED, page, amount.printed)
    yield from _only(_credits(fields))
    yield from _taught_in(fields, vocabulary, language)


def _from_other_fields(fields: Sequence[Field], vocabulary: Vocabulary, language: str) -> Iterator[Facet]:
    """Theme and discipline from keywords, degrees from the target group."""
    for field in fields:
        kinds = {"keywords": ("theme", "discipline"), "target_group": ("level",)}.get(field.name, ())
        for kind in kinds:
            for hit in vocabulary.find_terms(field.text, kind, language):
                if kind != "level" or hit.name in _DEGREES:
                    yield Facet(kind, hit.name, Origin.INFERRED, field.page, field.text[hit.start : hit.end])


def _format(
    title: str, page: int | None, fields: Sequence[Field], vocabulary: Vocabulary, language: str
) -> Iterator[Facet]:
    """What the title or, failing that, an opening sentence says that the practice is."""
    of_title = [
        Facet("format", hit.name, Origin.INFERRED, page, title[hit.start : hit.end])
        for hit in vocabulary.find_terms(title, "format", language)
        if not _ABOUT.search(title[: hit.start])
    ]
    if of_title:
        yield from of_title
        return
    for field in fields:
        opening = (
            field.text[:_OPENING]
            if field.name in _INTRODUCES and not (field.label and not field.name)
            else ""
        )
        for hit in vocabulary.find_terms(opening, "format", language):
            if _IS_A.search(opening[: hit.start]):
                yield Facet("format", hit.name, Origin.INFERRED, field.page, opening[hit.start : hit.end])
                return


def _credits(fields: Sequence[Field]) -> Iterator[Facet]:
    for field in fields:
        if field.name in _INTRODUCES or field.name in ("results", "activities"):
            for amount in ects(field.text):
                yield Facet("ects", amount.value, Origin.INFERRED, field.page, amount.printed)


def _taught_in(fields: Sequence[Field], vocabulary: Vocabulary, language: str) -> Iterator[Facet]:
    for field in fields:
        if field.name not in _INTRODUCES and field.name != "prerequisites":
            continue
        for hit in vocabulary.find_terms(field.text, "language", language):
            before = _TAUGHT_IN.search(field.text[max(0, hit.start - 60) : hit.start])
            is_loose = before is not None and _LOOSE_IN.fullmatch(before[0]) is not None
            if before and (not is_loose or _TAUGHT_AFTER.match(field.text, hit.end)):
                yield Facet(
                    "language", hit.name, Origin.INFERRED, field.page, field.text[hit.start : hit.end]
                )


def _only(facets: Iterable[Facet]) -> list[Facet]:
    """Facets whose value is beyond doubt: none where the text names several."""
    found = once(facets)
    return found if len(found) == 1 else []
