"""What runs in the sandbox child: PDF bytes -> an extraction as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ingest import caveats
from ingest.leaf import emptied
from ingest.page import Glyphs, LaidOut, RawPage, Structure, legible, open_structure
from ingest.page import detection as language
from ingest.parts import checkup, extract, imprint, proposal
from ingest.reading import NEUTRAL, SKIPPED, Block, Extraction, Profile, of_data
from ingest.recognition import Recognition
from ingest.safe import Tell
from ingest.tree import Tree, layout, printed_labels, sections
from kb import Caveat, Circumstance, Facet, Origin, Page, ParseError, Record, Said, Unassigned
from kb.editions import title_likeness
from kb.words import Vocabulary, word_key

_SHORTEST_AUTHOR, _LONGEST_AUTHOR = 2, 80  # characters of a publisher's name in the metadata; by eye
_TELLS_ITS_LANGUAGE = 400  # characters from which a record is asked for its own language; by eye


class _Pages(NamedTuple):
    """All pages of a PDF: `scanned` is OCR's confidence by page, `skipped` the text of those left out.

    `caveats` say which pages' text is doubted or was not read.
    """

    structure: Structure
    raw: Sequence[RawPage]
    scanned: Mapping[int, float]
    skipped: tuple[Block, ...]
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF laid out and its headings hung."""

    structure: Structure
    raw: Sequence[RawPage]
    scanned: Mapping[int, float]
    skipped: tuple[Block, ...]
    laid: LaidOut
    tree: Tree
    language: str
    vocabulary: Vocabulary


class _Leaves:
    """The pages of an open PDF, whose glyphs are read once however many profiles they are read with."""

    def __init__(self, structure: Structure, glyphs: Glyphs, tell: Tell, readers: int) -> None:
        spare = tuple(str(n) for n in range(len(structure.labels) + 1, len(glyphs) + 1))
        self._structure = replace(structure, labels=(*structure.labels, *spare))
        self._glyphs = glyphs
        self._tell = tell
        self._pages: list[RawPage] = []
        self._recognition = Recognition(glyphs, tell)
        total = len(structure.labels)
        for page in glyphs.pages(readers):
            self._pages.append(replace(page, tags=structure.tags))
            if page.number % 5 == 0 or page.number == total:
                tell("read", page.number, total)
        self._pages = legible.doubted(self._pages)

    @classmethod
    @contextmanager
    def open(cls, request: Mapping[str, Any], data: bytes, tell: Tell) -> Iterator[_Leaves]:
        name, password = request["name"], request.get("password", "")
        structure = open_structure(data, name, password, request["max_pages"])
        with Glyphs(data, name, password) as glyphs:
            yield cls(structure, glyphs, tell, request.get("readers", 1))

    def read_with(self, profile: Profile) -> _Pages:
        """All pages, those without usable text read by OCR where it is installed.

        Pages that the profile skips come empty; their text comes apart, for the ledger.
        """
        skipped = [p for p in self._pages if profile.skips(p.number)]
        pages = [emptied(p) if profile.skips(p.number) else p for p in self._pages]
        seen = self._recognition.read(pages, profile, self._structure.language)
        left_out = tuple(Block(p.number, SKIPPED, "", " ".join(w.text for w in p.words)) for p in skipped)
        return _Pages(self._structure, seen.pages, seen.scanned, left_out, seen.caveats)


def read(request: Mapping[str, Any], data: bytes, tell: Tell) -> dict[str, Any]:
    """Read a PDF into records; `request` has "name", "password", "max_pages" and "profile".

    Its "readers" says how many processes may read pages at once, one where it does not.
    """
    profile = of_data(request.get("profile", {}), "the profile")
    with _Leaves.open(request, data, tell) as leaves:
        read_pages = leaves.read_with(profile)
    return _extracted(request["name"], read_pages, profile, tell).as_data()


def read_as_known(request: Mapping[str, Any], data: bytes, tell: Tell) -> dict[str, Any]:
    """Read a PDF without a profile, and with that of each handbook whose title it has.

    `request` is as for `read`, with "known" (id -> "titles" and "profile") in place of "profile". The answer has
    "plain", and "known" by the handbooks' ids.
    """
    with _Leaves.open(request, data, tell) as leaves:
        plain = _extracted(request["name"], leaves.read_with(NEUTRAL), NEUTRAL, tell)
        known = {}
        for handbook, of in request["known"].items():
            if any(title_likeness(title, plain.title) for title in of["titles"]):
                profile = of_data(of["profile"], "the profile")
                found = _extracted(request["name"], leaves.read_with(profile), profile, tell)
                known[handbook] = found.as_data()
    return {"plain": plain.as_data(), "known": known}


def propose(request: Mapping[str, Any], data: bytes, tell: Tell) -> str:
    """The profile that says what is detected, as TOML; `request` as for `read`, without "profile"."""
    with _Leaves.open(request, data, tell) as leaves:
        read_pages = leaves.read_with(NEUTRAL)
    document = _understand(request["name"], read_pages, NEUTRAL, tell)
    return proposal.write(
        request["name"], document.tree, len(document.raw), document.language, document.vocabulary
    )


def document_of(name: str, data: bytes) -> Document:
    """A PDF laid out and its headings hung, without a profile: what benchmarks try rules on."""
    with _Leaves.open({"name": name, "max_pages": 9999}, data, lambda *_: None) as leaves:
        read_pages = leaves.read_with(NEUTRAL)
    return _understand(name, read_pages, NEUTRAL, lambda *_: None)


def _extracted(name: str, read_pages: _Pages, profile: Profile, tell: Tell) -> Extraction:
    document = _understand(name, read_pages, profile, tell)
    tell("extract", 0, 1)
    pages = _pages(document)
    hidden = [Unassigned(p.number, " ".join(p.hidden), "hidden text") for p in document.raw if p.hidden]
    laid, tree, vocabulary = document.laid, document.tree, document.vocabulary
    title = tree.title or _from_name(name)
    facts = imprint.read(laid, title, document.structure.author, vocabulary)
    publisher = _publisher(document.structure, pages, facts)
    found = extract(laid, tree, pages, document.language, vocabulary, publisher, hidden, profile)
    if not profile.language:
        found = replace(found, records=tuple(_in_its_language(r, found.language) for r in found.records))
    doubted = (
        [] if profile.names_practices else checkup.look_over(found.records)
    )  # else a person answers for them
    records = checkup.lowered(found.records, doubted)
    unread = caveats.not_read(document.structure, document.raw, document.scanned)
    tell("extract", 1, 1)
    return replace(
        found,
        title=title,
        records=tuple(imprint.with_country(r, facts) for r in records),
        unassigned=(*found.unassigned, *unread),
        imprint=facts,
        blocks=(*found.blocks, *document.skipped),
        notices=(*found.notices, *_amiss(profile, document)),
        caveats=caveats.worst_first(
            [
                *read_pages.caveats,
                *caveats.of_damage(document.structure.damage, document.raw),
                *doubted,
            ]
        ),
    )


def _understand(name: str, read_pages: _Pages, profile: Profile, tell: Tell) -> Document:
    structure, raw, scanned, skipped, _ = read_pages
    outline = [mark for mark in structure.outline if not (mark.page and profile.skips(mark.page))]
    tell("layout", 0, 1)
    laid = layout.lay_out(p for p in raw if not legible.needs_ocr(p))
    if not laid.lines and not any(legible.needs_ocr(p) for p in raw):
        left = "but for those that its profile skips, " if skipped else ""
        raise ParseError(f"{name}: {left}{len(raw)} pages without any text or picture; check the file")
    tell("layout", 1, 1)
    vocabulary = Vocabulary.load().with_labels(profile.labels)
    lang = profile.language or language.detect(
        " ".join(line.text for line in laid.body()), (structure.language or "en")[:2].lower()
    )
    stated = _stated_title(structure, name)
    tree = sections.build(laid, outline, structure.labels, vocabulary, stated, structure.author)
    missing = tuple(t for t in tree.missing if not any(word_key(t) in word_key(b.text) for b in skipped))
    tree = replace(tree, title=profile.title or tree.title, missing=missing)
    structure = replace(structure, labels=printed_labels(laid.lines, structure.labels))
    return Document(structure, raw, scanned, skipped, laid, tree, lang, vocabulary)


def _amiss(profile: Profile, document: Document) -> Iterator[Said]:
    """Say which of the profile's pages and labels this document does not have."""
    last = len(document.raw)
    if profile.skip_pages and profile.skip_pages[-1][1] > last:
        yield Said(Circumstance.PAGES_BEYOND, page=profile.skip_pages[-1][1], count=last)
    if profile.labels:
        text = word_key(" ".join(line.text for line in document.laid.lines))
        for label in profile.labels:
            if word_key(label) not in text:
                yield Said(Circumstance.NO_SUCH_LABEL, label=label)


def _pages(document: Document) -> tuple[Page, ...]:
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
            needs_ocr=legible.needs_ocr(p),
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


def _publisher(structure: Structure, pages: Sequence[Page], facts: Sequence[Facet]) -> str:
    """The author that the metadata names, if a first page prints it too; else the publisher that the print states."""
    author = structure.author.strip()
    is_name = _SHORTEST_AUTHOR <= len(author) <= _LONGEST_AUTHOR
    if is_name and any(author in page.text for page in pages[:2]):
        return author
    stated = (Origin.STATED, Origin.MAPPED)
    return next((f.value for f in facts if f.name == "publisher" and f.origin in stated), "")


def _in_its_language(record: Record, fallback: str) -> Record:
    found = language.detect(record.text, fallback) if len(record.text) >= _TELLS_ITS_LANGUAGE else fallback
    return replace(record, language=found) if found != record.language else record
