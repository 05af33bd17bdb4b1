"""Keep the catalogues of the interface complete: `make i18n` finds its words, updates the .po files, checks them.

A message that is new stands in each catalogue with an empty translation until somebody writes it; a message
that no template and no module says any more is dropped.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kb.words import LANGUAGES
from web.frame import FALLBACK, po_file

ROOM = Path(__file__).parent
TRANSLATED = tuple(language for language in LANGUAGES if language != FALLBACK)
_METHODS: list[tuple[str, str]] = [("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
_WIDTH = 110
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sdif%]|\{\w*\}")
_TAG = re.compile(r"</?\w+[^>]*>")
_ENDS = (":", "…", "?", "→", "←")


def extracted() -> Catalog:
    """Every message that the templates and modules of the web say."""
    found = Catalog()
    messages = extract_from_dir(
        ROOM, _METHODS, _OPTIONS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in messages:
        found.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """The catalogue of a language as its file has it."""
    with po_file(language).open("rb") as source:
        return read_po(source, locale=language)


def update(language: str, template: Catalog) -> None:
    """Bring the file of a language up to date; what is translated stays so."""
    catalogue = read(language)
    catalogue.update(
        template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False
    )
    with po_file(language).open("wb") as target:
        write_po(
            target, catalogue, width=_WIDTH, sort_by_file=True, ignore_obsolete=True, include_lineno=False
        )


def faults(language: str, template: Catalog) -> Iterator[str]:
    """Yield what is wrong with a catalogue, a line each; nothing if it is complete."""
    catalogue = read(language)
    for message in template:
        if message.id:
            own = catalogue.get(message.id, message.context)
            wrong = "missing; run make i18n" if own is None else _fault(own, catalogue)
            if wrong:
                yield f"{language}: {_first(message)!r}: {wrong}"
    for message in catalogue:
        if message.id and template.get(message.id, message.context) is None:
            yield f"{language}: {_first(message)!r}: nothing says this any more; run make i18n"


def _fault(message: Message, catalogue: Catalog) -> str:
    ids, texts = _forms(message.id), _forms(message.string)
    if not all(text.strip() for text in texts):
        return "not translated"
    if message.fuzzy:
        return "marked as fuzzy"
    if len(ids) > 1 and len(texts) != catalogue.num_plurals:
        return f"needs {catalogue.num_plurals} plural forms"
    for n, text in enumerate(texts):
        model = ids[min(n, len(ids) - 1)]
        if _placeholders(text) not in [_placeholders(one) for one in ids]:
            return f"other placeholders in {text!r}"
        if _tags(text) != _tags(model):
            return f"other tags in {text!r}"
        if text != text.strip() or any(
            model.endswith(end) != text.endswith(end) for end in _ENDS if end != "?"
        ):
            return f"begins or ends otherwise: {text!r}"
    return ""


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _first(message: Message) -> str:
    return _forms(message.id)[0]


def _placeholders(text: str) -> Counter[str]:
    return Counter(found[0] for found in _PLACEHOLDER.finditer(text))


def _tags(text: str) -> Counter[str]:
    return Counter(_TAG.findall(text))


def main() -> int:
    """Update every catalogue and say what is to be done; 1 if anything is."""
    template = extracted()
    for language in TRANSLATED:
        update(language, template)
    found = [fault for language in TRANSLATED for fault in faults(language, template)]
    for fault in found:
        print(fault, file=sys.stderr)  # noqa: T201 - a command of make
    print(f"{len(template)} messages in {len(LANGUAGES)} languages, {len(found)} to be done")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
