"""Which pages are read by OCR, and what is told of it: pictures, glyphs without Unicode, a text layer that lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest import caveats
from ingest.page import Glyphs, RawPage, legible, ocr
from ingest.page import detection as language
from ingest.reading import Profile
from ingest.safe import Tell
from kb import Caveat

_WHITE = 255
_GLANCE = 480  # pixels across, enough to tell print on paper from a photograph


@dataclass(frozen=True, slots=True)
class LegiblePages:
    """The pages as they are to be read, OCR's confidence by page, and what is amiss with them."""

    pages: tuple[RawPage, ...]
    scanned: Mapping[int, float]
    caveats: tuple[Caveat, ...]


class Recognition:
    """Reads pages of an open PDF by OCR, each once for each language."""

    def __init__(self, glyphs: Glyphs, tell: Tell) -> None:
        self._glyphs = glyphs
        self._tell = tell
        self._known: dict[tuple[int, str, tuple[str, ...]], ocr.Recognised] = {}

    def read(self, pages: Sequence[RawPage], profile: Profile, stated: str) -> LegiblePages:
        """The pages, those without usable text and those whose picture says more read by OCR where it is installed.

        `stated` is the language that the document states. A text layer whose letters are of no language is believed
        all the same where the picture of a page has its words.
        """
        text = " ".join(w.text for p in pages if not legible.needs_ocr(p) for w in p.words)
        lang = profile.language or language.detect(text, "")
        languages = profile.ocr_languages
        pages = self._believed(pages, lang, languages)
        blank = [p for p in pages if legible.needs_ocr(p)]
        covered = [p for p in pages if not legible.needs_ocr(p) and self._is_scan(p)]
        found = self._recognised([*blank, *covered], lang, languages)
        read = {p.number: replace(found[p.number].page, hidden=p.hidden) for p in blank if p.number in found}
        for page in covered:
            if page.number in found and (both := legible.with_picture(page, found[page.number].page)):
                read[page.number] = both
        garbled = [p.number for p in blank if p.words or p.unmapped]
        pictures = [p.number for p in covered if p.number not in found]
        needs = "" if lang else stated[:2].lower()
        return LegiblePages(
            tuple(read.get(p.number, p) for p in pages),
            {number: found[number].confidence for number in read},
            (
                *caveats.of_text(garbled, pictures, sorted(read), lang, needs),
                *caveats.of_holes([p for p in pages if not legible.needs_ocr(p)], read),
            ),
        )

    def _believed(self, pages: Sequence[RawPage], lang: str, languages: tuple[str, ...]) -> Sequence[RawPage]:
        """The pages, no longer doubted where a sample of them shows what their text layer says."""
        doubted = [p for p in pages if p.is_doubted]
        sample = max(doubted, key=lambda p: (len(p.words), -p.number), default=None)
        if sample is None:
            return pages
        seen = self._recognised([sample], lang, languages).get(sample.number)
        if seen is None or not legible.agrees(sample, seen.page):
            return pages
        return [replace(p, is_doubted=False) for p in pages]

    def _is_scan(self, page: RawPage) -> bool:
        if not legible.may_say_more(page):
            return False
        gray = self._glyphs.gray(page.number, _GLANCE)
        scale = _GLANCE / max(page.width, 1.0)
        for word in page.words:  # what its text layer says is no print of the picture
            left, top, right, bottom = (max(round(at * scale), 0) for at in word.box)
            gray[top : bottom + 1, left : right + 1] = _WHITE
        return legible.looks_printed([int(n) for n in np.bincount(gray.ravel(), minlength=256)])

    def _recognised(
        self, pages: Sequence[RawPage], lang: str, languages: tuple[str, ...]
    ) -> dict[int, ocr.Recognised]:
        new = [p for p in pages if (p.number, lang, languages) not in self._known]
        found = ocr.read(
            new, self._glyphs.gray, lang, lambda done, of: self._tell("ocr", done, of), languages
        )
        self._known |= {(number, lang, languages): read for number, read in found.items()}
        return {p.number: read for p in pages if (read := self._known.get((p.number, lang, languages)))}
