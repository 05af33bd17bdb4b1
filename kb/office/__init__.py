"""What administration needs beside the library: uploads on their way, the log, who may sign in, what readers say."""

from __future__ import annotations

from kb.office import ended, guesses, password, signing, votes
from kb.office.guesses import Guesses
from kb.office.jobs import Job, Jobs, State
from kb.office.journal import Deed, Journal
from kb.office.password import stored
from kb.office.votes import Vote

__all__ = [
    "Deed",
    "Guesses",
    "Job",
    "Jobs",
    "Journal",
    "State",
    "Vote",
    "ended",
    "guesses",
    "password",
    "signing",
    "stored",
    "votes",
]
