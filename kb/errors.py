"""The one tree of errors: each message names the thing, the place and the next step."""

from __future__ import annotations


class KbError(Exception):
    """Raised when a request cannot be carried out; the message is meant for the user."""


class InputError(KbError):
    """Raised when a file, an address or a query that was given cannot be used."""


class ParseError(InputError):
    """Raised when a PDF cannot be read: damaged, encrypted, empty or over a limit."""


class NotFoundError(KbError):
    """Raised when a handbook, edition, record or page is not in the library."""


class StoreError(KbError):
    """Raised when the library's database cannot be read or written."""


class GenerationError(KbError):
    """Raised when an index generation is missing, stale or cannot be built."""


class IndexServerError(GenerationError):
    """Raised when the server that keeps an index cannot be reached, or refuses."""


class ModelError(KbError):
    """Raised when an embedding model cannot be loaded or is not the expected one."""


class BusyError(KbError):
    """Raised when another process holds the library's write lock for too long."""
