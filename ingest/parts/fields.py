"""Lines of one record -> labelled fields: labels on their own line, run in, or in a key/value table. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from ingest.page import Line, clean, join_lines, whole_rows
from ingest.parts import beside
from ingest.parts.kept import kept_tables, row_text
from ingest.tree import Section, bare
from kb import Box, Field, Link, Origin, Span
from kb.words import Vocabulary

_SHORTEST_LABEL = 2  # characters
_PAIR = 2  # cells of a row that is a key and its value
_MOST_PLAIN_WORDS = 4  # of a label that only a colon sets apart; longer ones are sentences; by eye
# Points: a gap up or down from which a line stands in another column or on another page; by eye.
_ANOTHER_COLUMN_BELOW, _ANOTHER_COLUMN_ABOVE = 90, -200
# shares of the column: a line that runs on, one that ends its paragraph; by eye
_FULL, _ENDS_SHORT = 0.85, 0.75
_SAME_COLUMN = 60  # points that left edges of one column differ by at the most; by eye
_LONGEST_LABEL = 70
_MOST_LABEL_WORDS = 9
_COLON_LABEL = re.compile(r"^(?P<label>[^\W\d_][^:.!?]{1,58}?)\s?:(?:\s+|$)(?P<rest>.*)$", re.DOTALL)
_SENTENCE_END = (".", "!", "?", ":", ";", "”", "»")


@dataclass(frozen=True, slots=True)
class Part:
    """A label ("" for none) and the lines that stand under it."""

    label: str
    lines: tuple[Line, ...]
    place: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """What counts as a label: the vocabulary's, and those that sibling records repeat."""

    vocabulary: Vocabulary
    repeated: frozenset[str] = frozenset()

    def knows(self, text: str) -> bool:
        """The text is a label here."""
        return bool(self.vocabulary.canonical(text)) or bare(text) in self.repeated


def run_in_label(line: Line) -> tuple[str, bool]:
    """The label that a line opens with, and whether type sets it apart ("" where there is none)."""
    if line.cells or line.is_list_item:
        return "", False
    text = line.text
    head = ""
    for run in line.runs:
        first = line.runs[0].style
        if run.style.bold != first.bold or run.style.color != first.color or run.style.italic != first.italic:
            break
        head += run.text
    head = clean(head)
    is_set_apart = len(head) < len(text) and (
        line.runs[0].style.bold or line.runs[0].style.italic or line.runs[0].style.size > line.size
    )
    if (
        is_set_apart
        and _is_label_like(head)
        and (head.endswith((":", ".", "?", "–", "-", "—")) or line.runs[0].style.bold)
    ):
        label = head.rstrip(" :.–-—")
        if ":" in label and (match := _COLON_LABEL.match(head)):
            label = match["label"]
        rest = text[len(head) :]
        if rest[:1].isspace() or head.endswith(":") or rest.startswith(":") or not rest[:1].isalpha():
            return label.strip(), True
    if (match := _COLON_LABEL.match(text)) and _is_label_like(match["label"]):
        return match["label"].strip(), False
    return "", False


def _is_label_like(text: str) -> bool:
    words = text.split()
    return (
        _SHORTEST_LABEL <= len(text) <= _LONGEST_LABEL
        and len(words) <= _MOST_LABEL_WORDS
        and any(c.isalpha() for c in text)
        and (words[0][:1].isupper() or not words[0][:1].islower())
        and "://" not in text
    )


def key_of(line: Line) -> str:
    """The key of a key/value table row, "" for any other line."""
    texts = [cell.text for cell in line.row.cells] if line.row else line.cells
    if len(texts) == _PAIR and all(texts) and _is_label_like(texts[0]):
        return texts[0].rstrip(" :")
    return ""


def possible_labels(section: Section) -> dict[str, str]:
    """Every label a section might have, folded -> as printed: sub-headings, run-in labels, table keys, beside."""
    found: dict[str, str] = {}
    for label in printed_labels(section):
        found.setdefault(bare(label), label)
    found.pop("", None)
    return found


def printed_labels(section: Section) -> Iterator[str]:
    """The same as printed, as often as they stand there."""
    for child in section.children:
        yield child.title
    yield from labels_in(line for line in section.lines if not line.is_boxed)
    boxed = list(labels_in(beside.lines_of(section)))
    if len(boxed) == len({bare(label) for label in boxed}):  # else they are those of several records below it
        yield from boxed


def labels_in(lines: Iterable[Line]) -> Iterator[str]:
    """The labels that lines might open with, run in or as a table's key, as printed."""
    for line in lines:
        label, is_set_apart = run_in_label(line)
        if label and (is_set_apart or len(label.split()) <= _MOST_PLAIN_WORDS):
            yield label
        if key := key_of(line):
            yield key


def split(section: Section, labels: Labels) -> list[Part]:
    """Cut a record's section into parts, in printed order; what a box beside it states comes after its lead."""
    facts = beside.facts(beside.lines_of(section), labels.vocabulary)
    if not any(labels.knows(fact.label) for fact in facts):
        facts = []
    taken = {(line.page, line.box) for fact in facts for line in (*fact.place, *fact.lines)}
    parts = _split_lines(_not_in(section.lines, taken), labels)
    parts.extend(Part(fact.label, fact.lines, fact.place) for fact in facts)
    for child in section.children:
        if child.heading and not _not_in(child.heading, taken):
            continue
        notes = [
            s
            for s in child.walk()
            if s.is_aside and labels.vocabulary.canonical(s.title) and _not_in(s.heading, taken)
        ]
        apart = {id(x) for note in notes for x in note.walk()}
        if id(child) in apart:
            parts.append(_part(child))
            continue
        lines = _not_in(_without(child, apart), taken)
        has_own_labels = (
            bool(lines) and run_in_label(lines[0])[1]
        )  # then they belong to it, and it stays whole
        whole = [Part("", tuple(lines))]
        own = whole if has_own_labels else _split_lines(lines, Labels(labels.vocabulary), is_inner=True)
        first = own.pop(0).lines if own and not own[0].label else ()
        parts.append(Part(child.title, first, child.heading))
        parts.extend([*own, *(_part(note) for note in notes)])
    return [p for p in parts if p.label or p.lines]


def _not_in(lines: Iterable[Line], taken: Set[tuple[int, Box]]) -> list[Line]:
    return [line for line in lines if (line.page, line.box) not in taken]


def _part(section: Section) -> Part:
    return Part(section.title, tuple(section.all_lines()), section.heading)


def _without(section: Section, apart: Set[int]) -> Iterator[Line]:
    """The lines of a section but for those of the side notes that are fields of the record."""
    yield from section.lines
    for child in section.children:
        if id(child) not in apart:
            yield from child.heading
            yield from _without(child, apart)


def _split_lines(lines: Sequence[Line], labels: Labels, is_inner: bool = False) -> list[Part]:
    """Cut lines at their labels; below a label of its own line (`is_inner`) only bold run-in ones count."""
    parts: list[Part] = []
    label, held = "", list[Line]()

    def close() -> None:
        if label or held:
            parts.append(Part(label, tuple(held)))

    rows = list(whole_rows(lines))
    known = _known_rows(rows, labels) if is_inner else frozenset(range(len(rows)))
    for number, line in enumerate(rows):
        pairs = _pairs(line, labels) if number in known else []
        for key, value in pairs:
            close()
            label, held = key, value
        if pairs:
            continue
        found, is_set_apart = run_in_label(line)
        if found and labels.knows(found) and (is_set_apart or (not is_inner and _opens_paragraph(line))):
            close()
            label, held = found, [_without_label(line, found)]
            continue
        held.append(line)
    close()
    return parts


def _known_rows(lines: Sequence[Line], labels: Labels) -> frozenset[int]:
    """The places of rows that stand together, at least two, and whose keys are all labels: facts below a paragraph."""
    found: set[int] = set()
    run: list[int] = []
    for number, line in enumerate([*lines, None]):
        if line is not None and key_of(line):
            run.append(number)
            continue
        keys = [bool(_pairs(lines[n], labels)) for n in run]
        if len(keys) >= _PAIR and all(keys):
            found |= set(run)
        run = []
    return frozenset(found)


def _pairs(line: Line, labels: Labels) -> list[tuple[str, list[Line]]]:
    """The labels that a table row holds, each left of its value, with the lines of that; none where it has others."""
    if (key := key_of(line)) and labels.knows(key):
        whole = [replace(line, text=line.cells[1].strip(), cells=())] if line.row is None else []
        return [(key, list(line.row.cells[1].lines) if line.row else whole)]
    cells = line.row.cells if line.row else ()
    keys = [cell.text.rstrip(" :") for cell in cells[::2]]
    if len(cells) < 2 * _PAIR or len(cells) % _PAIR or not all(key and labels.knows(key) for key in keys):
        return []
    return [(key, list(cell.lines)) for key, cell in zip(keys, cells[1::2], strict=True)]


def _opens_paragraph(line: Line) -> bool:
    return line.gap > -0.5 * line.size


def _without_label(line: Line, label: str) -> Line:
    rest = line.text[line.text.find(label) + len(label) :].lstrip(" :.–-—?\t")
    return replace(line, text=rest)


def to_field(part: Part, vocabulary: Vocabulary, known: frozenset[str]) -> Field:
    """A part as a field, verbatim but for hyphens at line ends."""
    label = clean_label(part.label)
    lines = [line for line in part.lines if line.text]
    places = lines or list(part.place) or list(part.lines)
    text = to_text(lines, known)
    return Field(
        label=label,
        text=text,
        spans=spans(places),
        name=vocabulary.canonical(label) if label else "",
        origin=Origin.STATED,
        links=links_of(lines),
        notes=notes_of(lines),
        tables=kept_tables(lines, text, known),
    )


def links_of(lines: Iterable[Line]) -> tuple[Link, ...]:
    """What the words of some lines lead to; a link that runs over lines is one."""
    found: list[Link] = []
    for link in (link for line in lines for link in line.links):
        if found and found[-1].url == link.url:
            found[-1] = Link(join_lines([found[-1].text, link.text]), link.url)
        else:
            found.append(link)
    return tuple(found)


def notes_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """The footnotes whose markers stand in some lines."""
    return tuple(note for line in lines for note in line.notes)


def clean_label(label: str) -> str:
    """A label without its numbering ("3.1") and closing colon."""
    shorter = re.sub(r"^\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]?\s+|[a-zA-Z][.)]\s+)(?=\D)", "", label)
    return shorter.strip().rstrip(" :") or label.strip()


def to_text(lines: Sequence[Line], known: frozenset[str]) -> str:
    """Lines as paragraphs: blank lines between them, list items and table rows on lines of their own."""
    paragraphs: list[list[Line]] = []
    for line in whole_rows(lines):
        if paragraphs and _runs_on(paragraphs[-1], line):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    out = ""
    for index, group in enumerate(paragraphs):
        text = join_lines([row_text(line, known) for line in group], known)
        if not index:
            out = text
            continue
        before = paragraphs[index - 1][-1]
        is_tight = (
            group[0].is_list_item and (before.is_list_item or paragraphs[index - 1][0].is_list_item)
        ) or (bool(group[0].cells) and bool(before.cells))
        out += ("\n" if is_tight else "\n\n") + text
    return re.sub(r"\u00ad(?=\w)", "", out).strip()


def _runs_on(group: Sequence[Line], line: Line) -> bool:
    last = group[-1]
    if line.cells or last.cells or line.is_list_item:
        return False
    if abs(line.size - last.size) > 1 or (line.is_bold != last.is_bold and line.box[0] <= last.left + 2):
        return False
    if group[0].is_list_item and line.box[0] < group[0].box[0] - 2:
        return False
    if last.page != line.page or not _ANOTHER_COLUMN_ABOVE <= line.gap <= _ANOTHER_COLUMN_BELOW:
        ends = last.text.rstrip().endswith(_SENTENCE_END)
        return not ends and (line.text[:1].islower() or last.fill > _FULL)
    if line.gap > 0.62 * line.size:
        return False
    return not (last.text.endswith(_SENTENCE_END) and last.fill < _ENDS_SHORT and line.gap > 0.3 * line.size)


def spans(lines: Iterable[Line]) -> tuple[Span, ...]:
    """Where lines stand: one box a page and column, in printed order."""
    boxes: list[tuple[int, float, Box]] = []
    for line in lines:
        if boxes and boxes[-1][0] == line.page and abs(boxes[-1][1] - line.left) < _SAME_COLUMN:
            page, left, box = boxes[-1]
            boxes[-1] = (
                page,
                left,
                (
                    min(box[0], line.box[0]),
                    min(box[1], line.box[1]),
                    max(box[2], line.box[2]),
                    max(box[3], line.box[3]),
                ),
            )
        else:
            boxes.append((line.page, line.left, line.box))
    return tuple(
        Span(page, (round(b[0], 1), round(b[1], 1), round(b[2], 1), round(b[3], 1))) for page, _, b in boxes
    )
