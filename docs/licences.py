"""Check that every dependency may be used here, and write THIRD-PARTY.md: `python -m docs.licences`.

What is looked at: the packages that the requirements name, as they are installed; the parts that they say they were
built of (SBOMs, PEP 770); the libraries that lie in their wheels; and what docs/licences.toml says of models and fonts.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
NOTICES = ROOT / "THIRD-PARTY.md"
TABLE = ROOT / "docs" / "licences.toml"
RUNS, DEVELOPS = "requirements.txt", "requirements-dev.txt"
_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Classifiers that name one licence; that of BSD names several."""
_LEFT_OUT = ("optional", "excluded")
"""Scopes of parts that a package can be built with; libraries that it was built with are looked for themselves."""
HEAD = (
    "# Third-party notices",
    "",
    "What this software holds, installs and is made with, that others wrote, and under which terms (SPDX). Written by",
    "`make licences` from the installed packages and from docs/licences.toml; the software itself is under",
    "Apache-2.0 (LICENSE). The texts of the licences lie beside each installed package, in its `*.dist-info`.",
    "",
)
_spdx = get_spdx_licensing()


class LicenceError(Exception):
    """A licence is not known, or does not allow what is done here; the message says of what, and what to do."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: its licence, and those of what lies in it, by name."""

    name: str
    version: str
    licence: str
    parts: tuple[str, ...]
    """Licences of what it was built of, each once."""
    libraries: tuple[tuple[str, str], ...]


@cache
def table() -> dict[str, Any]:
    """What docs/licences.toml says."""
    return tomllib.loads(TABLE.read_text("utf-8"))


def is_allowed(expression: str, allowed: Iterable[str]) -> bool:
    """Whether an SPDX expression can be kept to with these licences: of OR one is enough, of AND all are needed.

    Raises:
        LicenceError: it is no expression of SPDX.
    """
    try:
        parsed = _spdx.parse(expression, validate=False, strict=False)
    except ExpressionError as error:
        raise LicenceError(f"{expression}: not an SPDX expression ({error})") from error
    return parsed is not None and _holds(parsed, frozenset(allowed))


def _holds(node: Any, allowed: frozenset[str]) -> bool:
    if isinstance(node, _spdx.OR):
        return any(_holds(one, allowed) for one in node.args)
    if isinstance(node, _spdx.AND):
        return all(_holds(one, allowed) for one in node.args)
    return str(node) in allowed


def named(file: str) -> list[str]:
    """The packages that a file of requirements names, of this machine."""
    found = []
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if "==" in line and not line.startswith(("#", "-")):
            asked = Requirement(line.partition(" #")[0])
            if asked.marker is None or asked.marker.evaluate():
                found.append(asked.name)
    return sorted(found, key=str.casefold)


def declared(name: str) -> str:
    """The licence of a package by SPDX: by our table, its metadata, or a classifier that names one.

    Raises:
        LicenceError: none of them says.
    """
    held = metadata.metadata(name)
    if given := table()["declared"].get(name.lower()):
        return str(given)
    if "License-Expression" in held:
        return held["License-Expression"]
    words = held["License"].strip() if "License" in held else ""
    if re.fullmatch(r"[\w.+ ()-]{1,80}", words) and not _spdx.validate(words).errors:
        return words
    for classifier in held.get_all("Classifier") or ():
        if classifier in _CLASSIFIERS:
            return _CLASSIFIERS[classifier]
    raise LicenceError(
        f"{name}: its metadata name no licence by SPDX; read its licence file, and put what it says"
        " into docs/licences.toml"
    )


def package(name: str) -> Package:
    """An installed package.

    Raises:
        LicenceError: the licence of it or of something in it is not known.
    """
    found = metadata.distribution(name)
    parts = sorted({licence for file in _boms(found) for licence in _built_of(name, file)})
    linked = table()["linked"].get(name.lower(), {})
    libraries = sorted({**dict(_libraries(found)), **linked}.items(), key=lambda one: one[0].casefold())
    return Package(found.metadata["Name"], found.version, declared(name), tuple(parts), tuple(libraries))


def _boms(found: metadata.Distribution) -> Iterator[Path]:
    for file in found.files or ():
        if "/sboms/" in file.as_posix() and file.suffix == ".json":
            yield Path(str(file.locate()))


def _built_of(name: str, bom: Path) -> Iterator[str]:
    """Yield the licences of what an SBOM lists; one that lists files of `*.libs` names none, as these are looked at."""
    for part in json.loads(bom.read_text("utf-8")).get("components", ()):
        if part.get("scope") in _LEFT_OUT or part.get("type") == "application":
            continue
        given = [
            one.get("expression") or one["license"].get("id") or one["license"].get("name")
            for one in part.get("licenses", ())
        ]
        if given:
            joined = " AND ".join(f"({one})" if " OR " in one and given[1:] else one for one in given)
            yield " ".join(joined.split())
        elif bom.name != "auditwheel.cdx.json" and (name, part["name"]) not in _UNSAID:
            raise LicenceError(
                f"{name}: its part {part['name']} names no licence in {bom.name}; find it, and say so"
                " in docs/licences.py"
            )


_UNSAID = {("cryptography", "openssl")}  # Apache-2.0, as its own licence file says
"""Parts of which an SBOM names no licence, with where it was found."""


def _libraries(found: metadata.Distribution) -> Iterator[tuple[str, str]]:
    for file in found.files or ():
        if file.parent.name.endswith(".libs"):
            known = [name for name in table()["libraries"] if file.name.startswith(name)]
            if not known:
                raise LicenceError(
                    f"{found.metadata['Name']}: brings {file.name}, of no known licence; put it into docs/licences.toml"
                )
            name = max(known, key=len)
            yield name, table()["libraries"][name]


def check(one: Package) -> None:
    """Raise a LicenceError where a package, or something in it, may not be used here."""
    allowed = table()["allowed"]
    as_library = [*allowed, *table()["as_library"]]
    for what, expression, enough in (
        ("it", one.licence, allowed),
        *(("a part of it", part, allowed) for part in one.parts),
        *((name, licence, as_library) for name, licence in one.libraries),
    ):
        if not is_allowed(expression, enough):
            raise LicenceError(
                f"{one.name} {one.version}: {what} is under {expression}, which docs/licences.toml does not allow;"
                " do without the package, or read the licence and add it there with the reason"
            )


def packages(file: str) -> list[Package]:
    """The packages of a file of requirements, each checked; LicenceError for the first that may not be used."""
    found = [package(name) for name in named(file)]
    for one in found:
        check(one)
    return found


def notices() -> str:
    """THIRD-PARTY.md."""
    runs, develops = packages(RUNS), packages(DEVELOPS)
    lines = [*HEAD, "## Models, typefaces, words", "", "| what | | where | licence |", "|---|---|---|---|"]
    for part in table()["parts"]:
        if not is_allowed(part["licence"], table()["allowed"]):
            raise LicenceError(
                f"{part['name']}: {part['licence']} is not allowed by docs/licences.toml; do without it"
            )
        shown = f"[{part['name']}]({part['source']})" if part["source"] else part["name"]
        lines.append(f"| {shown} | {part['what']} | {part['where']} | {part['licence']} |")
    lines += ["", "## Packages that it runs on", "", *_rows(runs)]
    lines += [
        "",
        "### Libraries in these packages",
        "",
        "Each is unchanged: a file of its own, or linked into one of the package's, which another build can replace.",
        "Its sources are those that the package names.",
        "",
        "| package | library | licence |",
        "|---|---|---|",
        *(f"| {one.name} | {name} | {licence} |" for one in runs for name, licence in one.libraries),
        "",
        "### Licences of what these packages were built of",
        "",
        "| package | licences |",
        "|---|---|",
        *(f"| {one.name} | {'; '.join(one.parts)} |" for one in runs if one.parts),
    ]
    lines += ["", "## Packages for tests, measurements, documents and other models", ""]
    lines += ["Nothing of them is handed on with the software.", "", *_rows(develops)]
    return "\n".join(lines) + "\n"


def _rows(found: Iterable[Package]) -> list[str]:
    head = ["| package | version | licence |", "|---|---|---|"]
    return [*head, *(f"| {one.name} | {one.version} | {one.licence} |" for one in found)]


def main() -> None:
    """Write the notices; exit code 1, with what to do, where something may not be used."""
    try:
        text = notices()
    except LicenceError as error:
        sys.exit(f"make: {error}")
    NOTICES.write_text(text, "utf-8")
    runs, others = len(named(RUNS)), len(named(DEVELOPS))
    print(f"{NOTICES.name}: {runs} packages that it runs on, {others} others; all may be used")


if __name__ == "__main__":
    main()
