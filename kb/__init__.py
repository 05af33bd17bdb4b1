"""The knowledge base: records are stored in editions, indexed by words and meaning, and found by need."""

from __future__ import annotations

from kb import codec, errors, files
from kb.addresses import web_address
from kb.arrays import Mask, Numbers, Scores, Vector, Vectors
from kb.codec import load_facets, storable, to_json
from kb.errors import (
    BusyError,
    GenerationError,
    InputError,
    KbError,
    ModelError,
    NotFoundError,
    ParseError,
    StoreError,
)
from kb.files import PARTIAL, file_sha256, link_file, make_last, replace_file, sync_folder
from kb.progress import Progress, silent
from kb.records import (
    IMPRINT,
    Box,
    Caveat,
    Edition,
    Facet,
    Field,
    FieldTable,
    Handbook,
    Kind,
    Link,
    Origin,
    Page,
    Passage,
    Record,
    Span,
    TableCell,
    Unassigned,
)
from kb.said import Circumstance, Code, Flaw, Held, Said, Value
from kb.settings import EMBEDDED_MODEL, MODEL_FILE, Settings, environment_without_secrets, stored_model
from kb.turning import TURNING, straight

__all__ = [
    "EMBEDDED_MODEL",
    "IMPRINT",
    "MODEL_FILE",
    "PARTIAL",
    "TURNING",
    "Box",
    "BusyError",
    "Caveat",
    "Circumstance",
    "Code",
    "Edition",
    "Facet",
    "Field",
    "FieldTable",
    "Flaw",
    "GenerationError",
    "Handbook",
    "Held",
    "InputError",
    "KbError",
    "Kind",
    "Link",
    "Mask",
    "ModelError",
    "NotFoundError",
    "Numbers",
    "Origin",
    "Page",
    "ParseError",
    "Passage",
    "Progress",
    "Record",
    "Said",
    "Scores",
    "Settings",
    "Span",
    "StoreError",
    "TableCell",
    "Unassigned",
    "Value",
    "Vector",
    "Vectors",
    "codec",
    "environment_without_secrets",
    "errors",
    "file_sha256",
    "files",
    "link_file",
    "load_facets",
    "make_last",
    "replace_file",
    "silent",
    "storable",
    "stored_model",
    "straight",
    "sync_folder",
    "to_json",
    "web_address",
]
