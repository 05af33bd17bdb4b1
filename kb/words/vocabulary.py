"""The words of the domain: field names, facet values, institutions and countries in eight languages.

They are read from the TOML files in corpus/vocabulary, which people of the alliance may edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from kb import InputError
from kb.words import cues, read_once
from kb.words.facets import FILES
from kb.words.folding import attempts, fold, label_key, parts, plain, short_keys, word_key
from kb.words.phrases import Find, Form, Phrases
from kb.words.terms import (
    Institution,
    Table,
    Term,
    institutions,
    section,
    strings,
    table,
    terms,
)

__all__ = ["Find", "Institution", "Term", "Vocabulary", "label_key", "load", "read"]

_LONGEST_LABEL = 200  # characters; the longest that is listed has 40, the rest is room for an aside

_ORIGINS = {
    "stated": "All stated in the handbook",
    "inferred": "Some inferred by a rule",
    "corrected": "Corrected in review",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All vocabularies, checked when they were read.

    `countries` maps names in any of the languages, adjectives and short forms, lower case, to English names.
    """

    fields: Mapping[str, Term]
    annex_words: tuple[str, ...]
    numbered_annex_words: tuple[str, ...]
    institutions: tuple[Institution, ...]
    nations: tuple[Term, ...]
    terms: Mapping[str, tuple[Term, ...]]
    countries: Mapping[str, str]
    _labels: Mapping[str, str]
    _institution_phrases: Phrases
    _country_phrases: Phrases
    _term_phrases: Mapping[str, Phrases]
    _software: Phrases

    @staticmethod
    def load() -> Vocabulary:
        """Read the vocabularies that come with the software, once in a process."""
        return load()

    def with_labels(self, labels: Mapping[str, str]) -> Vocabulary:
        """The same with further labels, each leading to the name of a field; they win over those listed."""
        own = {label_key(label): name for label, name in labels.items()}
        return replace(self, _labels=MappingProxyType({**self._labels, **own})) if own else self

    @property
    def field_names(self) -> tuple[str, ...]:
        """The canonical field names, in the order in which a record shows them."""
        return tuple(self.fields)

    def canonical(self, label: str) -> str:
        """Name the field that a printed label stands for; "" where no variant of any field fits.

        Case, accents, punctuation, numbering, a leading article and an aside in brackets do not count. A
        label of several parts ("Aims & results") belongs to the field of the first, if every part is known.
        """
        if len(label) > _LONGEST_LABEL:
            return ""
        for key in attempts(label):
            if name := self._labels.get(key, ""):
                return name
        names = [self._labels.get(key, "") for key in parts(label)]
        return names[0] if names and all(names) else ""

    def display(self, name: str, lang: str = "en") -> str:
        """The label of a field, in English where there is none; an unknown name is shown as words."""
        if name in self.fields:
            return self.fields[name].label(lang)
        return name.replace("_", " ").capitalize()

    def field_labels(self, name: str, lang: str) -> tuple[str, ...]:
        """The labels that are listed for a field in a language, the one that is shown first."""
        term = self.fields[name]
        return (term.label(lang), *term.also.get(lang, ()))

    def term_label(self, kind: str, name: str, lang: str = "en") -> str:
        """The label of a facet value, kind "country" or one of FILES; an unknown value is its own label."""
        group = self.nations if kind == "country" else self.terms.get(kind, ())
        return next((term.label(lang) for term in group if term.name == name), name)

    def mapped_from(self, kind: str, name: str, printed: str) -> str:
        """The words that a facet value was read from, "" where they are, or begin as, its own in any language."""
        group = self.nations if kind == "country" else self.terms.get(kind, ())
        term = next((term for term in group if term.name == name), None)
        own = {word_key(text) for text in (name, *(term.labels.values() if term else ()))}
        said = word_key(printed)
        return "" if any(text == said or f" {text}" in f" {said}" for text in own if text) else printed

    def institution(self, text: str) -> str:
        """The name of the institution that a text consists of, "" where it is none or holds more."""
        return self._institution_phrases.whole(text)

    def country(self, text: str) -> str:
        """The English name of the country that a text consists of, in any case, "" where it is none."""
        return self.countries.get(text.strip().lower(), "") or self.countries.get(label_key(text), "")

    def term(self, text: str, kind: str, lang: str = "") -> str:
        """The name of the term of a kind that a text consists of, "" where it is none or holds more."""
        return self._term_phrases[kind].whole(text, lang)

    def find_institutions(self, text: str) -> tuple[Find, ...]:
        """Find the institutions that a text names, in its order."""
        return self._institution_phrases.find(text)

    def find_countries(self, text: str, lang: str = "") -> tuple[Find, ...]:
        """Find the countries that a text names, in its order; `lang` admits names such as German "Island"."""
        return self._country_phrases.find(text, lang)

    def find_software(self, text: str) -> tuple[Find, ...]:
        """Find the names of software that a text mentions, written as their makers write them."""
        return self._software.find(text)

    def find_terms(self, text: str, kind: str, lang: str = "") -> tuple[Find, ...]:
        """Find the terms of a kind (see FILES) that a text names, in its order; `lang` as for countries."""
        return self._term_phrases[kind].find(text, lang)


@cache
def load() -> Vocabulary:
    """Read the vocabularies that come with the software, once in a process."""
    return read_once.once("vocabulary", lambda: read(resources.files("corpus") / "vocabulary"))


@lru_cache(maxsize=20_000)
def label(facet: str, value: str) -> str:
    """A facet's value as it is shown, in English; handbooks are shown by their title instead."""
    if facet == "origin":
        return _ORIGINS[value]
    return value.capitalize() if facet == "kind" else load().term_label(facet, value)


def meant(facet: str, text: str, known: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The known values (value, label) that a person means by a text: "Glasgow", "BIP", "Gesundheit".

    One that is the text, else what the vocabulary knows it as, else all with words that start like its words,
    in their order; none where nothing fits. Case and accents do not count.
    """
    shown = tuple(known)
    wanted = fold(text).strip()
    if not any(c.isalnum() for c in wanted):
        return ()
    if same := tuple(value for value, name in shown if wanted in (fold(value), fold(name))):
        return same
    if (term := _term(facet, text)) and any(value == term for value, _ in shown):
        return (term,)
    return tuple(value for value, name in shown if starts_words(wanted, name) or starts_words(wanted, value))


def starts_words(wanted: str, text: str) -> bool:
    """Whether each word of a folded text starts a word of another, in its order."""
    left = iter(word_key(text).split())
    starts = word_key(wanted).split()
    return bool(starts) and all(any(word.startswith(start) for word in left) for start in starts)


def _term(facet: str, text: str) -> str:
    words = load()
    if facet == "institution":
        return words.institution(text)
    if facet == "country":
        return words.country(text)
    return words.term(text, facet) if facet in FILES else ""


def read(folder: Traversable) -> Vocabulary:
    """Read and check the vocabulary files of a folder.

    Raises:
        InputError: a file is missing or no TOML, or an entry is incomplete or contradicts another.
    """
    cues.read("cues.toml", table(folder, "cues.toml"))
    fields = tuple(terms("fields.toml", table(folder, "fields.toml")))
    nations = tuple(terms("countries.toml", table(folder, "countries.toml")))
    countries = _countries(nations)
    houses = table(folder, "institutions.toml")
    beside = strings("institutions.toml: beside", houses.pop("beside", []))
    members = tuple(institutions("institutions.toml", houses, countries))
    files = {file: table(folder, file) for file in sorted(set(FILES.values()))}
    groups = {kind: tuple(terms(file, section(file, files[file], kind))) for kind, file in FILES.items()}
    return Vocabulary(
        fields=MappingProxyType({term.name: term for term in fields}),
        annex_words=_annex_words("annexes.toml", table(folder, "annexes.toml"), "words"),
        numbered_annex_words=_annex_words("annexes.toml", table(folder, "annexes.toml"), "after_number"),
        institutions=members,
        nations=nations,
        terms=MappingProxyType(groups),
        countries=MappingProxyType(countries),
        _labels=MappingProxyType(_field_labels(fields)),
        _institution_phrases=Phrases.of(_forms("institutions.toml", members), vouchers=beside),
        _country_phrases=Phrases.of(_forms("countries.toml", nations), is_proper=True),
        _term_phrases=MappingProxyType(
            {k: Phrases.of(_forms(FILES[k], group)) for k, group in groups.items()}
        ),
        _software=Phrases.of(
            Form(name, name, is_exact=True)
            for name in strings("software.toml: names", table(folder, "software.toml").get("names", []))
        ),
    )


def _forms(file: str, named: Iterable[Term | Institution]) -> tuple[Form, ...]:
    return _consistent(file, (form for one in named for form in one.forms))


def _countries(nations: Iterable[Term]) -> dict[str, str]:
    pairs = [
        (text, nation.name)
        for nation in nations
        for text in (*(form.text for form in nation.forms if form.name), *nation.adjectives)
    ]
    return _unique(
        "countries.toml", ((key, name) for text, name in pairs for key in (text.lower(), label_key(text)))
    )


def _field_labels(fields: Iterable[Term]) -> dict[str, str]:
    """Index the labels of all fields, as listed and shortened.

    A shortened key never takes the place of a listed one, and counts only where it leads to one field.
    """
    listed = [(form.text.replace("_", " "), field.name) for field in fields for form in field.forms]
    keys = _unique("fields.toml", ((label_key(text), name) for text, name in listed))
    short: dict[str, set[str]] = {}
    for text, name in listed:
        for key in short_keys(text):
            short.setdefault(key, set()).add(name)
    return {key: min(names) for key, names in short.items() if len(names) == 1} | keys


def _annex_words(file: str, words: Table, name: str) -> tuple[str, ...]:
    """The words of a section that head an annex, lower case, with and without accents, the longest first.

    Capitals of Greek, French and Spanish headings often carry no accents.
    """
    listed = [
        word
        for lang, texts in section(file, words, name).items()
        for word in strings(f"{file}: [{name}] {lang}", texts)
    ]
    both = {form for word in listed for form in (word.lower(), plain(word))}
    return tuple(sorted(both, key=lambda word: (-len(word), word)))


def _unique(file: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Map each key to its name, which must be one."""
    names: dict[str, str] = {}
    for key, name in pairs:
        if names.setdefault(key, name) != name:
            raise InputError(f"{file}: [{name}]: {key!r} already belongs to [{names[key]}]; keep one of them")
    return names


def _consistent(file: str, forms: Iterable[Form]) -> tuple[Form, ...]:
    """Check that no form leads to two names; forms of a single language may differ between languages."""
    held = tuple(forms)
    counting = [form for form in held if form.name]
    limited = {lang for form in counting for lang in form.languages}
    for lang in ("", *sorted(limited)):
        here = [form for form in counting if not form.languages or lang in form.languages]
        _unique(file, ((form.text if form.is_exact else label_key(form.text), form.name) for form in here))
    return held
