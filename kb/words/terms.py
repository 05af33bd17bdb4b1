"""Terms and institutions as the vocabulary files list them, checked on the way in.

Every error names the file, the entry and what to do, because people edit these files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from kb import InputError
from kb.words.languages import CODES, LANGUAGES
from kb.words.phrases import Form

_FORM_KEYS = frozenset({"also", "exact", "weak", "only_in", "skip"})
_TERM_KEYS = _FORM_KEYS | {"label", "adjective", "hub"}
_FACT_KEYS = ("short", "country", "role")
_INSTITUTION_KEYS = _FORM_KEYS | {*_FACT_KEYS, "url"}

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Institution:
    """A university of the alliance or one of its partners; `forms` are the ways a text may write it."""

    name: str
    short: str
    country: str
    role: str
    aliases: tuple[str, ...] = ()
    url: str = ""
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A canonical name with its labels by language and the ways a text may write it.

    `adjectives` lead to the name only when asked for, not in running text ("French" is a language, too). `also`
    holds the other wordings of each language, where the file lists them by language.
    """

    name: str
    labels: Mapping[str, str]
    forms: tuple[Form, ...]
    adjectives: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, lang: str = "en") -> str:
        """The label in a language, in English where the software does not speak it."""
        return self.labels.get(lang) or self.labels["en"]


def table(folder: Traversable, file: str) -> dict[str, Any]:
    """Read one vocabulary file."""
    try:
        return tomllib.loads((folder / file).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read from the vocabulary folder {folder}; restore it") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise InputError(f"{file}: not readable as TOML: {error}; mend or restore it") from error


def section(file: str, entries: Table, name: str) -> Table:
    """One kind of entries of a file that holds several."""
    found = entries.get(name)
    if not isinstance(found, dict) or not found:
        raise InputError(f'{file}: [{name}]: missing; list its entries as [{name}."one"]')
    return found


def terms(file: str, entries: Table) -> Iterator[Term]:
    """Read the terms of a file or of one of its sections, in its order."""
    for name, entry in entries.items():
        place = f"{file}: [{name}]"
        _check_keys(place, entry, _TERM_KEYS)
        labels = entry.get("label")
        if not isinstance(labels, dict) or set(labels) != set(LANGUAGES):
            wrong = sorted(set(LANGUAGES) ^ set(labels if isinstance(labels, dict) else ()))
            raise InputError(
                f"{place} label: needs {', '.join(LANGUAGES)}; missing or odd: {', '.join(wrong)}"
            )
        strings(f"{place} label", list(labels.values()))
        adjectives = _listed(place, entry, "adjective")
        also = entry.get("also", {})
        by_language = dict(_by_language(f"{place} also", also)) if isinstance(also, dict) else {}
        yield Term(
            name,
            MappingProxyType(labels),
            _forms(place, name, entry),
            adjectives,
            MappingProxyType(by_language),
        )


def institutions(file: str, entries: Table, countries: Mapping[str, str]) -> Iterator[Institution]:
    """Read the institutions of a file; each must lie in a known country."""
    for name, entry in entries.items():
        place = f"{file}: [{name}]"
        _check_keys(place, entry, _INSTITUTION_KEYS)
        for key in _FACT_KEYS:
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                raise InputError(f"{place} {key}: missing; give it as text")
        country = entry["country"]
        if countries.get(country.lower()) != country:
            raise InputError(f"{place} country: {country!r} heads no entry of countries.toml; add it there")
        forms = _forms(place, name, entry)
        aliases = tuple(form.text for form in forms if form.name and form.text != name)
        facts = {key: entry[key] for key in _FACT_KEYS}
        yield Institution(name=name, aliases=aliases, url=entry.get("url", ""), forms=forms, **facts)


def strings(place: str, value: Any) -> tuple[str, ...]:
    """Check a list of texts."""
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise InputError(f'{place}: not a list of texts; write ["one", "two"]')
    return tuple(value)


def _forms(place: str, name: str, entry: Table) -> tuple[Form, ...]:
    weak = _listed(place, entry, "weak")
    exact = _listed(place, entry, "exact")
    limited = _limited(place, entry)
    free = [name, *entry.get("label", {}).values(), *_listed(place, entry, "also")]
    forms = [Form(text, name) for text in free if text not in {*weak, *exact, *limited}]
    forms += [Form(text, name, is_exact=True) for text in exact]
    forms += [Form(text, name, is_exact=True, is_weak=True) for text in weak]
    forms += [Form(text, name, languages=frozenset(languages)) for text, languages in limited.items()]
    forms += [Form(text, "") for text in _listed(place, entry, "skip")]
    return tuple(dict.fromkeys(forms))


def _limited(place: str, entry: Table) -> dict[str, list[str]]:
    """The forms that count in some languages only, each with these."""
    limited: dict[str, list[str]] = {}
    for lang, texts in _by_language(f"{place} only_in", entry.get("only_in", {})):
        for text in texts:
            limited.setdefault(text, []).append(lang)
    return limited


def _listed(place: str, entry: Table, key: str) -> tuple[str, ...]:
    """A list of texts, or a table of such lists by language."""
    value = entry.get(key, [])
    if not isinstance(value, dict):
        return strings(f"{place} {key}", value)
    return tuple(text for _, texts in _by_language(f"{place} {key}", value) for text in texts)


def _by_language(place: str, value: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    for lang, texts in value.items():
        if lang not in CODES:
            raise InputError(f"{place}.{lang}: not one of the languages {', '.join(CODES)}")
        yield lang, strings(f"{place}.{lang}", texts)


def _check_keys(place: str, entry: Any, known: frozenset[str]) -> None:
    if not isinstance(entry, dict):
        raise InputError(f"{place}: not a table; write its name in square brackets on a line of its own")
    if unknown := sorted(set(entry) - known):
        raise InputError(f"{place} {unknown[0]}: not a known key; known are {', '.join(sorted(known))}")
