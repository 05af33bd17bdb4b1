"""The files of deploy/ agree with each other, with the documents and with what the software needs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb import settings
from kb.words import BY_CODE, LANGUAGES
from tests.house import ROOT

DEPLOY = ROOT / "deploy"
FILES = ("Containerfile", "compose.yaml", "practice-kb.service")
IMAGE = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
UNIT = (DEPLOY / "practice-kb.service").read_text("utf-8")


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def said(word: str) -> list[str]:
    """What an instruction of the Containerfile says, each time that it stands there."""
    return re.findall(rf"^{word} +(.*)$", IMAGE, re.MULTILINE)


@pytest.mark.parametrize("name", FILES)
def test_only_settings_that_there_are_are_set(name: str) -> None:
    named = set(re.findall(r"\bKB_[A-Z_]+\b", (DEPLOY / name).read_text("utf-8")))
    assert named - {"KB_HOST"} <= set(settings.VARIABLES)  # that one is Caddy's


def test_the_container_runs_as_an_ordinary_user_and_keeps_its_library_in_the_volume() -> None:
    assert said("USER") == ["10001:10001"]
    (volume,) = said("VOLUME")
    for written in re.findall(r"KB_(?:DATA|CACHE)=(\S+)", said("ENV")[0]):
        assert Path(written).is_relative_to(volume)
    assert f"--mode 0700 {volume}" in IMAGE


def test_what_is_copied_into_the_container_is_there_and_no_pytorch_among_it() -> None:
    copied = [one.split()[:-1] for one in said("COPY") if not one.startswith("--from")]
    assert copied == [["requirements.txt", "dist/*.whl"]]  # the second is what `make wheel` makes
    assert "torch" not in (ROOT / "requirements.txt").read_text("utf-8").lower().replace("pytorch", "")
    assert "torch==" not in IMAGE


def test_the_container_reads_pictures_in_the_languages_of_the_interface() -> None:
    installed = set(re.findall(r"tesseract-ocr-([a-z]{3})", IMAGE)) | {"eng"}  # which tesseract-ocr brings
    assert installed == {BY_CODE[code].tesseract for code in LANGUAGES}


def test_the_services_agree_with_the_container(composed: dict[str, Any]) -> None:
    kb, caddy = composed["services"]["kb"], composed["services"]["caddy"]
    build = kb["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(DEPLOY / "Containerfile")
    (volume,), (port,) = said("VOLUME"), said("EXPOSE")
    assert [one.partition(":")[2] for one in kb["volumes"]] == [volume]
    assert kb["read_only"] is True
    assert kb["tmpfs"][0].startswith("/tmp:")  # where the reader works
    command = json.loads(re.findall(r"HEALTHCHECK .*?CMD +(\[.*\])", IMAGE)[0])
    assert kb["healthcheck"]["test"] == ["CMD", *command]
    assert f"127.0.0.1:{port}/healthz" in command[-1]
    assert kb["environment"]["KB_PROXIES"] == caddy["networks"]["inside"]["ipv4_address"]
    assert f"reverse_proxy kb:{port}" in (DEPLOY / "Caddyfile").read_text("utf-8")


def test_what_has_to_be_given_is_said() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    for name in re.findall(r"\$\{([A-Z_]+)", text):
        assert f"#   {name}=" in text
        assert f"{name}=" in (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")


def test_the_caddy_file_is_the_one_that_is_documented_and_tried() -> None:
    page = (ROOT / "docs" / "how-to" / "behind-a-proxy.md").read_text("utf-8")
    (documented,) = re.findall(r"```caddy\n(.*?)```", page, re.DOTALL)
    own = re.sub(r" *tls .*\n", "", documented).replace("127.0.0.1:", "kb:")
    assert (DEPLOY / "Caddyfile").read_text("utf-8") == own.replace("kb.example.org", "{$KB_HOST}")


def test_the_unit_lets_the_reader_confine_itself() -> None:
    given = dict(re.findall(r"^(\w+)=(.*)$", UNIT, re.MULTILINE))
    assert set(given["RestrictNamespaces"].split()) == {"user", "pid", "net", "mnt", "ipc"}
    needed = {"mount", "unshare", "seccomp", "landlock_create_ruleset", "landlock_restrict_self"}
    assert needed <= set(given["SystemCallFilter"].split())
    assert f"KB_DATA=/var/lib/{given['StateDirectory']}/" in UNIT


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here to check the unit")
def test_systemd_knows_all_that_the_unit_says() -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(DEPLOY / "practice-kb.service")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )
    complaints = [line for line in done.stderr.splitlines() if "practice-kb.service" in line]
    assert [line for line in complaints if "is not executable" not in line] == []  # it is not installed here


@pytest.mark.skipif(not shutil.which("caddy"), reason="no Caddy here to check its file")
def test_caddy_reads_its_file(tmp_path: Path) -> None:
    done = subprocess.run(
        ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KB_HOST": "kb.example.org", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert '"kb.example.org"' in done.stdout
    assert '"dial":"kb:8000"' in done.stdout
