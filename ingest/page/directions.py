"""Which way text runs on a page: its main direction is read upright, the rest in frames turned with it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kb import Box

QUARTER, HALF, THREE_QUARTERS, FULL = 90, 180, 270, 360  # degrees
_LEANS = 5  # degrees that a line of a crooked scan may lean and still count as level; by eye
_MAIN = 0.6  # share of a page's letters that must run one way for the page to be read that way; by eye
# letters below which a page stays as it is shown, where it has upright ones beside them and where not; by eye
_FEW, _FEWEST = 80, 30


def of_matrix(a: float, b: float) -> int:
    """The direction that a text matrix gives in page space: degrees counter-clockwise, quarters where it only leans."""
    angle = math.degrees(math.atan2(b, a)) % FULL
    quarter = round(angle / QUARTER) * QUARTER
    return (quarter if abs(angle - quarter) <= _LEANS else round(angle)) % FULL


def main_of(letters: Mapping[int, int], rotation: int) -> int:
    """The direction in page space that the page is to be read in: `rotation`, its own, unless most letters run another.

    `letters` counts them by direction.
    """
    quarters = {angle: n for angle, n in letters.items() if n and angle % QUARTER == 0}
    if not quarters:
        return rotation
    main = max(quarters, key=lambda angle: (quarters[angle], angle == rotation))
    least = _FEW if quarters.get(rotation) else _FEWEST
    is_main = quarters[main] >= least and quarters[main] >= _MAIN * sum(letters.values())
    return main if is_main else rotation


class PageSpace:
    """Page space (origin bottom left) -> shown space (origin top left), turned clockwise by `rotation` degrees."""

    def __init__(self, rotation: int, area: Box) -> None:
        self.rotation = rotation
        self.left, self.bottom, self.right, self.top = area
        across, along = self.right - self.left, self.top - self.bottom
        self.width, self.height = (
            (along, across) if rotation in (QUARTER, THREE_QUARTERS) else (across, along)
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point as shown."""
        if self.rotation == QUARTER:
            return y - self.bottom, x - self.left
        if self.rotation == HALF:
            return self.right - x, y - self.bottom
        if self.rotation == THREE_QUARTERS:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box as shown."""
        if not self.rotation:  # most pages, and every glyph of them asks
            x0, x1, y0, y1 = left - self.left, right - self.left, self.top - top, self.top - bottom
            return (
                (x0, y0, x1, y1)
                if x0 <= x1 and y0 <= y1
                else (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            )
        (ax, ay), (bx, by) = self.point(left, bottom), self.point(right, top)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def along(x: float, y: float, angle: int) -> tuple[float, float]:
    """A point as shown -> how far along, and how far down, in the frame of text that runs `angle` degrees clockwise."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return x * cos + y * sin, y * cos - x * sin


def back(box: Box, angle: int) -> Box:
    """A box in the frame of text that runs `angle` degrees clockwise -> the box around it as shown."""
    corners = [along(x, y, -angle) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def glyph_box(box: Box, origin: tuple[float, float], angle: int, size: float) -> Box:
    """A glyph's box in the frame of its text, from the box around it as shown and the start of its baseline."""
    left, baseline = along(*origin, angle)
    width, height = box[2] - box[0], box[3] - box[1]
    cos, sin = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    advance = (width - size * sin) / cos if cos >= sin else (height - size * cos) / sin
    return left, baseline - 0.8 * size, left + max(advance, 0.1 * size), baseline + 0.2 * size
