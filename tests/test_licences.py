"""Every dependency may be used here; the notices name them all, and a wheel carries them."""

from __future__ import annotations

import re
import tomllib
from email.message import Message
from importlib import import_module
from typing import Any

import pytest

from tests.house import ROOT

licences: Any = import_module("docs.licences")


def test_the_notices_are_what_the_environment_says() -> None:
    assert licences.notices() == licences.NOTICES.read_text("utf-8"), "run: make licences"


def test_the_package_says_its_licence_and_carries_its_text_and_the_notices() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert project["license-files"] == ["LICENSE", "THIRD-PARTY.md"]
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR AGPL-3.0-only) AND Apache-2.0", True),
        ("MIT AND (GPL-2.0-only OR LGPL-3.0-only)", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("AGPL-3.0-or-later", False),
        ("LGPL-2.1-or-later", False),
        ("SSPL-1.0", False),
        ("LicenseRef-Proprietary", False),
        ("", False),
    ],
)
def test_an_expression_is_allowed_by_what_it_asks_for(expression: str, expected: bool) -> None:
    assert licences.is_allowed(expression, licences.table()["allowed"]) is expected


def test_what_is_no_expression_is_said_to_be_none() -> None:
    with pytest.raises(licences.LicenceError, match="MIT AND: not an SPDX expression"):
        licences.is_allowed("MIT AND", ("MIT",))


def of(monkeypatch: pytest.MonkeyPatch, **held: str) -> str:
    """What is read from a package's metadata."""
    message = Message()
    for name, value in held.items():
        message[name.replace("_", "-")] = value
    monkeypatch.setattr(licences.metadata, "metadata", lambda name: message)
    return str(licences.declared("some-package"))


def test_a_licence_is_read_from_what_names_it_without_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of(monkeypatch, License_Expression="MIT OR Apache-2.0", License="GPL") == "MIT OR Apache-2.0"
    assert of(monkeypatch, License="BSD-3-Clause") == "BSD-3-Clause"
    assert of(monkeypatch, Classifier="License :: OSI Approved :: MIT License") == "MIT"


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"License": "BSD"},
        {"License": "see LICENSE.txt"},
        {"Classifier": "License :: OSI Approved :: BSD License"},
        {"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"},
    ],
)
def test_a_package_of_unknown_licence_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, held: dict[str, str]
) -> None:
    with pytest.raises(
        licences.LicenceError, match=r"some-package: .*read its licence file.*docs/licences\.toml"
    ):
        of(monkeypatch, **held)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"licence": "AGPL-3.0-only"}, "it is under AGPL-3.0-only"),
        ({"parts": ("MIT", "GPL-2.0-only")}, "a part of it is under GPL-2.0-only"),
        ({"libraries": (("libx", "GPL-3.0-only"),)}, "libx is under GPL-3.0-only"),
    ],
)
def test_a_package_that_may_not_be_used_is_named_with_its_licence(changes: dict[str, Any], said: str) -> None:
    held = {"name": "some-package", "version": "1.0", "licence": "MIT", "parts": (), "libraries": ()}
    licences.check(licences.Package(**held))
    licences.check(licences.Package(**held | {"libraries": (("libquadmath", "LGPL-2.1-or-later"),)}))
    with pytest.raises(licences.LicenceError, match=f"some-package 1.0: {said}"):
        licences.check(licences.Package(**held | changes))


def test_what_the_table_says_is_needed_and_each_requirement_is_looked_at() -> None:
    asked = {name.lower() for file in (licences.RUNS, licences.DEVELOPS) for name in licences.named(file)}
    assert set(licences.table()["declared"]) <= asked
    assert set(licences.table()["linked"]) <= asked
    for file in (licences.RUNS, licences.DEVELOPS):
        pinned = re.findall(r"^[\w.-]+(?===)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
        assert sorted(pinned, key=str.casefold) == licences.named(file)
