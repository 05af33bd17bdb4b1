"""Words of a record that lead somewhere, in their place: links, addresses and the marks of footnotes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from jinja2.utils import urlize
from markupsafe import Markup, escape

from kb import FieldTable, Link
from web.frame.prose import TextBlock, blocks

_MARK = re.compile(r"\s*(?P<key>\d{1,3}|[*†‡§¶#∗‖∥]{1,3}|[a-z]|[ivx]{1,5})[\])]?[.:]?\s+(?=\S)")
"""How the text of a note begins."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONGEST_LINK = 300  # characters of words that lead somewhere; longer ones are listed below the text


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote: the mark that is printed before it ("" for none), its words, and whether the text has that mark."""

    key: str
    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Leads:
    """Where the words of one field lead: the links that stand in its text, those that do not, and its footnotes."""

    placed: tuple[tuple[re.Pattern[str], Link], ...]
    rest: tuple[Link, ...]
    notes: tuple[Footnote, ...]
    anchor: str
    """The fragment that leads to the field; those of its notes and of their marks begin so."""

    @classmethod
    def of(
        cls, text: str, tables: Sequence[FieldTable], links: Sequence[Link], notes: Sequence[str], anchor: str
    ) -> Leads:
        """Find where the links and the marks of the notes stand; a link only where its words stand just once."""
        lines = tuple(_lines(text, tables))
        placed, rest = [], []
        for link in links:
            words = re.compile(r"\s*".join(map(re.escape, link.text.split()))) if link.text.strip() else None
            is_short = len(link.text) <= _LONGEST_LINK
            if words is not None and is_short and sum(len(words.findall(line)) for line in lines) == 1:
                placed.append((words, link))
            else:
                rest.append(link)
        return cls(tuple(placed), tuple(rest), tuple(_notes(notes, lines)), anchor)


NOWHERE = Leads((), (), (), "")


def _lines(text: str, tables: Sequence[FieldTable]) -> Iterator[str]:
    """The lines of a text as they are shown."""
    for block in blocks(text, tables):
        if isinstance(block, TextBlock):
            yield from block.lines
        else:
            for row in block.body:
                for cell in row:
                    yield from () if cell.is_head else _lines(cell.text, ())


def _notes(texts: Sequence[str], lines: Sequence[str]) -> Iterator[Footnote]:
    for text in dict.fromkeys(texts):
        match = _MARK.match(text)
        key = match["key"] if match else ""
        is_marked = bool(key) and sum(len(_mark(key).findall(line)) for line in lines) == 1
        yield Footnote(key, text[match.end() :] if match else text, is_marked)


def _mark(key: str) -> re.Pattern[str]:
    """How the mark of a note stands in a text: in brackets, or raised."""
    raised = key.translate(_SUPERSCRIPTS)
    alone = rf"|(?<![⁰¹²³⁴⁵⁶⁷⁸⁹]){re.escape(raised)}(?![⁰¹²³⁴⁵⁶⁷⁸⁹])" if raised != key else ""
    return re.compile(rf"\[{re.escape(key)}\]{alone}")


def worded(line: str, way: Leads = NOWHERE) -> Markup:
    """A line of a text, its links, addresses and marks leading where they lead; all else is escaped."""
    found: list[tuple[int, int, Markup]] = []
    for pattern, link in way.placed:
        found += [(m.start(), m.end(), _anchored(m[0], link.url)) for m in pattern.finditer(line)]
    for note in (note for note in way.notes if note.is_marked):
        for m in _mark(note.key).finditer(line):
            found.append((m.start(), m.end(), _marked(m[0], note.key, way.anchor)))
    made, at = Markup(), 0
    for start, end, shown in sorted(found, key=lambda part: (part[0], -part[1])):
        if start >= at:
            made += Markup(urlize(line[at:start], rel="noreferrer")) + shown
            at = end
    return made + Markup(urlize(line[at:], rel="noreferrer"))


def _anchored(words: str, url: str) -> Markup:
    host = host_of(url)
    is_said = not host or re.sub(r"\s+", "", host.casefold()) in re.sub(r"\s+", "", words.casefold())
    after = Markup("") if is_said else Markup(' <span class="host">({})</span>').format(host)
    return Markup('<a href="{}" rel="noreferrer">{}</a>{}').format(url, words, after)


def _marked(words: str, key: str, anchor: str) -> Markup:
    name = escape(key)
    return Markup('<sup><a id="{0}-mark-{1}" href="#{0}-note-{1}" role="doc-noteref">{2}</a></sup>').format(
        anchor, name, words
    )


def host_of(url: str) -> str:
    """Whose an address is: the host of a web address without "www.", the receiver of mail; "" of any other."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://[::1"
        return ""
    if parts.scheme == "mailto":
        return unquote(parts.path)
    return parts.netloc.removeprefix("www.") if parts.scheme in ("http", "https") else ""
