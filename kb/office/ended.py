"""Sessions that were signed out before their time: a cookie that somebody kept is then worth nothing."""

from __future__ import annotations

import time
from pathlib import Path

from kb.office import cabinet


def end(folder: Path, nonce: str, seconds: float) -> None:
    """Remember that a session is over, for as long as its cookie would count."""
    now = time.time()
    with cabinet.opened(folder) as db:
        db.execute("DELETE FROM ended WHERE at < ?", (now - seconds,))
        db.execute("INSERT OR REPLACE INTO ended (nonce, at) VALUES (?, ?)", (nonce, now))


def is_over(folder: Path, nonce: str) -> bool:
    """Whether a session was signed out."""
    with cabinet.read(folder) as db:
        return bool(db.execute("SELECT EXISTS (SELECT 1 FROM ended WHERE nonce = ?)", (nonce,)).fetchone()[0])
