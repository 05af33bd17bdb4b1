"""What the processes that serve and that write never load: it stands in the child, or in a function."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house import ROOT

HEAVY = (
    "pypdf",
    "pypdfium2",
    "pytesseract",
    "torch",
    "transformers",
    "sklearn",
    "onnx",
    "onnxruntime",
    "sentencepiece",
    "tokenizers",
    "mcp",
    "prometheus_client",
    "pythonjsonlogger",
)


@pytest.mark.parametrize("module", ["web.app", "web.admin.worker", "ingest.pipeline"])
def test_no_library_of_the_readers_or_of_models_is_loaded(module: str) -> None:
    code = f"import sys, {module}; print(*[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
