"""Debian's Firefox for Playwright: `python -m tests.firefox ARGUMENTS` starts it and stands between the two.

Playwright drives an unchanged Firefox by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/), but sets media
features first, which the long-term release does not know yet; that alone is answered here.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
NOT_KNOWN = "emulation.setMediaFeaturesOverride"
_LISTENS = "WebDriver BiDi listening on"


def program(folder: Path) -> Path:
    """A program in a folder that Playwright can start as Firefox."""
    made = folder / "firefox"
    root = Path(__file__).resolve().parent.parent
    made.write_text(
        f'#!/bin/sh\ncd "{root}" && exec "{sys.executable}" -m tests.firefox "$@"\n', encoding="utf-8"
    )
    made.chmod(0o700)
    return made


async def main(arguments: list[str]) -> int:
    """Start Firefox, say where to speak to it, and pass on what is said until it ends."""
    assert FIREFOX is not None
    browser = await asyncio.create_subprocess_exec(FIREFOX, *arguments, stderr=asyncio.subprocess.PIPE)
    assert browser.stderr is not None
    address = ""
    while not address and (line := (await browser.stderr.readline()).decode()):
        found = re.search(rf"{_LISTENS} (ws://\S+)", line)
        address = found[1] if found else ""

    async def speak(ours: ServerConnection) -> None:
        assert ours.request is not None
        async with connect(address + ours.request.path, max_size=None) as theirs:

            async def ask() -> None:
                async for message in ours:
                    asked = json.loads(message)
                    if asked.get("method") == NOT_KNOWN:
                        await ours.send(json.dumps({"type": "success", "id": asked["id"], "result": {}}))
                    else:
                        await theirs.send(message)
                await theirs.close()

            async def answer() -> None:
                async for message in theirs:
                    await ours.send(message)
                await ours.close()

            await asyncio.gather(ask(), answer())

    async with serve(speak, "127.0.0.1", 0, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        print(f"{_LISTENS} ws://127.0.0.1:{port}", file=sys.stderr, flush=True)
        while await browser.stderr.readline():  # else its pipe fills
            pass
        return await browser.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
