"""What each page shows: one frozen dataclass a page, which feeds its HTML and its JSON alike.

The docstring below a field is its description in the OpenAPI document. Words of the interface are not here
but in the templates; here is only what the library holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ConfigDict

from kb import Box, Kind, Link, Origin
from web.frame.sayings import Saying


class Shown:
    """Makes the docstrings below the fields their descriptions."""

    __slots__ = ()
    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Place(Shown):
    """A page of a handbook."""

    page: int
    """PDF page, from 1."""
    label: str
    """The page number as printed; empty where none is."""
    url: str
    """Address of the page in the handbook viewer."""
    is_ocr: bool
    """Whether its text was read by OCR, and may hold mistakes."""
    confidence: float | None
    """How sure OCR was of its words, 0 to 1; null where the page has text of its own, or it is not known."""


@dataclass(frozen=True, slots=True)
class Region(Shown):
    """A part of a page, so that it can be drawn on a picture of that page of any size."""

    page: int
    """PDF page, from 1."""
    label: str
    """The page number as printed; empty where none is."""
    box: Box | None
    """x0, y0, x1, y1 in points from the top left of the page as shown; null where only the page is known."""
    page_width: float
    """Of the page as shown, in points."""
    page_height: float
    """Of the page as shown, in points."""
    is_ocr: bool
    """Whether that page was read by OCR."""
    url: str
    """Address that shows it lit on the picture of its page."""


@dataclass(frozen=True, slots=True)
class Outline(Shown):
    """A box drawn on a page's picture: a field of a record."""

    box: Box
    """x0, y0, x1, y1 in points from the top left of the page as shown."""
    record: str
    """Id of the record."""
    number: int
    """Position of its record in the list beside the picture, from 1."""
    field: int
    """Number of the field in its record, from 1."""
    label: str
    """Label of the field, as printed; empty for the introduction."""
    url: str
    """Address that shows the field lit beside its text."""
    is_lit: bool
    """Whether it is what was asked for."""


@dataclass(frozen=True, slots=True)
class HandbookRef(Shown):
    """A handbook, named."""

    id: str
    title: str
    url: str
    language: str
    """Language of its text (ISO 639-1)."""
    edition: int
    """The current edition, from 1."""


@dataclass(frozen=True, slots=True)
class RecordRef(Shown):
    """A practice, tool, annex or section, named."""

    id: str
    kind: Kind
    title: str
    url: str
    handbook: HandbookRef
    place: Place
    """Where it starts."""
    institution: str
    """Empty where the handbook states none."""
    country: str
    """Empty where the handbook states none."""
    summary: str
    """Its first telling sentence, shortened."""
    language: str
    annex_label: str
    """The annex it stands in, as printed; empty outside any."""
    inferred: tuple[str, ...]
    """Which of institution and country a rule found and no page prints as such."""
    confidence: float
    """How sure extraction is of this record, 0 to 1."""
    is_doubtful: bool
    """Whether that is low, so that the record should be compared with its page."""


@dataclass(frozen=True, slots=True)
class Picture(Shown):
    """The picture of a handbook page."""

    place: Place
    src: str
    """A PNG of reading width."""
    srcset: str
    full: str
    """The largest PNG there is."""
    width: int
    height: int
    """In pixels, of `src`."""
    page_width: float
    """Of the page as shown, in points: what the boxes are measured in."""
    page_height: float
    """Of the page as shown, in points."""
    outlines: tuple[Outline, ...]
    """The boxes drawn on it."""
    previous: str
    """Address that shows the page before, within what is shown; empty on the first."""
    next: str
    """Address that shows the page after, within what is shown; empty on the last."""


@dataclass(frozen=True, slots=True)
class Evidence(Shown):
    """Why a record is in the results: words of the handbook."""

    label: str
    """Label of the field they stand in, as printed."""
    text: str
    marks: tuple[tuple[int, int], ...]
    """Ranges of `text` to highlight: first character, one past the last."""
    place: Place
    field: int | None
    """Number of that field in its record, from 1."""
    url: str
    """Address of that field in its record, lit on its page."""
    regions: tuple[Region, ...]
    """Where the whole field stands."""


@dataclass(frozen=True, slots=True)
class Chip(Shown):
    """A value that a result has."""

    facet: str
    label: str
    url: str
    """Address of the same search among those that have it."""
    is_inferred: bool
    """Whether a rule found it and no labelled field states it."""


@dataclass(frozen=True, slots=True)
class HitShown(Shown):
    """One result."""

    rank: int
    """From 1, over all result pages."""
    record: RecordRef
    score: float
    """Relevance; higher is better, comparable within one search only."""
    evidence: Evidence
    chips: tuple[Chip, ...]
    """What it is about, in short: theme, format, level; none of what was chosen already."""
    rank_words: int | None
    """Its rank by matching words alone; null where they do not match."""
    rank_dense: int | None
    """Its rank by meaning alone; null where it is not near."""
    also: tuple[RecordRef, ...]
    """What says the same in other handbooks, and is no result of its own."""


@dataclass(frozen=True, slots=True)
class EarlierHit(Shown):
    """A record that an earlier edition has otherwise, or alone."""

    record: RecordRef
    edition: int
    """The edition that says so."""
    is_gone: bool
    """Whether the current edition has no such record any more; else it reads otherwise."""
    url: str
    """Address of the record as that edition has it, with its page."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class EarlierShown(Shown):
    """What earlier editions say that the current ones do not; never among the results."""

    hits: tuple[EarlierHit, ...]
    """Best first, at most as many as there are results a page; each record once."""
    total: int
    unread: int
    """Passages of earlier editions that can only be found by their words at present."""


@dataclass(frozen=True, slots=True)
class FacetOption(Shown):
    """One value to filter by."""

    value: str
    label: str
    count: int
    """How many results have it."""
    is_chosen: bool
    url: str
    """Address that chooses it, or undoes the choice."""
    language: str = ""
    """Language of a label that is the title of a handbook; else empty."""


@dataclass(frozen=True, slots=True)
class FacetGroup(Shown):
    """The values of one facet, most frequent first."""

    name: str
    """kind, handbook, institution, country, theme, discipline, format, level, language, target_group, tool, year
    or origin."""
    options: tuple[FacetOption, ...]
    is_open: bool
    """Whether its values are shown at once: few ones of a facet much used, or one that is chosen."""


@dataclass(frozen=True, slots=True)
class FieldShown(Shown):
    """A labelled part of a record, verbatim."""

    number: int
    """From 1, within its record."""
    label: str
    """As printed; empty for the introduction."""
    name: str
    """Canonical field name; empty where none fits."""
    display: str
    """The canonical name as words."""
    text: str
    """Paragraphs apart by blank lines; list items start with "• "."""
    origin: Origin
    """Stated in the handbook, inferred by a rule, or corrected by a person in review."""
    place: Place
    """Where it starts."""
    regions: tuple[Region, ...]
    """Every place it takes up, in printed order; on several pages where it runs over."""
    url: str
    """Address that shows it lit on the picture of its page."""
    anchor: str
    """Fragment of the record's address that leads here."""
    links: tuple[Link, ...]
    """What words of it lead to, where the PDF keeps an address behind them."""


@dataclass(frozen=True, slots=True)
class Fact(Shown):
    """One key value of a record."""

    name: str
    """institution, country, theme, format, level, ..."""
    value: str
    origin: Origin
    """Stated in the handbook, inferred by a rule, or corrected by a person in review."""
    place: Place | None
    """Where it is stated, if that is known."""
    source: str
    """Address that shows where it is stated, lit if its field is known; empty where nothing states it."""
    url: str
    """Address of other records with the same value; empty where there is no such list."""


@dataclass(frozen=True, slots=True)
class SimilarShown(Shown):
    """A record that resembles the one shown."""

    record: RecordRef
    score: float
    reasons: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class HandbookShown(Shown):
    """A handbook with its totals."""

    handbook: HandbookRef
    pages: int
    editions: int
    counts: dict[str, int]
    """Records of each kind."""
    cover: str
    """Address of the picture of its first page."""


@dataclass(frozen=True, slots=True)
class Tally(Shown):
    """A value, how many records have it, and the address of their list."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Rewording(Shown):
    """Another way to ask, which finds something."""

    text: str
    url: str
    """Address that searches it."""
    total: int
    """How many answers it has."""


@dataclass(frozen=True, slots=True)
class Bar(Shown):
    """A value of a chart."""

    label: str
    count: int
    url: str
    """Address of the list of just these."""
    percent: float
    """Its length, in percent of the longest."""


@dataclass(frozen=True, slots=True)
class Chart(Shown):
    """How many practices have each value of a facet, most first."""

    name: str
    """theme, country, format, ..."""
    bars: tuple[Bar, ...]
    more: int
    """Values that are not among the bars."""
    url: str
    """Address of the list by all values."""
    silent: int
    """Practices whose handbook states none."""


@dataclass(frozen=True, slots=True)
class Fresh(Shown):
    """What the served edition of a handbook has that the one before had not."""

    handbook: HandbookRef
    records: tuple[RecordRef, ...]
    """The first of its new practices and tools, in printed order."""
    total: int
    """All of them."""
    url: str
    """Address of everything that changed."""


@dataclass(frozen=True, slots=True)
class Example(Shown):
    """A need in the library's own words, and where they stand."""

    text: str
    url: str
    """Address that searches it."""
    record: RecordRef


@dataclass(frozen=True, slots=True)
class Group(Shown):
    """One group of a browse list."""

    label: str
    """Empty for the records whose handbook states no value."""
    url: str
    """Address of the thing the group is named after; empty where it has none."""
    count: int
    """Records in it."""
    inferred: int
    """Those of them that are in it by a rule, with no page that prints so."""
    language: str
    """Language of a label that is a title; else empty."""
    handbook: str
    """Title of the handbook, for groups that belong to one."""
    summary: str
    """First sentence of the annex or tool the group is named after."""
    items: tuple[RecordRef, ...]
    more: str
    """Address of the whole group; empty where all of it is here."""


@dataclass(frozen=True, slots=True)
class Chapter(Shown):
    """An annex with what stands in it, or (annex null) what stands outside any."""

    annex: RecordRef | None
    practices: tuple[RecordRef, ...]
    tools: tuple[RecordRef, ...]


@dataclass(frozen=True, slots=True)
class SectionShown(Shown):
    """A section in a handbook's outline."""

    record: RecordRef
    depth: int
    """How many headings stand above it."""


@dataclass(frozen=True, slots=True)
class Left(Shown):
    """Text that went into no record."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class LeftGroup(Shown):
    """Texts left over for one reason."""

    reason: str
    items: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Share(Shown):
    """A place that text of the handbook went to."""

    place: str
    """practices, tools, annexes, sections, running heads, page numbers, contents pages, skipped pages, hidden
    text or unassigned."""
    characters: int
    """White space aside."""
    percent: float
    """Of all characters of the handbook; of all places together 100."""


@dataclass(frozen=True, slots=True)
class Account(Shown):
    """Where every character of a handbook went."""

    shares: tuple[Share, ...]
    """Records first, then furniture, then what is in neither; places that got nothing are left out."""
    characters: int
    """All of them, white space aside; 0 for an edition read in before this was counted."""
    assigned_percent: float
    """How many of the characters that a reader of the page can see have a place; rounded down."""


@dataclass(frozen=True, slots=True)
class HiddenShown(Shown):
    """Text that a reader of the page cannot see; what it says is not shown."""

    place: Place
    reason: str
    """How it is hidden."""


@dataclass(frozen=True, slots=True)
class Parameter(Shown):
    """A parameter of an address of the API."""

    name: str
    description: str
    type: str
    """string, integer, or array: a parameter that is repeated."""
    values: tuple[str, ...]
    """The values there are; none listed where any will do."""
    default: str
    """What is taken where it is not given; empty for nothing."""
    example: str
    is_in_path: bool


@dataclass(frozen=True, slots=True)
class Endpoint(Shown):
    """One address of the API."""

    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    formats: tuple[str, ...]
    """Media types of its answers."""
    failures: tuple[tuple[str, str], ...]
    """Status and meaning of the errors it answers with."""
    example: str
    """An address that answers here and now; empty where the library is empty."""
    answer: str
    """The answer in JSON, shortened; empty where it is none, or the library is empty."""


@dataclass(frozen=True, slots=True)
class AnyPage(Shown):
    """What every page has."""

    url: str
    """Its own address."""
    notice: str
    """What the library cannot do at present, in one sentence; empty if all is well."""


@dataclass(frozen=True, slots=True)
class HomePage(AnyPage):
    """What is in the library, and needs to start from."""

    counts: dict[str, int]
    """Records of each kind, and `pages`."""
    handbooks: tuple[HandbookShown, ...]
    fresh: tuple[Fresh, ...]
    """What is new, by handbook; a handbook of one edition is not among them."""
    examples: tuple[Example, ...]
    charts: tuple[Chart, ...]
    """Practices by theme, country and format; a facet that is stated nowhere has no chart."""
    institutions: tuple[Tally, ...]
    """Most practices first."""
    tools: tuple[RecordRef, ...]
    annexes: tuple[RecordRef, ...]


@dataclass(frozen=True, slots=True)
class Judging(Shown):
    """What a signed-in owner needs to say how well each result answers."""

    csrf: str
    grades: dict[str, int]
    """What was said before of this need, by id of the record."""
    is_unanswered: bool
    """Whether it was said that nothing answers it."""
    url: str
    """Address of everything that was judged."""


@dataclass(frozen=True, slots=True)
class SearchPage(AnyPage):
    """The answers to one need."""

    text: str
    total: int
    hits: tuple[HitShown, ...]
    background: tuple[HitShown, ...]
    """Sections of the handbooks that give background; apart from the results."""
    facets: tuple[FacetGroup, ...]
    chosen: tuple[FacetOption, ...]
    """The facet values in force."""
    unfiltered: str
    """Address of the same search without filters."""
    is_empty: bool
    """Nothing was asked."""
    is_weak: bool
    """There are answers, but none is near in meaning."""
    no_match: bool
    """Nothing in the library answers the need; results, if there are any, are only the nearest."""
    nothing: str
    """Why there is no result, in one sentence; empty where there are some."""
    said: str
    """What was changed or read in the need, in one sentence; empty where nothing was."""
    language: str
    """The language the need is in (ISO 639-1), where the model cannot read it; else empty."""
    language_note: str
    """In that language: what can be done about it; else empty."""
    meant: str
    """The need with rare words put as they are mostly written here, to be offered; empty where that changes nothing."""
    meant_url: str
    """Address of the same search with that need; else empty."""
    page: int
    pages: int
    previous: str
    next: str
    """Addresses of the neighbouring result pages; empty at the ends."""
    map: str
    """Address of the map with the same results lit; empty where there are none."""
    took_ms: float
    examples: tuple[Example, ...]
    """Needs to try, where there is no result to show."""
    nearby: tuple[Tally, ...]
    """Where nothing answers: lists of practices near the need, nearest first."""
    rewordings: tuple[Rewording, ...]
    """Where nothing answers: other ways to ask, each of which finds something."""
    judging: Judging | None = None
    """For a signed-in owner, on the page alone: null in JSON."""
    earlier: EarlierShown | None = None
    """What earlier editions say; null unless `editions=all` was asked for."""
    other_editions: str = ""
    """Address of the same search with earlier editions, or without; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Suggested(Shown):
    """A text to search for."""

    text: str
    kind: str
    """practice, tool, institution or theme."""


@dataclass(frozen=True, slots=True)
class Suggestions(Shown):
    """What begins like what was typed so far; what begins with it comes first."""

    suggestions: tuple[Suggested, ...]


@dataclass(frozen=True, slots=True)
class Standing(Shown):
    """An edition that has a record."""

    edition: int
    place: Place
    """Where the record starts in it."""
    url: str
    """Address of the record as this edition has it."""


@dataclass(frozen=True, slots=True)
class RecordPage(AnyPage):
    """One practice, tool, annex or section, whole."""

    record: RecordRef
    edition: int
    is_current: bool
    """Whether this is how the current edition of its handbook has it."""
    served: str
    """Address of the record in the current edition, where this is an earlier one's; else empty."""
    page_start: int
    page_end: int
    """PDF pages, from 1, both included."""
    last: Place
    """Where it ends."""
    path: tuple[str, ...]
    """The headings above it, outermost first."""
    annex: RecordRef | None
    facts: tuple[Fact, ...]
    absent: tuple[str, ...]
    """Names of key values the handbook does not state."""
    fields: tuple[FieldShown, ...]
    picture: Picture | None
    """The page asked for by `?page=`, at first that of the chosen field, else the one on which it starts."""
    chosen: int | None
    """Number of the field asked for by `?field=`, which is lit on its page; null while none is."""
    practices: tuple[RecordRef, ...]
    """Of a tool: the practices that use it. Of an annex: the practices in it."""
    tools: tuple[RecordRef, ...]
    """Of a practice: the tools it uses. Of an annex: the tools in it."""
    mentions: tuple[Place, ...]
    """Pages that name the tool."""
    similar: tuple[SimilarShown, ...]
    previous: RecordRef | None
    next: RecordRef | None
    """Neighbours of the same kind, in printed order."""
    confidence: float
    """How sure extraction is of this record, 0 to 1."""
    corrected: tuple[str, ...]
    """What a person corrected in review: retitle, merge, split, ...; empty as extracted."""
    by_ocr: tuple[Place, ...]
    """Its pages that were read by OCR."""
    history: tuple[Standing, ...]
    """The editions that have it, newest first."""
    changes: str
    """Address of what changed in its handbook; empty while that has one edition."""


@dataclass(frozen=True, slots=True)
class BrowsePage(AnyPage):
    """The library as a list, grouped."""

    by: str
    """handbook, annex, institution, country, theme, format or tool."""
    chart: Chart | None
    """The groups as bars; null where there is one group, or where it would say no more than the list."""
    choices: tuple[Tally, ...]
    """The ways to group there are, with their number of groups."""
    groups: tuple[Group, ...]
    only: str
    """The one group shown; empty for all."""
    everything: str
    """Address of the list with all groups."""


@dataclass(frozen=True, slots=True)
class HandbookPage(AnyPage):
    """One handbook: what was found in it and what was not."""

    handbook: HandbookRef
    publisher: str
    licence: str
    own_page: str
    """Whose it is and its web page elsewhere, as the owner of the library states them; empty where nobody did."""
    editions: int
    pages: int
    file_name: str
    source: str
    ingested_at: str
    sha256: str
    counts: dict[str, int]
    cover: Picture | None
    chapters: tuple[Chapter, ...]
    sections: tuple[SectionShown, ...]
    account: Account
    """Where the text of the handbook went."""
    left: tuple[LeftGroup, ...]
    """Text that went into no record, by reason."""
    missing: tuple[str, ...]
    """Annexes and headings that its contents page or outline lists, and that were not found."""
    hidden: tuple[HiddenShown, ...]
    """Places of text that a reader of the page cannot see: kept out of search, pages and exports."""
    needs_ocr: tuple[Place, ...]
    """Pages that are pictures only and were not read."""
    by_ocr: tuple[Place, ...]
    """Pages read by OCR."""


@dataclass(frozen=True, slots=True)
class ApiPage(AnyPage):
    """The addresses that answer with JSON."""

    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class ItemShown(Shown):
    """One thing to review."""

    id: str
    doubt: str
    """conflict, practice, missing, unread or unassigned."""
    title: str
    why: str
    todo: str
    place: Place | None
    """Null where it stands on no page."""
    url: str
    """Where to deal with it: a record's review page, or the page it stands on; empty where there is neither."""
    handbook: HandbookRef
    edit: int
    """Of a conflict: the number of the edit; 0 elsewhere."""
    mine: str
    base: str
    theirs: str
    """Of a conflict: what the edit says, what the handbook said then, and what it says now."""


@dataclass(frozen=True, slots=True)
class DoubtGroup(Shown):
    """Things to review for one reason."""

    doubt: str
    items: tuple[ItemShown, ...]
    more: int
    """How many there are that are not shown here."""


@dataclass(frozen=True, slots=True)
class EditShown(Shown):
    """One decision of a person."""

    number: int
    action: str
    record: str
    """Id of the record, or of another item of the list."""
    title: str
    """Of that record now; its id where there is none."""
    url: str
    """The review page of its record; empty where it is about no record."""
    value: str
    base: str
    """The extracted value that it was based on."""
    who: str
    when: str
    note: str
    undone: str
    """By whom and when it was undone; empty while it counts."""


@dataclass(frozen=True, slots=True)
class FieldReviewed(Shown):
    """A field of a record under review."""

    number: int
    """From 1, as served."""
    label: str
    text: str
    origin: Origin
    place: Place
    url: str
    """Address that shows its page beside it."""
    was_label: str
    was_text: str
    """Label and text as extracted."""


@dataclass(frozen=True, slots=True)
class SignInPage(AnyPage):
    """The form that takes the admin token."""

    csrf: str
    """What the form has to send back."""
    target: str
    """Where it leads then."""
    failed: str
    """Why the last try failed; empty at first."""


@dataclass(frozen=True, slots=True)
class ReviewPage(AnyPage):
    """All that is doubtful, and what people decided."""

    csrf: str
    """What each form has to send back."""
    who: str
    """Who is signed in."""
    total: int
    groups: tuple[DoubtGroup, ...]
    """The most pressing first."""
    handbooks: tuple[Tally, ...]
    """The handbooks with something to review; their lists."""
    only: str
    """Title of the one handbook shown; empty for all."""
    done: tuple[EditShown, ...]
    """What was just decided."""
    edits: tuple[EditShown, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True)
class RecordReviewPage(AnyPage):
    """A record beside its page, with a form for each correction."""

    csrf: str
    """What each form has to send back."""
    who: str
    """Who is signed in."""
    record: RecordRef
    is_served: bool
    """Whether search and lists have it: it was not discarded."""
    institution: str
    corrected: tuple[str, ...]
    was_title: str
    was_kind: Kind
    was_institution: str
    """As extracted."""
    fields: tuple[FieldReviewed, ...]
    kinds: tuple[Kind, ...]
    others: tuple[RecordRef, ...]
    """Records that it can be merged into, in printed order."""
    picture: Picture | None
    items: tuple[ItemShown, ...]
    """What is doubtful about it."""
    done: tuple[EditShown, ...]
    """What was just decided."""
    edits: tuple[EditShown, ...]
    """Of this record, newest first."""


@dataclass(frozen=True, slots=True)
class ErrorShown(Shown):
    """What went wrong."""

    status: int
    """The HTTP status."""
    title: str
    detail: str
    """The thing, the place, the next step."""


@dataclass(frozen=True, slots=True)
class ErrorPage(Shown):
    """The one shape of every error."""

    error: ErrorShown


@dataclass(frozen=True, slots=True)
class Health(Shown):
    """Whether the library answers."""

    status: str
    """"ok"; anything else comes as an error with status 503."""
    handbooks: int
    notice: str
    """What the library cannot do at present; empty if all is well."""
