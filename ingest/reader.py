"""What runs in the sandbox child: PDF bytes -> an extraction as plain data; a page -> its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ingest.page import (
    Glyphs,
    LaidOut,
    PrintedWord,
    RawPage,
    Structure,
    fold,
    ocr,
    open_structure,
    printed_lines,
)
from ingest.page import detection as language
from ingest.parts import NEUTRAL, SKIPPED, Block, Extraction, Profile, extract, of_data, proposal
from ingest.tree import Tree, layout, sections
from kb import Page, ParseError, Record, Unassigned, codec
from kb.words import Vocabulary

Tell = Callable[[str, int, int], None]

_UNMAPPED = 0.3  # share of glyphs without a Unicode value above which a page's text is no use
_LEAST_GLYPHS = 12  # letters below which a page with a picture is taken for a picture


@dataclass(frozen=True, slots=True)
class _Document:
    """A PDF laid out and its headings hung.

    `scanned` is OCR's confidence by page, `skipped` the text of the pages that are left out.
    """

    structure: Structure
    raw: Sequence[RawPage]
    scanned: Mapping[int, float]
    skipped: tuple[Block, ...]
    laid: LaidOut
    tree: Tree
    language: str
    vocabulary: Vocabulary


def read(request: Mapping[str, Any], data: bytes, tell: Tell) -> dict[str, Any]:
    """Read a PDF into records; `request` has "name", "password", "max_pages" and "profile"."""
    profile = of_data(request.get("profile", {}), "the profile")
    document = _understand(request, data, profile, tell)
    tell("extract", 0, 1)
    pages = _pages(document)
    hidden = [Unassigned(p.number, " ".join(p.hidden), "hidden text") for p in document.raw if p.hidden]
    publisher = _publisher(document.structure, pages)
    laid, tree, vocabulary = document.laid, document.tree, document.vocabulary
    found = extract(laid, tree, pages, document.language, vocabulary, publisher, hidden, profile)
    if not profile.language:
        found = replace(found, records=tuple(_in_its_language(r, found.language) for r in found.records))
    tell("extract", 1, 1)
    return _as_data(
        replace(
            found,
            title=found.title or _from_name(request["name"]),
            blocks=(*found.blocks, *document.skipped),
            notices=(*found.notices, *_amiss(profile, document)),
        )
    )


def propose(request: Mapping[str, Any], data: bytes, tell: Tell) -> str:
    """The profile that says what is detected, as TOML; `request` as for `read`, without "profile"."""
    document = _understand(request, data, NEUTRAL, tell)
    return proposal.write(
        request["name"], document.tree, len(document.raw), document.language, document.vocabulary
    )


def _understand(request: Mapping[str, Any], data: bytes, profile: Profile, tell: Tell) -> _Document:
    name = request["name"]
    structure = open_structure(data, name, request.get("password", ""), request["max_pages"])
    outline = [mark for mark in structure.outline if not (mark.page and profile.skips(mark.page))]
    raw, scanned, skipped = _read_pages(data, name, request.get("password", ""), structure, profile, tell)
    tell("layout", 0, 1)
    laid = layout.lay_out(p for p in raw if not needs_ocr(p))
    if not laid.lines and not any(needs_ocr(p) for p in raw):
        left = "but for those that its profile skips, " if skipped else ""
        raise ParseError(f"{name}: {left}{len(raw)} pages without any text or picture; check the file")
    tell("layout", 1, 1)
    vocabulary = Vocabulary.load().with_labels(profile.labels)
    lang = profile.language or language.detect(
        " ".join(line.text for line in laid.body()), (structure.language or "en")[:2].lower()
    )
    tree = sections.build(laid, outline, structure.labels, vocabulary, _stated_title(structure, name))
    missing = tuple(t for t in tree.missing if not any(fold(t) in fold(b.text) for b in skipped))
    tree = replace(tree, title=profile.title or tree.title, missing=missing)
    return _Document(structure, raw, scanned, skipped, laid, tree, lang, vocabulary)


def _amiss(profile: Profile, document: _Document) -> Iterator[str]:
    """Say which of the profile's pages and labels this document does not have."""
    last = len(document.raw)
    if profile.skip_pages and profile.skip_pages[-1][1] > last:
        yield f"The profile's skip_pages go up to page {profile.skip_pages[-1][1]}; here are {last} pages."
    if profile.labels:
        text = fold(" ".join(line.text for line in document.laid.lines))
        for label in profile.labels:
            if fold(label) not in text:
                yield f"The profile's label {label!r} is not printed here."


def picture(request: Mapping[str, Any], data: bytes, tell: Tell) -> bytes:  # noqa: ARG001 - the child's signature
    """Page `request["page"]` as PNG, `request["width"]` pixels wide."""
    with Glyphs(data, request["name"], request.get("password", "")) as glyphs:
        if not 1 <= request["page"] <= len(glyphs):
            raise ParseError(f"{request['name']}: has no page {request['page']}; it has {len(glyphs)}")
        return glyphs.picture(request["page"], request["width"])


def words(request: Mapping[str, Any], data: bytes, tell: Tell) -> list[list[PrintedWord]]:
    """The words of page `request["page"]` line by line, read by OCR (in `request["language"]`) where need be."""
    with Glyphs(data, request["name"], request.get("password", "")) as glyphs:
        if not 1 <= request["page"] <= len(glyphs):
            raise ParseError(f"{request['name']}: has no page {request['page']}; it has {len(glyphs)}")
        page = glyphs.page(request["page"])
        if needs_ocr(page):
            found = ocr.read([page], glyphs.gray, request["language"], lambda done, of: tell("ocr", done, of))
            page = found[page.number].page if page.number in found else _emptied(page)
    return printed_lines(page)


def _read_pages(
    data: bytes, name: str, password: str, structure: Structure, profile: Profile, tell: Tell
) -> tuple[list[RawPage], dict[int, float], tuple[Block, ...]]:
    """All pages, those without usable text read by OCR where it is installed; their confidence by number.

    Pages that the profile skips come empty; their text comes last, for the ledger.
    """
    total = len(structure.labels)
    pages: list[RawPage] = []
    with Glyphs(data, name, password) as glyphs:
        for page in glyphs.pages():
            pages.append(page)
            if page.number % 5 == 0 or page.number == total:
                tell("read", page.number, total)
        skipped = [p for p in pages if profile.skips(p.number)]
        pages = [_emptied(p) if profile.skips(p.number) else p for p in pages]
        blank = [p for p in pages if needs_ocr(p)]
        lang = profile.language or language.detect(
            " ".join(w.text for p in pages if p not in blank for w in p.words), ""
        )
        found = ocr.read(
            blank, glyphs.gray, lang, lambda done, of: tell("ocr", done, of), profile.ocr_languages
        )
    pages = [replace(found[p.number].page, hidden=p.hidden) if p.number in found else p for p in pages]
    left_out = tuple(Block(p.number, SKIPPED, "", " ".join(w.text for w in p.words)) for p in skipped)
    return pages, {number: read.confidence for number, read in found.items()}, left_out


def _emptied(page: RawPage) -> RawPage:
    """The page as if nothing were on it."""
    return replace(page, words=(), shapes=(), hidden=(), unmapped=0.0)


def needs_ocr(page: RawPage) -> bool:
    """A page that shows something but has no text that can be used."""
    letters = sum(len(w.text) for w in page.words)
    has_picture = any(s.is_image for s in page.shapes)
    if page.unmapped > _UNMAPPED:
        return True
    return letters < _LEAST_GLYPHS and (has_picture or bool(page.hidden))


def _pages(document: _Document) -> tuple[Page, ...]:
    texts: dict[int, list[str]] = {}
    for line in document.laid.lines:
        texts.setdefault(line.page, []).append(line.text)
    return tuple(
        Page(
            p.number,
            document.structure.labels[p.number - 1],
            round(p.width, 1),
            round(p.height, 1),
            "\n".join(texts.get(p.number, ())),
            is_ocr=p.number in document.scanned,
            needs_ocr=needs_ocr(p),
            confidence=document.scanned.get(p.number),
        )
        for p in document.raw
    )


def _stated_title(structure: Structure, name: str) -> str:
    """The metadata's title unless it is a file's name in disguise."""
    title = structure.title
    looks_like_file = (
        title.lower().endswith((".pdf", ".docx", ".doc", ".indd")) or title == name.rsplit(".", 1)[0]
    )
    return "" if looks_like_file or title.lower().startswith(("microsoft word", "untitled")) else title


def _from_name(name: str) -> str:
    return name.rsplit(".", 1)[0].replace("-", " ").replace("_", " ").strip().capitalize() or "Handbook"


def _publisher(structure: Structure, pages: Sequence[Page]) -> str:
    """The author that the metadata names, if a first page prints it too."""
    author = structure.author.strip()
    if not 2 <= len(author) <= 80:
        return ""
    return author if any(author in page.text for page in pages[:2]) else ""


def _in_its_language(record: Record, fallback: str) -> Record:
    found = language.detect(record.text, fallback) if len(record.text) >= 400 else fallback
    return replace(record, language=found) if found != record.language else record


def _as_data(found: Extraction) -> dict[str, Any]:
    return {
        "title": found.title,
        "language": found.language,
        "pages": [asdict(p) for p in found.pages],
        "records": [codec.dump(r) for r in found.records],
        "unassigned": [asdict(u) for u in found.unassigned],
        "missing": list(found.missing),
        "hidden": [asdict(u) for u in found.hidden],
        "blocks": [asdict(b) for b in found.blocks],
        "notices": list(found.notices),
    }


def from_data(data: Mapping[str, Any]) -> Extraction:
    """The extraction that `read` sent as plain data."""
    return Extraction(
        title=data["title"],
        language=data["language"],
        pages=tuple(Page(**p) for p in data["pages"]),
        records=tuple(codec.load_record(r) for r in data["records"]),
        unassigned=tuple(Unassigned(**u) for u in data["unassigned"]),
        missing=tuple(data["missing"]),
        hidden=tuple(Unassigned(**u) for u in data["hidden"]),
        blocks=tuple(Block(**b) for b in data["blocks"]),
        notices=tuple(data["notices"]),
    )
