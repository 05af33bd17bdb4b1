"""The one place that reads the environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from kb.addresses import web_origin
from kb.errors import InputError
from kb.logs import LogForm

EMBEDDED_MODEL = "embedded"
MODEL_FILE = "model.txt"
"""In the library's folder: the model of its own choice, which KB_MODEL wins over."""
NAME = "practice-kb"
"""Of the folders that are used where none is named."""
MAX_FILE = 200 * 2**20
MAX_PAGES = 1000
MAX_MEMORY = 2 * 2**30
MAX_SECONDS = 300
VARIABLES = {
    "KB_DATA": "The library's folder, its owner's alone; `kb backup` takes it whole.",
    "KB_MODEL": "`english` (all-MiniLM-L6-v2) and `multilingual` side by side (`embedded`), one of them alone, or a"
    " sentence-transformers folder or hub name; wins over `kb model use`.",
    "KB_MODEL_MULTILINGUAL": "A folder or hub name to be `multilingual` instead, as `intfloat/multilingual-e5-small`"
    " where there is no package.",
    "KB_INDEX": "Where words and vectors are searched: `milvus://HOST:19530/DATABASE`, `milvus+tls://HOST:19530`, or"
    " `milvus-lite:///PATH/FILE.db`; unset, in the library's own folder.",
    "KB_INDEX_TOKEN": "What Milvus asks for: `user:password`, or a key.",
    "KB_QUERY_PREFIX": "What a model of your own wants before a need.",
    "KB_PASSAGE_PREFIX": "What a model of your own wants before a passage.",
    "KB_CACHE": "Where what is made of the embedded models is kept (80 MB); may be deleted.",
    "KB_RERANKER": "A cross-encoder, by folder or hub name, to order the first answers anew; `kb eval` shows its"
    " worth.",
    "KB_MAX_FILE": "The largest PDF, in bytes.",
    "KB_MAX_PAGES": "The most pages of a PDF.",
    "KB_MAX_MEMORY": "Memory for reading one PDF, in bytes.",
    "KB_MAX_SECONDS": "Time for reading one PDF, in seconds.",
    "KB_KEEP_QUERIES": "1 keeps what people asked in vain, for `kb needs missing`; else it is only counted.",
    "KB_ADMIN_TOKEN": "What people sign in with at `/admin` (`kb admin token` makes one) beside the owner, whose"
    " password `kb admin password` sets.",
    "KB_METRICS_TOKEN": "What Prometheus sends to read `/metrics` (at least 20 characters, `kb admin token` makes"
    " one); without it there is no such page.",
    "KB_LOG": "`json` makes the server's log JSON, a line an event and one for each request; else it is text.",
    "KB_HOSTS": "Names the server answers to beside loopback's, divided by commas: `kb.example.org`.",
    "KB_EMBEDDERS": "Sites that may embed the search and ask the JSON API from their pages, beside those that the owner"
    " allows on the web: `https://www.example.org`, or `*` for every site.",
    "KB_PROXIES": "Addresses or networks whose `X-Forwarded-For` and `-Proto` are believed: `127.0.0.1`.",
}
"""What each variable of the environment does, for docs/reference/settings.md."""
SECRETS = ("KB_ADMIN_TOKEN", "KB_METRICS_TOKEN", "KB_INDEX_TOKEN")
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's own name
DEFAULTS = {
    "KB_DATA": "the platform's user data folder",
    "KB_CACHE": "the user's cache folder",
    "KB_MODEL_MULTILINGUAL": "multilingual-e5-small, from its package",
}
"""Those that no value of a field says."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the library lies, which model reads it, and how far one PDF may go.

    `cache` is where files made of the embedded models are kept, which can be deleted at any time. Sizes are in
    bytes, times in seconds; with `admin_token` people sign in to review, `keep_queries` keeps the
    texts that found nothing; with `metrics_token` counts are shown to who sends it, and `log` is the form
    of the log; `index` is where words and vectors are searched, with `index_token` where one is asked
    for; `hosts` are the names that the web answers to beside loopback's, `proxies` the
    addresses or networks whose X-Forwarded headers are believed, `embedders` the origins of sites whose pages may
    embed the search; `multilingual` is a model in the place of the
    embedded multilingual one. Each has a variable of the same name in capitals with `KB_` before, that one
    KB_MODEL_MULTILINGUAL. `is_model_fixed` says that KB_MODEL names the model, not the library's own choice.
    """

    data: Path
    model: str = EMBEDDED_MODEL
    multilingual: str = ""
    query_prefix: str = ""
    passage_prefix: str = ""
    max_file: int = MAX_FILE
    max_pages: int = MAX_PAGES
    max_memory: int = MAX_MEMORY
    max_seconds: int = MAX_SECONDS
    admin_token: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    log: str = LogForm.TEXT.value
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    embedders: tuple[str, ...] = ()
    reranker: str = ""
    index: str = ""
    index_token: str = field(default="", repr=False)
    keep_queries: bool = False
    is_model_fixed: bool = False
    cache: Path = field(default_factory=lambda: user_cache_path(NAME, False))

    @classmethod
    def from_environment(cls) -> Settings:
        """Read every setting once.

        Raises:
            InputError: a number that is none or is below 1, a host with more than its name, a proxy that is no
                address, an embedder that is no origin, a form of the log that there is none of.
        """
        given = os.environ.get("KB_DATA")
        data = _folder("KB_DATA", given) if given else user_data_path(NAME, False)
        model = os.environ.get("KB_MODEL", "").strip()
        cache = os.environ.get("KB_CACHE")
        return cls(
            data=data,
            cache=_folder("KB_CACHE", cache) if cache else user_cache_path(NAME, False),
            model=model or stored_model(data),
            multilingual=os.environ.get("KB_MODEL_MULTILINGUAL", "").strip(),
            is_model_fixed=bool(model),
            reranker=os.environ.get("KB_RERANKER", "").strip(),
            index=os.environ.get("KB_INDEX", "").strip(),
            index_token=os.environ.get("KB_INDEX_TOKEN", "").strip(),
            query_prefix=os.environ.get("KB_QUERY_PREFIX", ""),
            passage_prefix=os.environ.get("KB_PASSAGE_PREFIX", ""),
            max_file=_number("KB_MAX_FILE", MAX_FILE),
            max_pages=_number("KB_MAX_PAGES", MAX_PAGES),
            max_memory=_number("KB_MAX_MEMORY", MAX_MEMORY),
            max_seconds=_number("KB_MAX_SECONDS", MAX_SECONDS),
            keep_queries=_switch("KB_KEEP_QUERIES"),
            admin_token=os.environ.get("KB_ADMIN_TOKEN", "").strip(),
            metrics_token=os.environ.get("KB_METRICS_TOKEN", "").strip(),
            log=_one_of("KB_LOG", LogForm, LogForm.TEXT),
            hosts=tuple(map(_host, _listed("KB_HOSTS"))),
            proxies=tuple(map(_proxy, _listed("KB_PROXIES"))),
            embedders=tuple(map(_embedder, _listed("KB_EMBEDDERS"))),
        )


def environment_without_secrets() -> dict[str, str]:
    """This process's environment, for another one that has no need of the tokens."""
    return {name: value for name, value in os.environ.items() if name not in SECRETS}


def share_counts(folder: Path) -> None:
    """Let the processes that this one starts keep their counts in a folder, where each can add them all up."""
    os.environ[_COUNTS] = str(folder)


def shared_counts() -> Path | None:
    """That folder; None where a process counts for itself."""
    given = os.environ.get(_COUNTS)
    return Path(given) if given else None


def index_setting() -> tuple[str, str]:
    """Where indexes are kept, "" for the library's own folder, and the token for it.

    Read where an index is opened or written, not passed down: forty places open a library by its folder alone, and
    which engine keeps its index is no matter of theirs.
    """
    return os.environ.get("KB_INDEX", "").strip(), os.environ.get("KB_INDEX_TOKEN", "").strip()


def stored_model(data: Path) -> str:
    """The model that a library was told to use by `kb model use`; the embedded one where it was told nothing.

    Raises:
        InputError: the choice is there and cannot be read.
    """
    path = data / MODEL_FILE
    try:
        return path.read_text(encoding="utf-8").strip() or EMBEDDED_MODEL
    except (FileNotFoundError, NotADirectoryError):
        return EMBEDDED_MODEL
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); run: kb model use embedded") from error


def _folder(variable: str, given: str) -> Path:
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError as error:
        raise InputError(
            f"{variable}={given}: there is no such user's home; give the folder's whole path"
        ) from error


def _listed(variable: str) -> list[str]:
    """What a variable lists, divided by commas or spaces."""
    return os.environ.get(variable, "").replace(",", " ").split()


def _host(given: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", given.lower()):
        raise InputError(
            f"KB_HOSTS={given}: not the name of a host; give names alone, such as kb.example.org"
        )
    return given.lower()


def _proxy(given: str) -> str:
    try:
        return str(ip_network(given))
    except ValueError as error:
        raise InputError(
            f"KB_PROXIES={given}: neither an IP address nor a network ({error}); give such as 10.0.0.5 or 10.0.0.0/24"
        ) from error


def _embedder(given: str) -> str:
    try:
        return web_origin(given)
    except InputError as error:
        raise InputError(f"KB_EMBEDDERS={error}") from None


def _one_of(variable: str, known: type[StrEnum], default: str) -> str:
    given = os.environ.get(variable, "").strip().lower() or default
    if given not in tuple(known):
        raise InputError(f"{variable}={given[:40]}: use one of {', '.join(known)}")
    return str(given)


def _switch(variable: str) -> bool:
    given = os.environ.get(variable, "").strip().lower()
    if given not in ("", "0", "1"):
        raise InputError(f"{variable}={given}: neither 1 (on) nor 0 (off)")
    return given == "1"


def _number(variable: str, default: int) -> int:
    given = os.environ.get(variable, "").strip()
    if not given:
        return default
    if not re.fullmatch("[0-9]{1,15}", given) or int(given) < 1:
        raise InputError(
            f"{variable}={given[:40]}: not a whole number from 1 to 15 digits; unset it or give one"
        )
    return int(given)


def without_plugins() -> None:
    """Keep pydantic from looking through all that is installed for plugins, of which none is used, at each start."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
