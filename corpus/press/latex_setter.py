"""Sets a handbook by LaTeX, which writes each mark to a file with the page that it is shipped out on."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path

import pypdf

from corpus.press.binding import Volume
from corpus.press.paging import Paging, SetPages
from corpus.press.tex import Tex

SECONDS = 120
CREATED = "1793523600"
"""Seconds since 1970 that TeX takes for the time: fixed, so that a seed gives the same bytes."""


def set_by_latex(volume: Volume, paging: Paging) -> SetPages:
    """One pass: the numbers and heads of the pass before are printed, where there was one."""
    written = Tex(volume, paging)
    document = written.document()
    program = "xelatex" if volume.scheme.tex == "xelatex" else "pdflatex"
    with tempfile.TemporaryDirectory(prefix="press-latex-") as folder:
        source = Path(folder) / "handbook.tex"
        source.write_text(document, encoding="utf-8")
        clock = ["env", f"SOURCE_DATE_EPOCH={CREATED}", "FORCE_SOURCE_DATE=1"]
        command = [*clock, program, "-interaction=nonstopmode", "-halt-on-error", source.name]
        for _ in range(1 if volume.scheme.outline == "none" else 2):  # bookmarks come with the second run
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
            if done.returncode:
                wrong = [
                    line for line in done.stdout.decode(errors="replace").splitlines() if line[:1] == "!"
                ]
                raise RuntimeError(f"seed {volume.scheme.seed}: {program}: {' '.join(wrong[:2])}")
        pdf = source.with_suffix(".pdf").read_bytes()
        marks: dict[str, int] = {}
        for line in source.with_suffix(".marks").read_text("utf-8").splitlines():
            number, page = map(int, line.split())
            mark = written.marks[number]
            marks[mark] = max(page, marks.get(mark, 0)) if mark.endswith("/end") else marks.get(mark, page)
    return SetPages(pdf, len(pypdf.PdfReader(io.BytesIO(pdf)).pages), marks)
