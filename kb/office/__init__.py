"""What administration needs beside the library: uploads on their way, the log, the password."""

from __future__ import annotations

from kb.office import password
from kb.office.jobs import Job, Jobs, State
from kb.office.journal import Deed, Journal
from kb.office.password import stored

__all__ = [
    "Deed",
    "Job",
    "Jobs",
    "Journal",
    "State",
    "password",
    "stored",
]
