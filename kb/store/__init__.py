"""The truth: one SQLite file with everything that was read and decided, and the PDFs beside it."""

from __future__ import annotations

from kb.store import needs, schema
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
    "Damage",
    "Grade",
    "Judgement",
    "Need",
    "Revision",
    "Store",
    "converted",
    "export",
    "needs",
    "plain",
    "schema",
    "text_sha256",
]
