"""What administration needs beside the library: uploads on their way, the log, who may sign in."""

from __future__ import annotations

from kb.office import ended, guesses, password, signing
from kb.office.guesses import Guesses
from kb.office.jobs import Job, Jobs, State
from kb.office.journal import Deed, Journal
from kb.office.password import stored

__all__ = [
    "Deed",
    "Guesses",
    "Job",
    "Jobs",
    "Journal",
    "State",
    "ended",
    "guesses",
    "password",
    "signing",
    "stored",
]
