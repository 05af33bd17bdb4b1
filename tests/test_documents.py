"""The project's own documents and lists say what the code does."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from markdown.extensions.toc import slugify

from cli.main import COMMANDS
from ingest.reading import profile
from kb import settings
from kb.settings import Settings
from tests import documented
from tests.house import ROOT

DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))


def test_the_reference_is_what_the_code_says() -> None:
    made = import_module("docs.references").pages()
    assert {path.name for path in made} == {path.name for path in (ROOT / "docs" / "reference").iterdir()}
    stale = [path.name for path, text in made.items() if path.read_text("utf-8") != text]
    assert stale == [], "run: make docs (python -m docs.commands)"


def test_the_readme_names_every_command() -> None:
    named = set(re.findall(r"`([a-z]+)`", (ROOT / "README.md").read_text("utf-8")))
    assert set(COMMANDS) - named == set()


def test_each_setting_and_each_key_of_a_profile_says_what_it_does() -> None:
    read = set(re.findall(r'"(KB_[A-Z_]+)"', inspect.getsource(Settings.from_environment)))
    assert set(settings.VARIABLES) == read
    assert set(settings.DEFAULTS) <= read
    assert set(profile.KEYS) == {one.name for one in fields(profile.Profile) if one.compare}


@pytest.mark.parametrize("name", ["parts", "imperfect", "cases", "needs", "nothing"])
def test_the_tables_of_recorded_figures_are_those_in_the_documents(name: str) -> None:
    _, old, new = import_module("docs.commands").renewed(name)
    assert new == old, "run: make docs"


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", *DOCUMENTS], ids=str)
def test_a_document_names_only_commands_that_there_are(document: str) -> None:
    named = set(re.findall(r"`kb ([a-z]+)", (ROOT / document).read_text("utf-8")))
    assert named <= set(COMMANDS)


def test_the_changelog_has_the_version_that_is_built() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == project["version"]


def test_each_page_of_the_documents_has_its_place_in_the_site() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    assert sorted(f"docs/{page}" for page in _leaves(nav)) == DOCUMENTS, "put it into the nav of mkdocs.yml"


def _leaves(nav: object) -> Iterator[str]:
    if isinstance(nav, list | dict):
        for part in nav.values() if isinstance(nav, dict) else nav:
            yield from _leaves(part)
    else:
        yield str(nav)


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150


def test_what_is_installed_satisfies_what_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for file, asked in (
        ("requirements.txt", project["dependencies"]),
        ("requirements-dev.txt", [*extras["models"], *extras["dev"]]),
    ):
        pinned = "".join(
            (ROOT / name).read_text("utf-8").lower() for name in dict.fromkeys(("requirements.txt", file))
        )
        for line in asked:
            name = re.split(r"[<>=]", line)[0].lower()
            assert f"\n{name}==" in pinned, f"{name} is not pinned in {file}"


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FETCHED = re.compile(
    r"<(?:script|img|iframe|source)[^>]* src=\"?(?:https?:|//)"
    r"|<link[^>]* href=\"?(?:https?:|//)"
    r"|url\([\"']?(?:https?:|//)"
)
"""What a browser fetches unasked from another host."""
DOCS = [*(ROOT / name for name in DOCUMENTS), *ROOT.glob("*.md"), ROOT / "corpus" / "sample" / "README.md"]


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_link_leads_to_a_file_and_a_heading_that_are_there_or_to_a_whole_address(document: Path) -> None:
    """The site's own build looks at those between its pages; this at all, as they are read without it."""
    for link in LINK.findall(re.sub(r"```.*?```|`[^`]*`", "", document.read_text("utf-8"), flags=re.DOTALL)):
        if "://" in link:
            assert re.fullmatch(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", link), link
            continue
        path, _, heading = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert heading in {slugify(one, "-") for one in headings}, link


def test_the_site_is_built_whole_and_asks_no_other_host(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = [path for path in tmp_path.rglob("*") if path.suffix in {".html", ".css"}]
    texts = {path.name: path.read_text("utf-8") for path in made}
    assert [name for name, text in texts.items() if FETCHED.search(text)] == []
    assert {f"docs/{path.relative_to(tmp_path).with_suffix('.md')}" for path in tmp_path.rglob("*.html")} >= {
        *DOCUMENTS
    }


RUN_ELSEWHERE = 17
"""Blocks that are not run, each with its reason in the page's source; a new one is counted here on purpose."""


def test_the_blocks_that_are_not_run_are_counted_and_have_a_reason() -> None:
    left = [
        (page.name, block.code)
        for page in documented.PAGES
        for block in documented.blocks(page)[0]
        if block.why
    ]
    assert len(left) == RUN_ELSEWHERE, left


@pytest.mark.parametrize("page", documented.PAGES, ids=documented.called)
def test_commands_stand_in_blocks_that_are_run(page: Path) -> None:
    """A block of commands without its language would be run by nobody."""
    text = page.read_text("utf-8")
    fences = re.findall(r"^ *```([a-z]*)\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    unnamed = [code for language, code in fences if language in {"", "bash", "shell", "console"}]
    assert unnamed == [], "write ```sh before commands, ```text before what they print (tests/documented.py)"
    assert len([code for language, code in fences if language == "sh"]) == len(documented.blocks(page)[0])
