"""What kb says in English, said in the language of the request: notices, reasons, doubts, names of facets.

kb knows no language of an interface. Its sentences have few forms; each is listed here once and found again by
its words. What is not listed is shown as it is, and marked as English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from markupsafe import Markup, escape

from kb.words import vocabulary
from web.frame import language
from web.frame.language import gettext


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text for the catalogues; it is translated when it is said."""
    return text


FACETS = MappingProxyType(
    {
        "kind": N_("Kind"),
        "handbook": N_("Handbook"),
        "institution": N_("Institution"),
        "country": N_("Country"),
        "theme": N_("Theme"),
        "discipline": N_("Discipline"),
        "format": N_("Format"),
        "level": N_("Level"),
        "language": N_("Language"),
        "target_group": N_("Target group"),
        "tool": N_("Tool"),
        "annex": N_("Annex"),
        "year": N_("Year"),
        "origin": N_("Where values come from"),
        "duration": N_("Duration"),
        "ects": N_("ECTS credits"),
        "partner": N_("Partner"),
        "tool_type": N_("Type of tool"),
    }
)
ACTIONS = MappingProxyType(
    {
        "retitle": N_("title"),
        "retype": N_("kind"),
        "set-institution": N_("institution"),
        "set-text": N_("text of a field"),
        "set-label": N_("label of a field"),
        "split": N_("split off"),
        "merge": N_("merged into"),
        "discard": N_("discarded"),
        "confirm": N_("confirmed"),
    }
)
SENTENCES = (
    N_("Searching by words only: %(why)s."),
    N_("Answers are not ranked a second time: %(why)s."),
    N_("Answers may be of an earlier edition: %(why)s."),
    N_("The index was rebuilt: %(why)s."),
    N_("This library holds no handbook yet."),
    N_("No record has “%(typed)s” as its %(facet)s: looked for as words."),
    N_("No record has “%(typed)s”: searched for “%(meant)s”."),
    N_("No record of this library fits these filters."),
    N_("No record has these words just as they stand in quotes."),
    N_("No answer fits these filters."),
    N_("No record answers this."),
)
"""Of kb.search.library and kb.search.answer; several may stand in a row."""
PHRASES = (
    N_("same tools: %(names)s"),
    N_("same institution: %(names)s"),
    N_("same theme: %(themes)s"),
    N_("same discipline: %(disciplines)s"),
    N_("same format: %(formats)s"),
    N_("same level: %(levels)s"),
    N_("same language: %(languages)s"),
    N_("same target group: %(target_groups)s"),
    N_("same partner: %(names)s"),
    N_("close in %(label)s"),
    N_("a heading with nothing below it"),
    N_("no heading leads to it"),
    N_("hidden text"),
    N_("a picture without text: %(why)s"),
    N_("%(action)s: the new edition no longer has what was edited"),
    N_("%(action)s: the new edition changed it as well"),
    N_("the software is %(sure)s sure that this is a practice, cut out rightly"),
    N_("listed in the contents or the bookmarks, and not found"),
    N_("a picture without text, which was not read"),
    N_("confirm to leave it so, or undo the edit"),
    N_("confirm to keep the edit, or undo it to take the new edition's text"),
    N_("compare it with the page: confirm, retitle, merge, split, retype or discard it"),
    N_("look for it in the handbook; split it off the record that holds it, or confirm"),
    N_("install tesseract-ocr and ingest the handbook again, or confirm that no text is lost"),
    N_("read it on its page; correct the record that lacks it, or confirm"),
)
"""Of kb.search.similar, kb.care.doubts and the ledger of ingest; each stands alone."""


def said(text: str, opens: bool = False) -> Markup:
    """A text of kb in the language of the request, where its form is known; `opens` gives it a capital."""
    whole, parts = text.strip(), []
    while whole:
        form, values, whole = _next(whole)
        shown = gettext(form) if form in _patterns() else form
        shown = language.opening(shown) if opens else shown
        parts.append(escape(shown) % values if form in _patterns() else _english(shown))
    return Markup(" ").join(parts)


def facet_name(name: str) -> str:
    """A facet in the language of the request."""
    return gettext(FACETS[name]) if name in FACETS else language.field_name(name)


def action_name(action: str) -> str:
    """What an edit is about, in the language of the request."""
    return gettext(ACTIONS[action])


def _next(text: str) -> tuple[str, dict[str, Markup], str]:
    """The form that a text begins with, its values, and what follows; the text itself where none fits."""
    for form, pattern in _patterns().items():
        found = pattern.match(text)
        if found:
            values = {name: _value(name, value) for name, value in found.groupdict().items()}
            return form, values, text[found.end() :].lstrip()
    return text, {}, ""


def _value(name: str, text: str) -> Markup:
    return _VALUES[name](text) if name in _VALUES else escape(text)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    found = {}
    for form in (*SENTENCES, *PHRASES):
        named = re.sub(r"%\\?\(([a-z_]+)\\?\)s", r"(?P<\1>.+?)", re.escape(form))
        found[form] = re.compile(named + (r"(?=\s|$)" if form in SENTENCES else "$"), re.DOTALL)
    return found


def _english(text: str) -> Markup:
    if language.spoken().language == language.FALLBACK:
        return escape(text)
    return Markup('<span lang="en">{}</span>').format(text)


def _terms(facet: str) -> Callable[[str], Markup]:
    """Translate values that stand in a row; a value may itself hold commas, so the longest known one counts."""

    def translated(text: str) -> Markup:
        words, found = text.split(", "), []
        while words:
            sizes = range(len(words), 0, -1)
            size = next((n for n in sizes if _is_term(facet, ", ".join(words[:n]))), 1)
            found.append(language.term(", ".join(words[:size]), facet))
            words = words[size:]
        return escape("; ".join(found) if any(", " in one for one in found) else ", ".join(found))

    return translated


def _is_term(facet: str, name: str) -> bool:
    return any(term.name == name for term in vocabulary.load().terms.get(facet, ()))


def _field(label: str) -> Markup:
    name = label.replace(" ", "_")
    known = name in vocabulary.load().field_names
    return escape(language.inside(language.field_name(name)) if known else label)


def _sure(text: str) -> Markup:
    return escape(language.share(float(text.removesuffix("%"))))


_VALUES: Mapping[str, Callable[[str], Markup]] = MappingProxyType(
    {
        "why": _english,
        "facet": lambda name: escape(language.inside(facet_name(name.replace(" ", "_")))),
        "action": lambda action: escape(action_name(action)),
        "sure": _sure,
        "label": _field,
        "themes": _terms("theme"),
        "disciplines": _terms("discipline"),
        "formats": _terms("format"),
        "levels": _terms("level"),
        "languages": _terms("language"),
        "target_groups": _terms("target_group"),
    }
)
