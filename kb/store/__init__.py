"""The truth: one SQLite file with everything that was read and decided, and the PDFs beside it."""

from __future__ import annotations

from kb.store import chronicle, needs, schema
from kb.store.chronicle import ChronicleEntry, Harvest, Wanted
from kb.store.database import BUSY_MS, INDEX, converted
from kb.store.needs import Grade, Judgement, Need, export, plain
from kb.store.proof import Alteration
from kb.store.store import DATABASE, FILES, Damage, Revision, Store, text_sha256

__all__ = [
    "BUSY_MS",
    "DATABASE",
    "FILES",
    "INDEX",
    "Alteration",
    "ChronicleEntry",
    "Damage",
    "Grade",
    "Harvest",
    "Judgement",
    "Need",
    "Revision",
    "Store",
    "Wanted",
    "chronicle",
    "converted",
    "export",
    "needs",
    "plain",
    "schema",
    "text_sha256",
]
