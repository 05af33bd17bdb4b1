"""Every regular expression of the software on long runs of what it may be given: none goes back over them for ever."""

from __future__ import annotations

import ast
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

import pytest

from ingest.tree import annex_labels
from kb.words import Pattern, Vocabulary
from tests.house import MODULES, nodes

ROOMS = ("cli", "ingest", "kb", "web")
AT_ONE_PLACE = frozenset(["match", "fullmatch"])
ALL_PLACES = "finditer"  # what stands for each way that looks for where a pattern fits
EVERY_WAY = frozenset([ALL_PLACES, "fullmatch"])
WAYS = (*AT_ONE_PLACE, "sub", "search", "split", "findall", "finditer")
SHORTEST, SHORT, LONG = 125, 500, 10_000  # characters
FEW = (22, 44)  # characters that are enough for what doubles its time with one or two more
MOST_S = 0.05  # of processor time, by the best of three
SIGNS = "a1A .,;:-–_/\\()[]{}<>\"'&=%@#*|\n\té\u00ad\u0301?!+€\u00bb"
RUNS = (*SIGNS, *(
    "a ", "a.", "a-", "1.", "1,", "1 ", "1-", " .", "a@", "a/", "a\n", " \n", "A ", "A.", "(a", "a)", "www.", "http://",
    "1/", ". ", "- ", "a, ", "A a ", "1 a ", "a1", "=&", "<a", "&#", "a=", "\\a", "{}", '"a', "a b-", "éa", "A&", "©",
))  # fmt: skip
AROUND = (("", ""), ("", "!"), ("", "\n"), ("A", "!"), ("(", "!"), ("1 ", "!"))
"""What comes before a run and opens what a pattern looks for, and after it, so that its end is not there."""


def patterns() -> Iterator[tuple[str, re.Pattern[str], Iterable[str]]]:
    """Those that the modules hold, alone or in something, and those that calls give: by where, and how it is used."""
    for name in sorted(MODULES):
        if name.partition(".")[0] not in ROOMS or name.endswith("__main__"):
            continue
        module = import_module(name)
        for called, value in vars(module).items():
            for number, one in enumerate(_within(value, name)):
                yield f"{name}.{called}.{number}", one, _ways(name, called)
        for node in nodes(MODULES[name]):
            match node:
                case ast.Call(ast.Attribute(ast.Name("re"), way), [first, *_]) if way in WAYS:
                    if text := _constant(first, vars(module)):
                        yield f"{name}:{node.lineno}", re.compile(text), [way]
    vocabulary = Vocabulary.load()
    labels = annex_labels._patterns(vocabulary.annex_words, vocabulary.numbered_annex_words)
    for number, label in enumerate(labels):
        yield f"{annex_labels.__name__}.{number}", label.compiled, ["match"]


def _within(value: object, module: str) -> Iterator[re.Pattern[str]]:
    match value:
        case re.Pattern(pattern=str()):
            yield value
        case Pattern():
            yield value.compiled
        case dict():
            for one in (*value, *value.values()):
                yield from _within(one, module)
        case tuple() | list() | frozenset() | set():
            for one in value:
                yield from _within(one, module)
        case type(__module__=where) if where == module:
            for one in vars(value).values():
                yield from _within(one, module)


def _constant(first: ast.expr, names: dict[str, Any]) -> str:
    """The pattern that a call gives, if it is made of what its module holds alone."""
    try:
        text = eval(compile(ast.Expression(first), "", "eval"), dict(names))  # the software's own code
    except NameError:
        return ""
    return text if isinstance(text, str) else ""


def _ways(module: str, called: str) -> Iterable[str]:
    """The methods that a module calls on what it holds by a name, if it does nothing else with it."""
    named, ways = _uses(module)
    own = ways[called]
    is_its_own = called.startswith("_") and len(own) == named[called] - 1  # where it is set
    return own if is_its_own else EVERY_WAY


@cache
def _uses(module: str) -> tuple[Counter[str], defaultdict[str, list[str]]]:
    """How often a module names each thing, and the attributes that it asks each for."""
    named: Counter[str] = Counter()
    ways: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes(MODULES[module]):
        match node:
            case ast.Name(name):
                named[name] += 1
            case ast.Attribute(ast.Name(name), way):
                ways[name].append(way)
    return named, ways


def _all() -> dict[re.Pattern[str], tuple[str, frozenset[str]]]:
    """Each pattern once, with where it is and how it is used."""
    where: dict[re.Pattern[str], str] = {}
    used: defaultdict[re.Pattern[str], set[str]] = defaultdict(set)
    for name, one, ways in patterns():
        where.setdefault(one, name)
        used[one] |= {way if way in AT_ONE_PLACE else ALL_PLACES for way in ways}
    return {one: (name, frozenset(used[one])) for one, name in where.items()}


PATTERNS = _all()


def _seconds(pattern: re.Pattern[str], ways: Iterable[str], text: str, times: int = 1) -> float:
    """Processor time that a pattern takes to go through a text, the best of some times."""
    best = float("inf")
    for _ in range(times):
        started = time.thread_time()
        for way in ways:
            if way == ALL_PLACES:
                for _ in pattern.finditer(text):
                    pass
            else:
                getattr(pattern, way)(text)
        best = min(best, time.thread_time() - started)
    return best


def _is_slow(pattern: re.Pattern[str], ways: Iterable[str], sign: str, around: tuple[str, str]) -> bool:
    """Whether it takes too long, and more than its share: on a slow machine, many words in turn may take long, too.

    Short runs, four hundred times faster at worst, show first whether that can be.
    """

    head, end = around

    def seconds(length: int, times: int = 1) -> float:
        return _seconds(pattern, ways, head + (sign * length)[:length] + end, times)

    if any(seconds(length) > MOST_S for length in FEW):
        return True
    short = seconds(SHORT)
    if short < MOST_S * (SHORT / LONG) ** 2 / 2:
        return False
    if short < 5 * seconds(SHORTEST, 2):  # four times as long, sixteen times where it goes back each time
        return False
    return seconds(LONG, 3) > max(MOST_S, seconds(SHORT, 3) * 2 * LONG / SHORT)


@pytest.mark.parametrize(("pattern", "ways"), [(p, w) for p, (_, w) in PATTERNS.items()],
                         ids=[name for name, _ in PATTERNS.values()])  # fmt: skip
def test_a_long_run_takes_no_long_time(pattern: re.Pattern[str], ways: frozenset[str]) -> None:
    slow = next((run for run in product(RUNS, AROUND) if _is_slow(pattern, ways, *run)), None)
    assert slow is None, pattern.pattern


def test_what_goes_back_is_found() -> None:
    for text, run in (("(?:a+)+$", "a"), (r"\s+$", " "), (r"a[^b]*b", "a")):
        assert _is_slow(re.compile(text), [ALL_PLACES], run, ("", "!"))


def test_many_are_run() -> None:
    assert len(PATTERNS) > 250
