"""What stands in brackets inside a line: left out, or not cut at. One pass over a text, however many are open. Pure."""

from __future__ import annotations

ROUND = "()"


def without_asides(text: str, brackets: str = ROUND) -> str:
    """A text without what stands in brackets, up to the first that closes, and the spaces before it.

    `brackets` are pairs of signs, such as "()[]". A bracket that nothing closes stays.
    """
    closing = dict(zip(brackets[::2], brackets[1::2], strict=True))
    kept: list[str] = []
    done = 0
    for place, sign in enumerate(text):
        if place < done or sign not in closing:
            continue
        end = text.find(closing[sign], place)
        if end < 0:  # nor does it close any that opens later
            del closing[sign]
            continue
        kept.append(text[done:place].rstrip())
        done = end + 1
    return "".join(kept) + text[done:]


def at_commas(text: str) -> list[str]:
    """What stands between the commas of a text; one after which a round bracket closes before any opens is none."""
    pieces: list[str] = []
    bracket, end = "", len(text)
    for place in range(len(text) - 1, -1, -1):
        if text[place] in ROUND:
            bracket = text[place]
        elif text[place] == "," and bracket != ")":
            pieces.append(text[place + 1 : end])
            end = place
    return [text[:end], *reversed(pieces)]
