"""The site as a visitor meets it: the sample handbook in both editions, served by the real command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serving import server
from benchmarks.setting import SAMPLE, kb, say

TOKEN = "only for pictures of the pages"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def site(data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve a library of the sample's two editions: its address, and the path of each type of page by name."""
    for edition in (SAMPLE, SAMPLE.with_name("handbook-edition-2.pdf")):
        say(f"ingesting {edition.name} ...")
        kb("ingest", "--yes", edition, data=data)
    with (
        server(data, KB_ADMIN_TOKEN=TOKEN) as (_, address),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        yield address, paths(client)


def paths(client: httpx.Client) -> dict[str, str]:
    """One path for each type of page, from what the library holds."""
    home = _json(client, "/index.json")
    examples = [example["url"] for example in home["examples"]]  # where needs were judged
    need = next(iter(examples), "/search?q=credit+for+an+online+exchange")
    hits = _json(client, need.replace("/search?", "/search.json?"))["hits"]
    book = home["handbooks"][0]["handbook"]["url"]
    whole = _json(client, f"{book}.json")
    practices = [one for chapter in whole["chapters"] for one in chapter["practices"]]
    tools = [one for chapter in whole["chapters"] for one in chapter["tools"]]
    practice = next((hit["record"] for hit in hits if hit["record"]["kind"] == "practice"), practices[0])
    first, second = practices[:2]
    annex = next(chapter["annex"] for chapter in whole["chapters"] if chapter["annex"])
    return {
        "home": "/",
        "results": need,
        "results-filtered": f"{need}&kind=practice",
        "nothing-fits": "/search?q=how+to+breed+racing+camels+in+the+desert",
        "practice": practice["url"],
        "practice-field": f"{practice['url']}?field=1",
        "tool": tools[0]["url"],
        "annex": annex["url"],
        "section": whole["sections"][0]["record"]["url"],
        "browse": "/browse",
        "browse-institution": "/browse?by=institution",
        "university": _first_of(client, "institution"),
        "theme": _first_of(client, "theme"),
        "matrix": "/matrix",
        "compare": f"/compare?id={first['id']}&id={second['id']}",
        "map": "/map",
        "shortlist": f"/shortlist?id={first['id']}&id={second['id']}",
        "proposal": f"/proposal?handbook={book.rpartition('/')[2]}&id={first['id']}&id={second['id']}&practices=1",
        "proposal-begun": "/proposal",
        "handbook": book,
        "pages": f"{book}/pages",
        "found": f"{book}/pages?find=home+university",
        "page": practice["place"]["url"],
        "changes": f"{book}/changes",
        "api-docs": "/api/docs",
        "embedding": "/embedding",
        "embed": need.replace("/search", "/embed", 1),
        "german": f"/de{need}",
        "greek": "/el/",
        "not-found": "/practices/none",
        "sign-in": "/admin/sign-in",
        "admin": "/admin",
        "review": "/admin/review",
    }


def _first_of(client: httpx.Client, facet: str) -> str:
    """The page of the first value in a browse list."""
    return str(next(group["url"] for group in _json(client, f"/browse.json?by={facet}")["groups"]))


def _json(client: httpx.Client, path: str) -> Any:
    return client.get(path).raise_for_status().json()
