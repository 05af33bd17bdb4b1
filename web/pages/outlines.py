"""Where the regions of a map have their outlines and their names, so that no name covers another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

Position = tuple[float, float]

WIDTH, HEIGHT = 900, 576
"""Pixels of the narrowest map that shows names; on a wider one they only stand further apart."""
LETTER, LINE = 8.6, 22  # pixels of a letter of a name, generously, and of its line
STEP = 12  # pixels between the places that are tried
REACH = 42  # pixels that a name may stand away from its region
MARGIN_X, MARGIN_Y = 0.05, 0.08  # of the frame, kept free of points


def shown_at(x: float, y: float) -> Position:
    """A place of the map, 0 to 1, as percentages of the frame."""
    return round(100 * (MARGIN_X + x * (1 - 2 * MARGIN_X)), 2), round(
        100 * (MARGIN_Y + y * (1 - 2 * MARGIN_Y)), 2
    )


def outline(places: Sequence[Position]) -> tuple[Position, ...]:
    """The corners of the convex hull, counter-clockwise (Andrew's monotone chain); the places themselves if few."""
    ordered = sorted(set(places))
    if len(ordered) < 3:
        return tuple(ordered)
    return (*_half(ordered)[:-1], *_half(ordered[::-1])[:-1])


@lru_cache(maxsize=8)
def name_places(names: tuple[str, ...], regions: tuple[tuple[Position, ...], ...]) -> tuple[Position, ...]:
    """The middle of each region's name, in percent of the frame; `regions` holds the places of their points.

    Each name in turn takes the free place that covers fewest points and lies nearest to its region's middle:
    larger regions choose first.
    """
    points = [_pixels(place) for places in regions for place in places]
    taken: list[tuple[float, float, float, float]] = []
    found = []
    for name, places in zip(names, regions, strict=True):
        own = [_pixels(place) for place in places]
        half = (len(name) * LETTER / 2, LINE / 2)
        best = min(_tried(own, half), key=lambda at: (*_cost(at, half, taken, points, own), at))
        taken.append(_box(best, half))
        found.append((round(100 * best[0] / WIDTH, 2), round(100 * best[1] / HEIGHT, 2)))
    return tuple(found)


def _tried(own: Sequence[Position], half: Position) -> list[Position]:
    left, right = min(x for x, _ in own) - REACH, max(x for x, _ in own) + REACH
    top, bottom = min(y for _, y in own) - REACH, max(y for _, y in own) + REACH
    kept = {
        (min(max(x, half[0] + 4), WIDTH - half[0] - 4), min(max(y, half[1] + 2), HEIGHT - half[1] - 2))
        for x, y in product(_steps(left, right), _steps(top, bottom))
    }
    return sorted(kept)


def _steps(first: float, last: float) -> list[float]:
    return [first + STEP * n for n in range(int((last - first) / STEP) + 1)]


def _cost(
    at: Position,
    half: Position,
    taken: Sequence[tuple[float, float, float, float]],
    points: Sequence[Position],
    own: Sequence[Position],
) -> tuple[float, float, float]:
    """Names covered, points covered, distance from the region's middle."""
    left, top, right, bottom = _box(at, half)
    names = sum(left < x1 and x0 < right and top < y1 and y0 < bottom for x0, y0, x1, y1 in taken)
    covered = sum(left - 6 < x < right + 6 and top - 4 < y < bottom + 4 for x, y in points)
    middle = (sum(x for x, _ in own) / len(own), sum(y for _, y in own) / len(own))
    return names, covered, abs(at[0] - middle[0]) + 2 * abs(at[1] - middle[1])


def _box(at: Position, half: Position) -> tuple[float, float, float, float]:
    return at[0] - half[0], at[1] - half[1], at[0] + half[0], at[1] + half[1]


def _pixels(place: Position) -> Position:
    return place[0] * WIDTH / 100, place[1] * HEIGHT / 100


def _half(ordered: Sequence[Position]) -> list[Position]:
    chain: list[Position] = []
    for place in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], place) <= 0:
            chain.pop()
        chain.append(place)
    return chain


def _turn(one: Position, two: Position, three: Position) -> float:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])
