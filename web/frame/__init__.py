"""What every page stands in: addresses, parameters, languages, pictures, and the way to HTML and JSON."""

from __future__ import annotations

from web.frame import (
    account,
    boxes,
    compared,
    embedders,
    headers,
    language,
    linked,
    links,
    looks,
    page_words,
    params,
    pictures,
    prose,
    sayings,
)
from web.frame.account import Account, CaveatGroup
from web.frame.compared import EditionsCompared, SidesShown
from web.frame.embedders import Shared
from web.frame.headers import SECURITY, Headers
from web.frame.language import FALLBACK, po_file, spoken
from web.frame.named import AreaShown, HandbookRef, Judging, Picture, PlaceShown, RecordRef, TallyShown
from web.frame.owners import Correcting, CorrectingOf, EditShown, Owner, Owning
from web.frame.page_words import PrintedLine
from web.frame.params import LAST_PAGE, MOST_PER_PAGE, SearchAsked
from web.frame.pictures import THUMB_WIDTH
from web.frame.posting import Posted, body_of, check_origin, client_of
from web.frame.prefix import Prefix
from web.frame.prose import shortened
from web.frame.refs import Refs
from web.frame.render import STATIC, as_json, fresh, is_held, private, respond, wants_json
from web.frame.sayings import Saying, Sayings
from web.frame.serving import (
    FAILURES,
    NEED,
    Control,
    Given,
    HandbookIdInPath,
    RecordIdInPath,
    Responses,
    answering,
    example_of,
    exemplify,
    library,
    refs_of,
    schemas,
    serve,
)
from web.frame.shown import AnyPage, Json, Shown, Signpost, adapter

__all__ = [
    "FAILURES",
    "FALLBACK",
    "LAST_PAGE",
    "MOST_PER_PAGE",
    "NEED",
    "SECURITY",
    "STATIC",
    "THUMB_WIDTH",
    "Account",
    "AnyPage",
    "AreaShown",
    "CaveatGroup",
    "Control",
    "Correcting",
    "CorrectingOf",
    "EditShown",
    "EditionsCompared",
    "Given",
    "HandbookIdInPath",
    "HandbookRef",
    "Headers",
    "Json",
    "Judging",
    "Owner",
    "Owning",
    "Picture",
    "PlaceShown",
    "Posted",
    "Prefix",
    "PrintedLine",
    "RecordIdInPath",
    "RecordRef",
    "Refs",
    "Responses",
    "Saying",
    "Sayings",
    "SearchAsked",
    "Shared",
    "Shown",
    "SidesShown",
    "Signpost",
    "TallyShown",
    "account",
    "adapter",
    "answering",
    "as_json",
    "body_of",
    "boxes",
    "check_origin",
    "client_of",
    "compared",
    "embedders",
    "example_of",
    "exemplify",
    "fresh",
    "headers",
    "is_held",
    "language",
    "library",
    "linked",
    "links",
    "looks",
    "page_words",
    "params",
    "pictures",
    "po_file",
    "private",
    "prose",
    "refs_of",
    "respond",
    "sayings",
    "schemas",
    "serve",
    "shortened",
    "spoken",
    "wants_json",
]
