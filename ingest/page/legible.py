"""Whether a page's text layer says what the page shows: letters that no language has, pictures that say more. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ingest.page.characters import UNKNOWN
from ingest.page.raw import RawPage, Word

# Letters a mille of running text: of Latin script the mean of de, en, es and fr (accents taken off; counted over
# the handbooks at hand), of Greek a published table. A language's own lies near enough: 0.90 and more by cosine.
_LATIN = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (78, 16, 36, 47, 148, 16, 21, 24, 75, 2, 6, 45, 26, 80, 63, 25, 5, 70, 71, 72, 42, 11, 8, 3, 6, 4),
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        (114, 8, 18, 17, 85, 4, 60, 10, 94, 40, 28, 34, 64, 4, 98, 41, 44, 82, 85, 43, 9, 12, 2, 19),
        strict=True,
    )
)
# Below this cosine letters are of no language: of real fonts with enough words the least is 0.81; of texts with
# shifted or shuffled letters 4 in 1000 lie above.
_LEAST_LIKENESS = 0.77
# of a font, from which its letters can be judged: letters, signs, different words
_LEAST_LETTERS, _LEAST_SIGNS, _LEAST_WORDS = 60, 100, 20
_MOST_ODD = 0.4  # share of characters that no text consists of, above which a font's text is none
_ODD_LETTERS = (
    range(0x180, 0x300),
    range(0x460, 0x530),
)  # Latin Extended-B to Modifier Letters, Cyrillic's rare ones
_EVEN = frozenset("șțȘȚ")  # of them, those that a language here needs
_DOUBTED = 0.3  # share of a page's characters in such fonts above which the page is doubted
_AGREES = 0.5  # share of the words read from the picture that the text layer has, from which it is right
_LONG_WORD = 4  # letters from which a word is compared

_UNMAPPED = 0.3  # share of glyphs without a Unicode value above which a page's text is no use
_LEAST_GLYPHS = 12  # letters below which a page with a picture is taken for a picture
_COVERS = 0.8  # share of the page from which a picture is the page, no figure on it; by eye
_FEW_LETTERS = 500  # of a text layer, up to which a page of a picture may say more than it
_SAYS_MORE = 2.0  # times the letters of its text layer that a picture says, to be believed
_PAPER, _INK = 170, 140  # grey levels of 255: lighter is paper, darker is print
_LEAST_PAPER, _LEAST_INK, _MOST_INK = 0.6, 0.001, 0.3  # shares of a scanned page's picture; by eye


def doubted(pages: Sequence[RawPage]) -> list[RawPage]:
    """The pages, those marked whose text is mostly set in fonts whose letters are of no language."""
    fonts: dict[str, list[Word]] = defaultdict(list)
    for page in pages:
        for word in page.words:
            fonts[word.style.font].append(word)
    garbled = {font for font, words in fonts.items() if _is_garbled(word.text for word in words)}
    if not garbled:
        return list(pages)
    return [replace(p, is_doubted=True) if _share_of(p, garbled) > _DOUBTED else p for p in pages]


def needs_ocr(page: RawPage) -> bool:
    """A page that shows something but has no text that can be used."""
    if page.unmapped > _UNMAPPED or page.is_doubted:
        return True
    has_picture = any(s.is_image for s in page.shapes)
    return sum(len(w.text) for w in page.words) < _LEAST_GLYPHS and (has_picture or bool(page.hidden))


def agrees(page: RawPage, seen: RawPage) -> bool:
    """The text layer has most of the words that were read from the page's picture."""
    layer = _long_words(page)
    words = _long_words(seen)
    return bool(words) and len(words & layer) >= _AGREES * len(words)


def may_say_more(page: RawPage) -> bool:
    """A picture covers the page, and its text layer has little."""
    area = page.width * page.height
    covered = max((_shown(s.box, page) for s in page.shapes if s.is_image), default=0.0)
    return covered >= _COVERS * area and sum(len(w.text) for w in page.words) <= _FEW_LETTERS


def looks_printed(counts: Sequence[int]) -> bool:
    """A picture's grey levels (how many pixels of each, 0 black) are those of print on paper, not of a photograph."""
    total = max(sum(counts), 1)
    paper, ink = sum(counts[_PAPER:]) / total, sum(counts[:_INK]) / total
    return paper >= _LEAST_PAPER and _LEAST_INK <= ink <= _MOST_INK


def with_picture(page: RawPage, seen: RawPage) -> RawPage | None:
    """The page with what its picture says beside its text layer; None where that says hardly more."""
    added = [w for w in seen.words if not any(_overlap(w, own) for own in page.words)]
    if sum(len(w.text) for w in added) < _SAYS_MORE * sum(len(w.text) for w in page.words):
        return None
    return replace(page, words=(*page.words, *added))


def _is_garbled(texts: Iterable[str]) -> bool:
    words = list(texts)
    text = unicodedata.normalize("NFKD", "".join(words).lower()).replace("ς", "σ")
    counts = Counter(text)
    for char in [c for c in counts if c == UNKNOWN or unicodedata.combining(c)]:
        del counts[char]
    if len(set(words)) < _LEAST_WORDS or counts.total() < _LEAST_SIGNS:
        return False
    if sum(n for char, n in counts.items() if _is_odd(char)) > _MOST_ODD * counts.total():
        return True
    table = max((_LATIN, _GREEK), key=lambda letters: sum(counts[c] for c in letters))
    return sum(counts[c] for c in table) >= _LEAST_LETTERS and _likeness(counts, table) < _LEAST_LIKENESS


def _is_odd(char: str) -> bool:
    if any(ord(char) in letters for letters in _ODD_LETTERS):
        return char not in _EVEN
    return unicodedata.category(char) in ("Co", "Cn", "Cc", "So", "Sk")


def _likeness(counts: Mapping[str, int], table: Mapping[str, int]) -> float:
    """Cosine of the letters' counts with those of running text."""
    found = [counts[c] for c in table]
    length = math.hypot(*found) * math.hypot(*table.values())
    return sum(a * b for a, b in zip(found, table.values(), strict=True)) / length if length else 0.0


def _share_of(page: RawPage, fonts: set[str]) -> float:
    total = sum(len(w.text) for w in page.words)
    return sum(len(w.text) for w in page.words if w.style.font in fonts) / total if total else 0.0


def _long_words(page: RawPage) -> set[str]:
    folded = (w.text.casefold().strip(".,;:()!?") for w in page.words)
    return {text for text in folded if len(text) >= _LONG_WORD}


def _shown(box: tuple[float, float, float, float], page: RawPage) -> float:
    """The part of a box that lies on the page, in square points."""
    across = min(box[2], page.width) - max(box[0], 0)
    down = min(box[3], page.height) - max(box[1], 0)
    return max(across, 0.0) * max(down, 0.0)


def _overlap(word: Word, other: Word) -> bool:
    (a0, b0, a1, b1), (c0, d0, c1, d1) = word.box, other.box
    return (c0 <= (a0 + a1) / 2 <= c1 or a0 <= (c0 + c1) / 2 <= a1) and d0 <= (b0 + b1) / 2 <= d1
