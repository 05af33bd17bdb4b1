"""What search is measured on: needs over real handbooks and the sample, classic collections, XQuAD in five languages.

Each is filled once into a library that is kept, and may then be asked under one setting of the constants after the
other. Every text is embedded once, whatever library asks.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from sys import modules
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.setting import HANDBOOKS, SAMPLE, SAMPLE_NEEDS, SAMPLE_PREFERRED, SCORE, SHARED, say
from ingest import pipeline
from kb import Settings, Vectors
from kb.measure import ALL, SAME_LANGUAGE, Evaluation, evaluate_needs
from kb.measure.collection import Collection
from kb.model import Encoder
from kb.search import Library, Mode

COLLECTIONS = SHARED / "collections"
CLASSIC = ("cranfield", "cisi", "medline")
XQUAD = ("en", "de", "el", "es", "ro")
NEEDS = {"needs.json": SAME_LANGUAGE, "needs-hard.json": ALL, "needs-languages.json": ALL}
"""Needs over the real handbooks -> the style whose figure counts."""
REAL, XQUAD_FAMILY = "real handbooks", "xquad"
ASKED_ONLY = ("kb.search.", "kb.search:", "kb.measure.")
"""Rooms whose constants change no index: what is filled stays as it is."""

DONE = "filled"  # the file that says that a library is whole

Figure = Callable[[Evaluation, str], float]
"""An evaluation and the style that counts -> one number, more is better."""


class Kept:
    """An encoder that embeds each text once, whatever library asks."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._passages: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}
        self.id, self.dim, self.max_tokens = encoder.id, encoder.dim, encoder.max_tokens
        self.spans = encoder.spans

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is not known yet; float32 (n, dim), unit rows."""
        return self._known(self._passages, self._encoder.passages, texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what is not known yet; float32 (n, dim), unit rows."""
        return self._known(self._queries, self._encoder.queries, texts)

    def _known(
        self, known: dict[str, Vectors], embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str]
    ) -> Vectors:
        if fresh := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(fresh, embed(fresh), strict=True))
        return np.stack([known[text] for text in texts]) if texts else embed(texts)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one figure is measured on; `asked` are the pairs of documents and questions that it is the mean over."""

    name: str
    family: str
    style: str
    asked: tuple[tuple[str, Path | Collection], ...]
    """Library -> the needs or the questions that it is asked."""


PREFERRED = tuple(
    Ground(f"preferred-{half}", "preferred", f"preferred, {style}", ((SAMPLE.stem, SAMPLE_PREFERRED),))
    for half, style in (("chosen", "chosen by"), ("aside", "kept aside"))
)
"""Needs that say where or for whom, which only what is read from them is chosen by: asked where they are named."""


@dataclass(slots=True)
class Grounds:
    """Everything of `wanted` that is here, its libraries filled below `root`.

    Of each language's XQuAD questions `questions` are asked, the same in all. `part` names the setting of those
    constants that change what is filled; libraries are kept apart by it.
    """

    root: Path
    encoder: Encoder
    wanted: Sequence[str] = ()
    questions: int = 60
    part: str = ""
    all: tuple[Ground, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = [*_needs(), *_classic(), *_xquad(self.questions)]
        found += [one for one in PREFERRED if one.name in self.wanted]
        self.all = tuple(one for one in found if not self.wanted or one.name in self.wanted)
        if unknown := set(self.wanted) - {one.name for one in found}:
            raise ValueError(f"{', '.join(sorted(unknown))}: no such collection here")

    @property
    def families(self) -> Mapping[str, str]:
        """Which family each belongs to."""
        return {one.name: one.family for one in self.all}

    def figures(self, figure: Figure, modes: Sequence[str] = (Mode.HYBRID.value,)) -> dict[str, float]:
        """One number for each, in order, with the constants as they are now."""
        found: dict[str, float] = {}
        with self.opened() as library_of:
            for one in self.all:
                numbers = [figure(each, one.style) for each in evaluations(one, library_of, modes)]
                found[one.name] = sum(numbers) / len(numbers)
        return found

    @contextmanager
    def opened(self) -> Iterator[Callable[[str], Library]]:
        """Opens each library once, and closes them all."""
        held: dict[str, Library] = {}
        with ExitStack() as stack:

            def library_of(name: str) -> Library:
                if name not in held:
                    settings = Settings(self._filled(name))
                    held[name] = stack.enter_context(Library.open(settings, self.encoder))
                return held[name]

            yield library_of

    def _filled(self, name: str) -> Path:
        """The folder of a library, filled the first time that it is asked for."""
        data = self.root / hashlib.sha256(self.part.encode()).hexdigest()[:8] / name
        if not (data / DONE).is_file():
            say(f"filling {name} ...")
            shutil.rmtree(data, ignore_errors=True)  # what another run left half done
            if name in (REAL, SAMPLE.stem):
                _ingest(data, self.encoder, real_pool() if name == REAL else (SAMPLE,))
            else:
                Collection.read(COLLECTIONS / name).fill(data, self.encoder)
            (data / DONE).touch()
        return data


def evaluations(
    one: Ground, library_of: Callable[[str], Library], modes: Sequence[str]
) -> Iterator[Evaluation]:
    """What is measured of each pair of documents and questions."""
    for name, asked in one.asked:
        library = library_of(name)
        if isinstance(asked, Collection):
            yield asked.evaluate(library, modes)
        else:
            yield evaluate_needs(library, asked, modes=modes)


def real_pool() -> tuple[Path, ...]:
    """The real handbooks over which needs are judged."""
    return tuple(HANDBOOKS / name for name in json.loads((SCORE / "needs.json").read_text("utf-8"))["pool"])


@contextmanager
def patched(replaced: Mapping[str, Any]) -> Iterator[None]:
    """Replace constants by their names, as "kb.search.nearness:MEAN_SHARE", for a while.

    Modules that took one by name ("from kb.search.nearness import MEAN_SHARE") get the other as well.

    Raises:
        AttributeError: a module has no such name.
    """
    before: list[tuple[Any, str, Any]] = []
    try:
        for name, value in replaced.items():
            place, _, attribute = name.partition(":")
            owner = import_module(place)
            for holder in (owner, *_takers(place, attribute)):
                before.append((holder, attribute, getattr(holder, attribute)))
                setattr(holder, attribute, value)
        yield
    finally:
        for holder, attribute, old in reversed(before):
            setattr(holder, attribute, old)


def built_in(name: str) -> Any:
    """The value of a constant, as "kb.search.nearness:MEAN_SHARE"."""
    place, _, attribute = name.partition(":")
    return getattr(import_module(place), attribute)


def _takers(place: str, attribute: str) -> Iterator[ModuleType]:
    taken = re.compile(rf"^from {re.escape(place)} import (?:\([^)]*|[^\n(]*)\b{attribute}\b", re.MULTILINE)
    for name, module in list(modules.items()):
        source = getattr(module, "__file__", None) if name.partition(".")[0] == "kb" else None
        if source and taken.search(Path(source).read_text(encoding="utf-8")):
            yield module


def changes_index(name: str) -> bool:
    """Whether what is filled depends on a constant."""
    return not name.startswith(ASKED_ONLY)


def _ingest(data: Path, encoder: Encoder, handbooks: Sequence[Path]) -> None:
    with mock.patch.object(pipeline, "load_encoder", return_value=encoder):
        for path in handbooks:
            pipeline.ingest(Settings(data), path)


def _needs() -> Iterator[Ground]:
    for name, style in NEEDS.items():
        if (SCORE / name).is_file():
            yield Ground(name.removesuffix(".json"), REAL, style, ((REAL, SCORE / name),))
        else:
            say(f"{SCORE / name}: not there, so its needs are not asked")
    yield Ground("sample", "sample", SAME_LANGUAGE, ((SAMPLE.stem, SAMPLE_NEEDS),))


def _classic() -> Iterator[Ground]:
    for name in CLASSIC:
        if (COLLECTIONS / name).is_dir():
            yield Ground(name, name, ALL, ((name, Collection.read(COLLECTIONS / name)),))
        else:
            say(f"{COLLECTIONS / name}: not there, so it is not measured")


def _xquad(questions: int) -> Iterator[Ground]:
    folders = {language: COLLECTIONS / f"xquad-{language}" for language in XQUAD}
    if not all(folder.is_dir() for folder in folders.values()):
        say(f"{COLLECTIONS}/xquad-*: not there, so it is not measured")
        return
    read = {language: Collection.read(folder) for language, folder in folders.items()}
    asking = {language: some_questions(one, questions).queries for language, one in read.items()}
    across = []
    for language, folder in folders.items():
        for other in XQUAD:
            pair = replace(read[language], queries=asking[other])
            if other == language:
                yield Ground(folder.name, XQUAD_FAMILY, ALL, ((folder.name, pair),))
            else:
                across.append((folder.name, pair))
    yield Ground("xquad across", XQUAD_FAMILY, ALL, tuple(across))


def some_questions(collection: Collection, count: int) -> Collection:
    """A collection with so many of its queries, evenly drawn, the same by id in every language."""
    step = max(1, len(collection.queries) // count)
    return replace(collection, queries=tuple(sorted(collection.queries)[::step][:count]))
