"""A thing has one name in each language: the catalogues keep to the list of terms in CONTRIBUTING."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from tests.house import ROOT
from web import catalogues
from web.catalogues import TRANSLATED

_ROW = re.compile(r"^\| ([a-z]+) \| (.+) \|$", re.MULTILINE)
_NO_TERM = re.compile(
    r"%\(\w+\)s"  # a value
    r"|“kb [^”]*”|\bkb \w+"  # a command
    r"|also kind, handbook, .*?(?=;|$)"  # names of filters, which are typed
    r"|Practice knowledge base"  # the name of the software
    r"|\b(?:who|you|she|he|they|it|that it does not|files that it|so it) needs?\b|what you need|do you need|by need"
)
_OF_SOFTWARE = re.compile(
    r"\b(?:served?|serves|serving|ingest\w*|gave a file|tak(?:e|en|es|ing) (?:off|away))\b", re.IGNORECASE
)
"""What people are not told, in English; what other languages said for it."""
_OF_SOFTWARE_ELSEWHERE = {
    "de": r"\bbereitge?stell",
    "el": r"\bδιατίθε|\bδιέθεσε|\bΔιάθεση της έκδοσης",
    "es": r"\bserv(?:ir|ida|ido|idos|ió)\b",
    "fr": r"\bservi(?:r|e|s|es)?\b",
    "it": r"\bserv(?:ire|ito|ita|iti)\b|\bservi\b",
    "ro": r"\bservi(?:t|tă|te)?\b|\bservește\b",
    "sv": r"\bserver(?:a|ad|ar|as)\b",
}


def terms() -> dict[str, dict[str, str]]:
    """Of each English term what it is in each language."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## The field's terms")[2]
    return {
        found[1]: dict(zip(TRANSLATED_IN_TURN, (name.strip() for name in found[2].split("|")), strict=True))
        for found in _ROW.finditer(text)
    }


TRANSLATED_IN_TURN = ("de", "el", "es", "fr", "it", "ro", "sv")


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogues.extracted()


def forms(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (str(message.id),)


def said(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string),)


def stem(term: str) -> str:
    """What all forms of a word have in common: without accents, less its last two letters, three at the least."""
    bare = folded(term.rsplit(maxsplit=1)[-1] if term.startswith("min ") else term.split(maxsplit=1)[0])
    return bare[: max(3, len(bare) - 2)]


def folded(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).replace("ς", "σ")


def naming(term: str, template: Catalog) -> Iterator[Message]:
    """The messages that name a thing by its English term."""
    pattern = re.compile(rf"\b{term}s?\b", re.IGNORECASE)
    for message in template:
        if message.id and any(pattern.search(_NO_TERM.sub("", form)) for form in forms(message)):
            yield message


def test_list_has_each_language_and_the_terms_of_the_catalogues_own_heads() -> None:
    assert set(TRANSLATED_IN_TURN) == set(TRANSLATED)
    listed = terms()
    assert len(listed) >= 16
    for language in TRANSLATED:
        head = folded(str(catalogues.read(language).header_comment))
        for term in (
            "handbook",
            "practice",
            "tool",
            "annex",
            "section",
            "edition",
            "record",
            "field",
            "need",
        ):
            assert stem(listed[term][language]) in head, (language, term)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("term", terms())
def test_what_english_calls_by_a_term_is_called_by_its_own_elsewhere(
    term: str, language: str, template: Catalog
) -> None:
    catalogue, wanted = catalogues.read(language), stem(terms()[term][language])
    wrong = {}
    for message in naming(term, template):
        own = catalogue.get(message.id, message.context)
        if own is not None and not all(wanted in folded(form) for form in said(own)):
            wrong[forms(message)[0]] = said(own)
    assert wrong == {}


def test_people_are_not_told_words_of_the_software(template: Catalog) -> None:
    found = [
        form
        for message in template
        if message.id
        for form in forms(message)
        if _OF_SOFTWARE.search(_NO_TERM.sub("", form))
    ]
    assert found == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_nor_are_they_in_other_languages(language: str) -> None:
    pattern = re.compile(_OF_SOFTWARE_ELSEWHERE[language], re.IGNORECASE)
    found = [
        form
        for message in catalogues.read(language)
        if message.id
        for form in said(message)
        if pattern.search(form)
    ]
    assert found == []
