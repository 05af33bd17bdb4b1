"""Pages without usable text -> words with boxes, through Tesseract; only importer of pytesseract."""

from __future__ import annotations

import os
import re
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from ingest.page import detection
from ingest.page.raw import RawPage, Style, Word
from kb import InputError
from kb.words import BY_CODE

_LEAST_SKEW = 0.2  # degrees below which turning the picture blurs more than it mends; by eye
# grey levels of 255 below which a pixel is dark, on a shrunk picture and on a whole one
_DARK, _INK = 140, 128
_LEAST_INK = 20  # pixels of a word below which its strokes cannot be measured; by eye
DPI = 200  # 300 takes longer and reads no better (docs/explanation/decisions.md)
_TIMEOUT_SECONDS = 120  # of one process, however many pages it reads
_WORKERS = 2  # processes of one thread each: more threads in one process gain nothing (docs/explanation/decisions.md)
_TOGETHER = 4  # pages a process reads: starting it and loading a language takes as long as a tenth of a page
_LEAST_CONFIDENCE = 20  # of a line's words, by their median: below it Tesseract reads stains
_TELLING = 400  # characters of a part of a page that tell its language for sure; by eye
_STEEPEST = 4.0  # degrees of skew that are looked for
_BOLD = 1.28  # strokes this much thicker than the page's usual ones are bold

_DATA = {code: language.tesseract for code, language in BY_CODE.items()}
"""Tesseract's names for the languages; Debian's packages are tesseract-ocr-NAME."""

_SCRIPTS = ("ell", "eng")
# A line of a single word is measured up to a tenth wrong: what differs by less from the body is the body's size.
_BODY_ERROR, _STEP_ERROR = 0.10, 0.08

Gray = NDArray[np.uint8]
Render = Callable[[int, int], Gray]
"""Page (from 1) and width in pixels -> grey levels."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page read by OCR, and how sure Tesseract was of its words on average (0 to 1)."""

    page: RawPage
    confidence: float


@cache
def installed() -> tuple[str, ...]:
    """Tesseract's installed languages by its own names; empty where it is not installed."""
    try:
        return tuple(sorted(pytesseract.get_languages(config="")))
    except (pytesseract.TesseractNotFoundError, OSError):
        return ()


def remedy(lang: str) -> str:
    """What to install so that a page in this language can be read."""
    return f"install tesseract-ocr and {package(lang)} to read it, then ingest again"


def package(lang: str) -> str:
    """The Debian package with what Tesseract knows of a language (ISO 639-1); English where none is known."""
    return f"tesseract-ocr-{_DATA.get(lang, lang) or 'eng'}"


def lacks(lang: str) -> bool:
    """Tesseract is there, but knows nothing of a language that it could know."""
    return bool(installed()) and lang in _DATA and _DATA[lang] not in installed()


def read(
    pages: Sequence[RawPage],
    render: Render,
    lang: str,
    tell: Callable[[int, int], None],
    stated: Sequence[str] = (),
) -> dict[int, Recognised]:
    """Read pages by two processes; `lang` is the document's language, "" to find out. Number -> what was read.

    `stated` are the languages to read in instead, as ISO 639-1 codes or Tesseract's names. A page that Tesseract
    cannot read is left out.

    Raises:
        InputError: a stated language is not installed.
    """
    if not pages or not installed():
        return {}
    if not stated:
        lang = lang or _found_out(pages[len(pages) // 2], render)  # the first may be a cover
    names = _stated_names(stated) if stated else _names(lang)
    found: dict[int, Recognised] = {}
    step = _WORKERS * _TOGETHER
    with ThreadPoolExecutor(_WORKERS) as pool:
        for start in range(0, len(pages), step):  # PDFium renders in this thread; few pictures wait in memory
            batch = pages[start : start + step]
            parts = [part for first in range(_WORKERS) if (part := batch[first::_WORKERS])]
            jobs = [
                pool.submit(_read_images, [render(p.number, _pixels(p)) for p in part], names)
                for part in parts
            ]
            for part, job in zip(parts, jobs, strict=True):
                for page, (words, confidence) in zip(part, job.result(), strict=True):
                    if words:
                        found[page.number] = Recognised(_in_points(page, words), confidence)
            tell(min(start + step, len(pages)), len(pages))
    return _levelled(found)


def _in_points(page: RawPage, words: Sequence[Word]) -> RawPage:
    """A page with the words that were read from its picture."""
    scale = page.width / _pixels(page)
    shown = tuple(
        replace(
            w,
            box=_scaled(w, scale),
            baseline=w.baseline * scale,
            style=replace(w.style, size=_half(w.style.size * scale)),
        )
        for w in words
    )
    return replace(page, words=shown, hidden=(), unmapped=0.0, is_doubted=False)


def _pixels(page: RawPage) -> int:
    return max(round(page.width / 72 * DPI), 300)


def _half(size: float) -> float:
    return round(size * 2) / 2


def _scaled(word: Word, scale: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = word.box
    return left * scale, top * scale, right * scale, bottom * scale


def _names(lang: str) -> str:
    """Tesseract's name for a language if it is installed, else English; English beside one of another script.

    English beside another Latin language takes half as long again and reads no better (docs/explanation/decisions.md).
    """
    own = _DATA.get(lang, lang)
    wanted = [own, "eng"] if own in _SCRIPTS or own not in installed() else [own]
    return "+".join(dict.fromkeys(n for n in wanted if n in installed())) or installed()[0]


def _stated_names(stated: Sequence[str]) -> str:
    names = [_DATA.get(code, code) for code in stated]
    for name in names:
        if name not in installed():
            raise InputError(
                f"ocr_languages: {name} is not installed; install tesseract-ocr-{name}, or leave it out"
            )
    return "+".join(names)


def _found_out(page: RawPage, render: Render) -> str:
    """The language of a page, read once in one language of each script: letters enough to tell them by.

    The middle third of a page has enough of them, if it is no cover.
    """
    names = "+".join([name for name in installed() if name in _SCRIPTS] or installed()[:1])
    gray = render(page.number, _pixels(page))
    third, text = len(gray) // 3, ""
    for part in (gray[third : 2 * third], gray):
        ((words, _),) = _read_images([part], names)
        text = " ".join(w.text for w in words)
        if len(text) >= _TELLING:
            break
    return detection.detect(text)


def _read_images(grays: Sequence[Gray], names: str) -> list[tuple[list[Word], float]]:
    """The words of each picture in pixels, and how sure Tesseract was of them; by one process for all.

    Where that fails, each is read alone: one picture that Tesseract cannot read takes no other with it.
    """
    straight = [_straightened(gray) for gray in grays]
    data = _data(straight, names)
    if data is None:
        return [([], 0.0)] if len(grays) == 1 else [_read_images([gray], names)[0] for gray in grays]
    pages: dict[int, list[int]] = defaultdict(list)
    for index, page in enumerate(data["page_num"]):
        pages[int(str(page))].append(index)
    return [_words(data, pages[number], gray) for number, gray in enumerate(straight, start=1)]


def _data(grays: Sequence[Gray], names: str) -> dict[str, list[object]] | None:
    """Tesseract's table of what is on the pictures, by column; `page_num` counts them from 1. None if it failed."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory(prefix="kb-ocr-") as folder:
        paths = [Path(folder, f"{number}.pgm") for number in range(len(grays))]
        for gray, path in zip(grays, paths, strict=True):
            # packed as PNG it would take a third of a second a page
            Image.fromarray(gray if gray.size else np.full((1, 1), 255, np.uint8)).save(path, format="PPM")
        listed = Path(folder, "pages.txt")
        listed.write_text("\n".join(map(str, paths)), encoding="utf-8")
        try:
            found: dict[str, list[object]] = pytesseract.image_to_data(
                str(listed),
                lang=names,
                config="--psm 3",
                output_type=pytesseract.Output.DICT,
                timeout=_TIMEOUT_SECONDS,
            )
        except (pytesseract.TesseractError, RuntimeError):  # RuntimeError is pytesseract's time-out
            return None
    return found


def _straightened(gray: Gray) -> Gray:
    """The picture turned by its skew, if that is worth it."""
    angle = _skew(gray)
    if abs(angle) < _LEAST_SKEW:
        return gray
    image = Image.fromarray(gray).rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    return np.asarray(image)


def _skew(gray: Gray) -> float:
    """Degrees to turn the page by, so that its rows of ink are sharpest (projection profile)."""
    small = Image.fromarray(gray).resize((600, max(1, round(600 * gray.shape[0] / gray.shape[1]))))
    ink = Image.fromarray(np.where(np.asarray(small) < _DARK, 255, 0).astype(np.uint8))
    best, best_score = 0.0, -1.0
    for angle in np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.25):
        rows = np.asarray(ink.rotate(float(angle))).sum(axis=1, dtype=np.float64)
        score = float(((rows[1:] - rows[:-1]) ** 2).sum())
        if score > best_score * 1.02:
            best, best_score = float(angle), score
    return best


def _words(data: dict[str, list[object]], rows: Sequence[int], gray: Gray) -> tuple[list[Word], float]:
    """Words of a page in pixels; a line's words share its size, weight and baseline."""
    whole: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index in rows:
        if str(data["text"][index]).strip():
            whole[tuple(data[k][index] for k in ("block_num", "par_num", "line_num"))].append(index)
    sureness = {index: float(str(data["conf"][index])) for indexes in whole.values() for index in indexes}
    lines = [
        indexes
        for indexes in whole.values()
        if statistics.median(sureness[i] for i in indexes) >= _LEAST_CONFIDENCE
    ]
    found = [_line(data, indexes, gray) for indexes in lines]
    usual = statistics.median(s for words, s in found for _ in words) if found else 1.0
    words = [
        replace(w, style=replace(w.style, bold=stroke > _BOLD * usual))
        for line, stroke in found
        for w in line
    ]
    sure = [sureness[i] for indexes in lines for i in indexes]
    return words, round(statistics.mean(sure) / 100, 3) if sure else 0.0


def _line(data: dict[str, list[object]], indexes: Sequence[int], gray: Gray) -> tuple[list[Word], float]:
    boxes = [tuple(int(str(data[k][i])) for k in ("left", "top", "width", "height")) for i in indexes]
    texts = [str(data["text"][i]).strip() for i in indexes]
    heights = [h / _share(t) for t, (_, _, _, h) in zip(texts, boxes, strict=True) if re.search(r"\w", t)]
    size = statistics.median(heights) if heights else float(boxes[0][3])
    bottoms = [
        y + h - (0.21 * size if re.search(r"[gjpqy,;()Q]", t) else 0)
        for t, (_, y, _, h) in zip(texts, boxes, strict=True)
    ]
    baseline = statistics.median(bottoms)
    strokes = [
        s
        for (x, y, w, h), t in zip(boxes, texts, strict=True)
        if len(t) > 1 and (s := _stroke(gray[y : y + h, x : x + w])) > 0
    ]
    style = Style(size, False, False, "OCR", 0)
    words = [
        Word(t, (float(x), baseline - 0.93 * size, float(x + w), baseline + 0.225 * size), baseline, style)
        for t, (x, _, w, _) in zip(texts, boxes, strict=True)
    ]
    return words, statistics.median(strokes) if strokes else 0.0


def _share(text: str) -> float:
    """Height of a word's ink in shares of the font size, by its letters (typical Latin type)."""
    rises = bool(re.search(r"[A-ZÀ-ÞΑ-Ω0-9bdfhkltßäöåéèêáíóúășțî(]", text))
    falls = bool(re.search(r"[gjpqyçșț,;(ρφχψηβμγζξ]", text))
    return 0.52 + (0.20 if rises else 0) + (0.21 if falls else 0)


def _stroke(ink: Gray) -> float:
    """Mean stroke width in pixels: twice the ink over its outline."""
    dark = ink < _INK
    area = int(dark.sum())
    if area < _LEAST_INK:
        return 0.0
    inner = dark[1:-1, 1:-1] & dark[:-2, 1:-1] & dark[2:, 1:-1] & dark[1:-1, :-2] & dark[1:-1, 2:]
    outline = area - int(inner.sum())
    return 2 * area / max(outline, 1)


def _levelled(found: dict[int, Recognised]) -> dict[int, Recognised]:
    """Sizes of a document's OCR pages drawn together: what differs by less than measuring errs is one size."""
    sizes = [w.style.size for r in found.values() for w in r.page.words for _ in w.text]
    if not sizes:
        return found
    body = statistics.mode(sizes)
    steps = _steps(sizes, body)
    return {
        number: replace(
            r,
            page=replace(
                r.page,
                words=tuple(
                    replace(w, style=replace(w.style, size=steps[w.style.size])) for w in r.page.words
                ),
            ),
        )
        for number, r in found.items()
    }


def _steps(sizes: Iterable[float], body: float) -> dict[float, float]:
    """Measured size -> the size taken for it: the body's within 10 per cent, else the step below within 8."""
    steps: dict[float, float] = {}
    last = 0.0
    for size in sorted(set(sizes)):
        if abs(size - body) <= _BODY_ERROR * body:
            steps[size] = body
        else:
            last = last if last and size <= (1 + _STEP_ERROR) * last and last != body else size
            steps[size] = last
    return steps
