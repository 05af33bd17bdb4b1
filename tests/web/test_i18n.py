from __future__ import annotations

import gettext
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from fastapi.testclient import TestClient

from kb.said import Said
from kb.search.similar import Reason
from tests import web_library
from tests.web.pages.test_web_pages import PAGES, twin
from web import catalogues
from web.app import create_app
from web.catalogues import TRANSLATED
from web.frame import language, sayings
from web.frame.language import Tongue

OTHER_PAGES = (
    "/compare?id=exchange.credit&id=exchange.tandem",
    "/handbooks/exchange/changes",
    "/practices/exchange.credit.missing",
)
SAME_EVERYWHERE = re.compile(r"\b(OCR|API|PDF|JSON|GET|CSV|XLSX|BibTeX|RIS|CSL|PNG)\b")
MADE_HERE = re.compile(r"\b\d+ January 2026\b|\bEnglish\b|\bFrench\b|http://testserver\S+")
"""What Babel writes (dates, names of languages), and permanent addresses."""


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogues.extracted()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(web_library.fill(folder)), raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_word_of_the_interface_is_translated(code: str, template: Catalog) -> None:
    """Where this fails, say `make i18n`, then fill what is empty in web/locale."""
    assert list(catalogues.faults(code, template)) == []


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("de", r"\bPraktiken\b"),
        ("el", r"\bοδηγ(ός|ού|ό|οί|ούς|ών)\b"),
        ("fr", r"\bguides?\b"),
        ("ro", r"\bghid"),
        ("sv", "metod"),
    ],
)
def test_a_thing_has_one_name(code: str, other: str) -> None:
    """The terms stand at the head of each catalogue."""
    said = "\n".join(str(message.string) for message in catalogues.read(code) if message.id)
    assert not re.search(other, said, re.IGNORECASE)


def test_messages_are_found_in_templates_and_in_python(template: Catalog) -> None:
    files = {file for message in template for file, _ in message.locations}
    assert "templates/base.html" in files
    assert "frame/sayings.py" in files
    assert len(template) > 300


@pytest.mark.parametrize(
    ("message", "translation", "fault"),
    [
        ("Search", "", "not translated"),
        ("Page %(page)s", "Seite", "placeholders"),
        ("Entries: {}.", "Einträge.", "placeholders"),
        ("show <b>it</b>", "zeig es", "tags"),
        ("Example:", "Beispiel", "ends otherwise"),
        (("%(num)s tool", "%(num)s tools"), ("%(num)s Werkzeug", ""), "not translated"),
        (("%(num)s tool", "%(num)s tools"), ("%(num)s Werkzeug", "Werkzeuge"), "placeholders"),
    ],
)
def test_faults_of_a_catalogue_are_found(
    message: str | tuple[str, str],
    translation: str | tuple[str, str],
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own, template = Catalog("de"), Catalog()
    own.add(message, translation)
    template.add(message)
    monkeypatch.setattr(catalogues, "read", lambda _: own)
    (found,) = catalogues.faults("de", template)
    assert fault in found


def test_missing_obsolete_and_fuzzy_messages_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    own, template = Catalog("de"), Catalog()
    own.add("gone", "weg")
    own.add("unsure", "vielleicht", flags=["fuzzy"])
    template.add("unsure")
    template.add("new")
    monkeypatch.setattr(catalogues, "read", lambda _: own)
    found = " / ".join(catalogues.faults("de", template))
    assert all(
        word in found for word in ("'new': missing", "'unsure': marked as fuzzy", "'gone': nothing says")
    )


@pytest.mark.parametrize(("code", "forms"), [("ro", 3), ("de", 2), ("el", 2), ("fr", 2)])
def test_counts_take_the_form_that_the_language_wants(code: str, forms: int) -> None:
    language.speak(Tongue(code))
    said = [language.ngettext("%(num)s practice", "%(num)s practices", count) for count in (1, 2, 20, 101)]
    language.speak(Tongue())
    assert len(set(said)) == forms


def test_reasons_for_likeness_are_said_in_words_of_the_vocabulary() -> None:
    language.speak(Tongue("sv"))
    found = (
        sayings.said(Said(Reason.THEME, theme=("Health", "Climate, Environment, Energy"))),
        sayings.said(Said(Reason.USERS, names=("Court",))),
    )
    language.speak(Tongue())
    assert found == ("samma tema: Hälsa; Klimat, miljö, energi", "används i samma praxisexempel: Court")


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("url", ["/", "/search?q=credit", "/practices/exchange.credit", "/nowhere"])
def test_page_speaks_its_language(client: TestClient, code: str, url: str) -> None:
    html = client.get(f"/{code}{url}").text
    assert language.catalogue(code).gettext("Skip to the content") in html
    assert "Skip to the content" not in html


def test_search_in_another_language_finds_the_same(client: TestClient) -> None:
    found = client.get("/el/search?q=credit+for+online+exchange").text
    assert 'href="/el/practices/exchange.credit"' in found
    assert "αποτελέσματα" in found


class Marked(gettext.NullTranslations):
    """Says everything between ⟦ and ⟧, so that what is not translated shows."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class Words(HTMLParser):
    """Collects the words of a page that are in no element with a language of its own, nor code."""

    VOID = frozenset(("meta", "link", "img", "input", "path", "rect", "circle", "br", "source", "hr", "wbr"))
    SAID = frozenset(("aria-label", "alt", "placeholder", "title"))

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = tag != "html" and ("lang" in dict(attrs) or tag in ("code", "pre", "script", "style"))
        if tag not in self.VOID:
            self.open.append(own)
        if not any(self.open):
            self.found += [value or "" for name, value in attrs if name in self.SAID]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.found.append(data)
        else:
            self.found.append("…")


def untranslated(html: str, content: str) -> list[str]:
    """What a page says that is neither translated nor content."""
    words = "\x00".join(Words(html).found)
    while re.search(r"⟦[^⟦⟧]*⟧", words):
        words = re.sub(r"⟦[^⟦⟧]*⟧", "", words)
    parts = {_plain(part) for part in re.split(r"[\x00⟦⟧·]", MADE_HERE.sub("", words))}
    return sorted(part for part in parts if re.search(r"[a-z]{2}", part) and part not in _plain(content))


def _plain(text: str) -> str:
    return " ".join(re.split(r"[\s·,:./]+", SAME_EVERYWHERE.sub("", text))).strip()


def strings(data: object) -> Iterator[str]:
    """All texts within JSON data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for one in data.values():
            yield from strings(one)
    elif isinstance(data, list):
        for one in data:
            yield from strings(one)


@pytest.mark.parametrize("url", [*PAGES, *OTHER_PAGES])
def test_no_word_of_a_page_is_left_untranslated(
    client: TestClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "catalogue", lambda _: Marked())
    html = client.get(f"/en{url}").text
    data = json.loads(client.get(twin(url)).text)
    assert untranslated(html, "\n".join((*strings(data), url))) == []


def test_word_that_is_left_untranslated_would_be_found() -> None:
    html = '<html lang="de"><p>⟦Pages⟧ and <b lang="el">more</b> of <i>it</i></p></html>'
    assert untranslated(html, "content of it") == ["and"]
