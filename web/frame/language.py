"""The language of the interface: its words (gettext catalogues), its numbers and its dates.

Words of a template go through `{{ _("…") }}`, `{{ ngettext(…) }}` or `{% trans %}`; those of Python code in `web`
through `_` and `ngettext` of this module, when the page is built. Then `make i18n`.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kb.words import BY_CODE, LANGUAGES, vocabulary

FALLBACK = "en"
CATALOGUES = Path(__file__).parents[1] / "locale"


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a request is answered in; `prefix` ("/de") is kept on its links, "" where its address names none."""

    language: str = FALLBACK
    prefix: str = ""


_asked: ContextVar[Tongue] = ContextVar("tongue", default=Tongue())  # noqa: B039 - it is frozen


def speak(tongue: Tongue) -> None:
    """Answer the request at hand in a language; a request runs in a context of its own."""
    _asked.set(tongue)


def spoken() -> Tongue:
    """What the request at hand is answered in."""
    return _asked.get()


def gettext(text: str) -> str:
    """A text of the interface in the language of the request at hand."""
    return catalogue(spoken().language).gettext(text)


_ = gettext


def ngettext(one: str, many: str, count: int) -> str:
    """A text of the interface with its count in it, in the form that the language wants for that count."""
    return catalogue(spoken().language).ngettext(one, many, count)


@cache
def catalogue(language: str) -> catalogues.NullTranslations:
    """The words of a language, read from its .po file; English is what the templates say themselves."""
    if language == FALLBACK:
        return catalogues.NullTranslations()
    compiled = BytesIO()
    with po_file(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)


def po_file(language: str) -> Path:
    """Where the words of a language are kept."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def locale() -> Locale:
    """How the language of the request at hand writes numbers and dates."""
    language = spoken().language
    return _locale(BY_CODE[language].locale)


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def number(value: float, decimals: int | None = None) -> str:
    """A number as the language writes it, with so many decimals; as many as it needs unless given."""
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(Decimal(str(value)), format=pattern, locale=locale())


def share(percent: float) -> str:
    """A share with one decimal at most; only what is all of it is 100 %."""
    shown = min(round(percent, 1), 99.9) if percent < 100 else percent
    return numbers.format_percent(Decimal(str(shown)) / 100, locale=locale(), decimal_quantization=False)


def date(stamp: str) -> str:
    """The day of an ISO 8601 stamp; what is no stamp stays as it is."""
    try:
        return dates.format_date(datetime.fromisoformat(stamp), "long", locale=locale())
    except ValueError:
        return stamp


def moment(stamp: str) -> str:
    """Day and minute of an ISO 8601 stamp, as the clock stood where it was taken."""
    try:
        return dates.format_datetime(
            datetime.fromisoformat(stamp).replace(tzinfo=None), "medium", locale=locale()
        )
    except ValueError:
        return stamp


def listed(texts: Iterable[str]) -> str:
    """Some texts as a list within a sentence: "a, b and c"."""
    return lists.format_list(list(texts), locale=locale())


def either(texts: Iterable[str]) -> str:
    """Some texts of which one will do, within a sentence: "a, b or c"."""
    return lists.format_list(list(texts), style="or", locale=locale())


def inside(text: str) -> str:
    """A word of the interface, within a sentence: without its capital, which German nouns keep."""
    return text if spoken().language == "de" else text[:1].lower() + text[1:]


def opening(text: str) -> str:
    """A word of the interface, where a sentence begins."""
    return text[:1].upper() + text[1:]


def term(value: str, facet: str) -> str:
    """A facet's value, given by its name or its English label, as the language calls it; others as they are."""
    return _term(facet, value, spoken().language)


@cache
def _term(facet: str, value: str, language: str) -> str:
    known = vocabulary.load()
    group = known.nations if facet == "country" else known.terms.get(facet, ())
    found = (t.label(language) for t in group if value in (t.name, t.label(FALLBACK)))
    return next(found, value)


def field_name(name: str) -> str:
    """A canonical field name as words of the language of the request at hand."""
    return vocabulary.load().display(name, spoken().language)


def language_name(code: str) -> str:
    """A language by its ISO 639-1 code, named in the language of the request at hand."""
    name = str(locale().languages.get(code, code))
    return name[:1].upper() + name[1:]


def languages() -> tuple[tuple[str, str], ...]:
    """Every language of the interface: its code, and its name in itself."""
    return tuple((code, BY_CODE[code].own) for code in LANGUAGES)
