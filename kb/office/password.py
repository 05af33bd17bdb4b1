"""The owner's password, its Argon2 hash in a file of the library's folder, and what a token has to be like."""

from __future__ import annotations

import secrets
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb import InputError, replace_file
from kb.store import converted

FILE = "admin.password"
LEAST, MOST = 10, 1000
"""Characters of a password: fewer are guessed, more are no password."""
SHORTEST_TOKEN = 20
"""Characters of KB_ADMIN_TOKEN: a shorter one is guessed."""

_HASHER = PasswordHasher()  # RFC 9106's choice for little memory: 64 MiB and some 50 ms a try


def check_token(token: str, variable: str = "KB_ADMIN_TOKEN") -> None:
    """Raise an InputError for a token that is too short to be safe; none at all, "", is right."""
    if 0 < len(token) < SHORTEST_TOKEN:
        raise InputError(
            f"{variable}: {len(token)} characters are too few, {SHORTEST_TOKEN} random ones are needed; "
            "set it to what kb admin token prints"
        )


def new_token() -> str:
    """A token of 256 random bits, for KB_ADMIN_TOKEN."""
    return secrets.token_urlsafe(32)


def keep(folder: Path, password: str) -> None:
    """Make this the owner's password; sessions that were begun with another one end.

    Raises:
        InputError: it is too short or too long.
        StoreError: the folder cannot be written.
    """
    if not LEAST <= len(password) <= MOST:
        raise InputError(
            f"a password of {len(password)} characters: give {LEAST} to {MOST}, such as five words"
        )
    try:
        password.encode()
    except UnicodeEncodeError as error:
        raise InputError("a password that is no text: give it in UTF-8") from error
    path = folder / FILE
    with converted(path):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, _HASHER.hash(password) + "\n", mode=0o600)


def forget(folder: Path) -> bool:
    """Let nobody sign in with a password any more; False where there was none."""
    path = folder / FILE
    with converted(path):
        is_there = path.is_file()
        path.unlink(missing_ok=True)
    return is_there


def stored(folder: Path) -> str:
    """The hash that is kept in a library's folder; "" where no password was set."""
    path = folder / FILE
    with converted(path):
        try:
            return path.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""


def is_right(kept: str, given: str) -> bool:
    """Whether a text is the password of a hash; False for no hash, or one that is none."""
    if not kept or len(given) > MOST:
        return False
    try:
        return _HASHER.verify(kept, given)
    except (VerificationError, InvalidHashError):
        return False
