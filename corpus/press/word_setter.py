"""Sets a handbook as a word processor does: LibreOffice turns an OpenDocument text into a PDF, tagged or not.

Marks are bookmarks of the text, exported as named destinations; once they have said their pages they are taken out.
"""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pypdf
from pypdf.generic import NameObject

from corpus.press.binding import Volume
from corpus.press.office import Office
from corpus.press.paging import Paging, SetPages

SECONDS = 180


@cache
def _profile() -> tempfile.TemporaryDirectory[str]:
    """A profile of its own for each process: two may not share one."""
    return tempfile.TemporaryDirectory(prefix="press-office-")


def set_by_word(volume: Volume, paging: Paging) -> SetPages:
    """One pass: the page numbers of the pass before stand in the contents page."""
    office = Office(volume, paging)
    data = _converted(office.document(), volume)
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(data)))
    reader = pypdf.PdfReader(io.BytesIO(data))
    marks: dict[str, int] = {}
    for name, place in reader.named_destinations.items():
        page = (reader.get_destination_page_number(place) or 0) + 1
        mark = office.names[name.lstrip("/")]
        marks[mark] = max(page, marks.get(mark, 0))
    root = writer.root_object
    for key in ("/Dests", "/Names"):
        if key in root:
            del root[NameObject(key)]
    out = io.BytesIO()
    writer.write(out)
    return SetPages(out.getvalue(), len(reader.pages), marks)


def _converted(document: str, volume: Volume) -> bytes:
    scheme = volume.scheme
    options = {
        "UseTaggedPDF": scheme.tags != "none",
        "ExportBookmarks": scheme.outline != "none" and scheme.tags != "flat",
        "ExportBookmarksToPDFDestination": True,
    }
    wanted = {name: {"type": "boolean", "value": str(value).lower()} for name, value in options.items()}
    with tempfile.TemporaryDirectory(prefix="press-word-") as folder:
        source = Path(folder) / "handbook.fodt"
        source.write_text(document, encoding="utf-8")
        command = [
            "soffice", "--headless", f"-env:UserInstallation=file://{_profile().name}",
            "--convert-to", f"pdf:writer_pdf_Export:{json.dumps(wanted)}", "--outdir", folder, str(source),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        made = source.with_suffix(".pdf")
        if done.returncode or not made.exists():
            raise RuntimeError(f"seed {scheme.seed}: soffice made no PDF: {done.stderr.strip()[:300]}")
        return made.read_bytes()
