"""What is made of the vocabulary's files, kept for later starts: to read and check them takes a third of a second."""

from __future__ import annotations

import hashlib
import io
import logging
import pickle
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from kb import replace_file

ReadAgain = TypeVar("ReadAgain")

_MAY_BE = {
    ("builtins", "frozenset"),
    ("kb.words.cues", "Cues"),
    ("kb.words.read_once", "_frozen"),
    *(("kb.words.phrases", name) for name in ("Form", "Phrases", "_Entry")),
    *(("kb.words.terms", name) for name in ("Institution", "Term")),
    ("kb.words.vocabulary", "Vocabulary"),
}
"""What a kept file may be made of: it is data, and runs nothing, whoever wrote it."""
_DIGEST = 32  # bytes of a SHA-256

log = logging.getLogger(__name__)
_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Keep in a folder what is made from now on, and take it from there."""
    global _folder  # noqa: PLW0603  the vocabulary is one for the process, and so is where it is kept
    _folder = folder / "words"


def once(name: str, make: Callable[[], ReadAgain]) -> ReadAgain:
    """What was made under a name of the same files by the same code, or is made now; what `make` raises is raised."""
    if _folder is None:
        return make()
    path = _folder / f"{name}.pickle"
    try:
        kept = path.read_bytes()
        state, digest, body = kept[:_DIGEST], kept[_DIGEST : 2 * _DIGEST], kept[2 * _DIGEST :]
        if state == _state() and hashlib.sha256(body).digest() == digest:
            found: ReadAgain = _Reader(io.BytesIO(body)).load()
            return found
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, LookupError, TypeError, ValueError):
        pass  # it is not there yet, or not ours
    made = make()
    body = _written(made)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, _state() + hashlib.sha256(body).digest() + body)
    except OSError as error:
        log.info("%s: cannot be written (%s), so each start takes a little longer", path, error)
    return made


@cache
def _state() -> bytes:
    """What tells these files, read by this code, from any others."""
    held = hashlib.sha256()
    for folder, ending in (
        (resources.files("corpus") / "vocabulary", ".toml"),
        (resources.files("kb.words"), ".py"),
    ):
        for file in sorted(folder.iterdir(), key=lambda one: one.name):
            if file.name.endswith(ending):
                held.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return held.digest()


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _MAY_BE:
            raise pickle.UnpicklingError(f"{module}.{name} is none of what is kept")
        return super().find_class(module, name)


class _Writer(pickle.Pickler):
    def reducer_override(self, held: object) -> Any:
        return (_frozen, (dict(held),)) if isinstance(held, MappingProxyType) else NotImplemented


def _frozen(held: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(held)


def _written(made: object) -> bytes:
    file = io.BytesIO()
    _Writer(file, protocol=pickle.HIGHEST_PROTOCOL).dump(made)
    return file.getvalue()
