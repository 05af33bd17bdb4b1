"""The stock of words of one language, and the sentences that are put together from it."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "stock"

KNOWN_TOOLS = (
    "Moodle", "LimeSurvey", "Etherpad", "BigBlueButton", "Zotero", "OpenRefine", "Jitsi Meet", "Mahara", "Nextcloud",
    "Mentimeter", "Padlet", "Overleaf", "H5P", "Wooclap", "Kumu", "Taiga", "Nuudel", "Hypothes.is", "Audacity",
    "Inkscape", "Indico", "Koha", "DSpace", "Omeka", "VuFind", "GeoGebra", "Scribus",
)  # fmt: skip
SYLLABLES = (
    "lu",
    "mi",
    "ka",
    "tor",
    "ven",
    "plan",
    "sy",
    "gra",
    "do",
    "nex",
    "qui",
    "bel",
    "ora",
    "fi",
    "zen",
    "pal",
)


@cache
def read(language: str) -> dict[str, Any]:
    """The words of a language as they stand in its file."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


class Stock:
    """Draws words and sentences of one language from one stream of chance; what must differ is drawn once."""

    def __init__(self, language: str, seed: int) -> None:
        self.words = read(language)
        self.rng = random.Random(f"words {seed} {language}")
        self._decks: dict[str, list[str]] = {}

    def __getitem__(self, name: str) -> Any:
        return self.words[name]

    def any(self, name: str) -> str:
        """One of a list of words, its numbers filled in."""
        return self.filled(self.rng.choice(self.words[name]))

    def label(self, name: str) -> str:
        """One of the wordings of a label."""
        return str(self.rng.choice(self.words["labels"][name]))

    def next(self, name: str) -> str:
        """One of a list, and none twice before all were had."""
        deck = self._decks.setdefault(name, [])
        if not deck:
            deck.extend(self.rng.sample(self.words[name], len(self.words[name])))
        return self.filled(deck.pop())

    def filled(self, text: str) -> str:
        """The text with numbers, years and cities in their places."""
        while "{n}" in text:
            text = text.replace("{n}", str(self.rng.randint(3, 48)), 1)
        while "{year}" in text:
            text = text.replace("{year}", str(self.rng.randint(2009, 2025)), 1)
        while "{city}" in text:
            text = text.replace("{city}", self.rng.choice(self.words["cities"]), 1)
        return text

    def sentence(self, kind: str = "general") -> str:
        """A sentence of openers, clauses and endings."""
        said = f"{self.next('openers')} {self.next(kind)}"
        return said + (self.any("endings") if self.rng.random() < 0.45 else "") + "."

    def prose(self, kind: str = "general", least: int = 2, most: int = 5) -> str:
        """A paragraph: sentences of a kind first, then some of the general ones."""
        count = self.rng.randint(least, most)
        kinds = [kind] * max(1, count - count // 3) + ["general"] * (count // 3)
        return " ".join(self.sentence(k) for k in kinds)

    def person(self) -> str:
        """A first and a last name."""
        return f"{self.any('first_names')} {self.any('last_names')}"

    def titles(self) -> Iterator[str]:
        """Titles of practices without end, none twice in a row of its words."""
        while True:
            yield f"{self.next('heads')} {self.next('tails_of_titles')}"

    def tool_names(self, count: int, *, software: bool = False) -> Sequence[str]:
        """Names of tools: real ones, invented ones and, unless all are software, things of paper; none twice."""
        names = [*self.rng.sample(KNOWN_TOOLS, count)]
        things = self.rng.sample(self.words["things"], min(count, 6))
        names += [
            "".join(self.rng.sample(SYLLABLES, self.rng.choice((2, 3)))).title() for _ in range(count // 2)
        ]
        names += [] if software else things
        self.rng.shuffle(names)
        return list(dict.fromkeys(names))[:count]
