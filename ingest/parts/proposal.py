"""The profile that says what was detected, as commented TOML for a person to correct. Pure."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ingest.parts import annexes, practices, stated
from ingest.parts.annexes import Annex
from ingest.parts.fields import clean_label, possible_labels
from ingest.parts.practices import REPEATED, FoundPractices
from ingest.parts.tools import Tools
from ingest.reading import LONGEST_TEXT, Profile
from ingest.tree import Section, Tree, bare
from kb.words import Vocabulary

_WIDTH = 100
_MOST_EXAMPLES = 3
_MOST_LABELS = 30
_LONGEST_SHOWN = 60


def write(name: str, tree: Tree, pages: int, language: str, vocabulary: Vocabulary) -> str:
    """A profile for the file of that name; read with it, the file gives the records that it gives without.

    Only their confidence rises, as a person answers for them. What cannot be stated so stands in comments.
    """
    found_annexes = annexes.find(tree.root, vocabulary)
    not_ones = frozenset(id(a.section) for a in found_annexes)
    found = practices.find(tree.root, pages, tree.title, not_ones, vocabulary)
    choice = _choice(tree.root, found, not_ones, vocabulary)
    parts = [
        _opening(name, pages),
        _title(tree.title),
        _practices(tree.root, found, choice),
        _tools(found_annexes, found, Tools(vocabulary, frozenset())),
        _pages(pages),
        _language(language),
        _labels(found, vocabulary),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _choice(
    root: Section, found: FoundPractices, annexes: frozenset[int], vocabulary: Vocabulary
) -> Profile | None:
    """The statement that names what was detected as practices and nothing else; None where there is none."""
    wanted = {id(p.section) for p in found.practices}
    levels = {p.section.level for p in found.practices}
    if len(levels) != 1 or not wanted <= {id(s) for s in root.walk()}:
        return None
    level = levels.pop()
    parents = [s.title for s in root.walk() if s.title and any(id(c) in wanted for c in s.children)]
    escaped = (re.escape(_plain(title)).replace("\\ ", " ") for title in dict.fromkeys(parents))
    under = f"^({'|'.join(escaped)})$"
    for profile in (Profile(practice_level=level), Profile(practice_level=level, practice_under=under)):
        chosen = stated.choose(root, annexes, vocabulary, profile)
        is_same = {id(c.section) for c in chosen} == wanted and not any(c.beside for c in chosen)
        if is_same and len(under) <= LONGEST_TEXT:
            return profile
    return None


def _opening(name: str, pages: int) -> Iterator[str]:
    yield from _comment(
        f"Profile for reading {_shown(name)} ({pages} pages), written by kb profile init. Each line says what"
        " is detected without a profile: correct what is wrong, comment out the rest, and give it with"
        " kb ingest FILE --profile THIS; the handbook's next editions are then read with it, too."
    )


def _title(title: str) -> Iterator[str]:
    yield from _comment("The handbook's title. In force, it is that of every next edition, too.")
    yield f"# title = {_quoted(title)}"


def _practices(root: Section, found: FoundPractices, choice: Profile | None) -> Iterator[str]:
    yield from _comment("The level of the headings that are practices. These levels were found:")
    levels: dict[int, list[str]] = {}
    for section in root.walk():
        if section.level >= 0 and not section.is_aside:
            levels.setdefault(section.level, []).append(section.title)
    for level, titles in sorted(levels.items()):
        yield from _comment(f"  {level}: {_counted(titles)}", "    ")
    yield from _comment(f"Practices found: {_counted([p.title for p in found.practices])}")
    if choice is None:
        usual = Counter(p.section.level for p in found.practices).most_common(1)
        yield f"# practice_level = {usual[0][0] if usual else min(levels, default=0)}"
    else:
        yield f"practice_level = {choice.practice_level}"
    yield from _comment(
        "Of that level those count that stand below sections of one kind, annexes or chapters. Instead of the"
        " level, or besides it: what the practices' headings look like, as a regular expression found"
        " anywhere in the heading, in any case, such as:"
    )
    yield "# practice_titles = '^Case study [0-9]+'"
    yield from _comment("Only below a heading, at whatever distance, that looks like this:")
    if choice is not None and choice.practice_under:
        yield f"practice_under = {_quoted(choice.practice_under)}"
    else:
        yield "# practice_under = '^Annex 1'"


def _tools(found: Sequence[Annex], practices: FoundPractices, tools: Tools) -> Iterator[str]:
    yield from _comment("The annex that holds tools, by its label or title. These annexes were found:")
    for annex in found:
        yield from _comment(f"  {_shown(annex.label)}: {_shown(annex.title)}", "    ")
    if not found:
        yield "#   none"
    taken = {id(p.section) for p in practices.practices}
    named = [a for a in found if tools.is_tool_section(a.section)]
    if len(named) == 1 and not any(id(s) in taken for s in named[0].section.walk()):
        yield f"annex_tools = {_quoted(named[0].label)}"
    else:
        yield '# annex_tools = "Annex 2"'


def _pages(pages: int) -> Iterator[str]:
    yield from _comment(f'PDF pages to leave out, counted from 1 to {pages}, such as [1, "3-5"].')
    yield "skip_pages = []"


def _language(language: str) -> Iterator[str]:
    yield from _comment(
        "The language of all its texts, as ISO 639-1 code. Not in force, each record has its own."
    )
    yield f"# language = {_quoted(language)}"
    yield from _comment("The languages in which pages without text are read (OCR), the most likely first.")
    yield f"# ocr_languages = [{_quoted(language)}]"


def _labels(found: FoundPractices, vocabulary: Vocabulary) -> Iterator[str]:
    yield from _comment(
        "Labels of the handbook's own, as printed, and the field that each of them means. The fields are "
        + ", ".join(vocabulary.field_names)
        + "."
    )
    unknown = _unknown_labels(found, vocabulary)
    if unknown:
        yield from _comment("These labels repeat in its practices and are of no known field:")
    yield "[labels]"
    for label in unknown or ["Our aim"]:
        yield f'# {_quoted(label)} = "objectives"'


def _unknown_labels(found: FoundPractices, vocabulary: Vocabulary) -> list[str]:
    """Labels that two practices or more share and that no field has, the commonest first."""
    counts: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for practice in found.practices:
        for key, label in possible_labels(practice.section).items():
            counts[key] += 1
            printed.setdefault(key, clean_label(label))
    repeated = [
        key for key, n in counts.most_common() if n >= REPEATED and not vocabulary.canonical(printed[key])
    ]
    return [printed[key] for key in repeated if bare(printed[key])][:_MOST_LABELS]


def _counted(titles: Sequence[str]) -> str:
    """How many there are, and the first of them."""
    if not titles:
        return "none"
    some = "; ".join(_shown(t) for t in titles[:_MOST_EXAMPLES])
    return f"{len(titles)} ({some}{'; ...' if len(titles) > _MOST_EXAMPLES else ''})"


def _shown(text: str) -> str:
    """Text from a PDF as it may stand in a comment."""
    return textwrap.shorten(_plain(text), _LONGEST_SHOWN, placeholder=" ...") or "without a title"


def _quoted(text: str) -> str:
    """A TOML string on one line: literal where that saves doubled backslashes, else with JSON's escapes."""
    plain = _plain(text)
    is_literal = "\\" in plain and "'" not in plain
    return f"'{plain}'" if is_literal else json.dumps(plain, ensure_ascii=False)


def _plain(text: str) -> str:
    """Text of one line, nothing in it that steers a terminal or ends a comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _comment(text: str, indent: str = "") -> Iterable[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="# ", subsequent_indent=f"# {indent}", break_on_hyphens=False
    )
