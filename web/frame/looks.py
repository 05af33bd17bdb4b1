"""How the site looks: the alliance's name, logo and colours, where its owner decided on them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from types import MappingProxyType

from starlette.requests import Request

from kb import KbError
from web.frame.serving import library

LEAST_CONTRAST = 4.5
"""Of text and its ground, as WCAG 2.2 asks for at level AA (1.4.3)."""
GROUNDS = MappingProxyType(
    {
        "light": ("#f6f7f7", "#ffffff", "#e9eeef", "#fff4c9"),
        "dark": ("#14171a", "#1b1f23", "#22282d", "#2c2611", "#0d1a1e"),
    }
)
"""What links stand on in each theme of app.css, and what stands on buttons of their colour."""
SETTINGS = ("alliance", "light", "dark", "logo_version")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class SiteLook:
    """What the frame of each page takes from its owner's decisions; "" where nothing was decided."""

    alliance: str = ""
    light: str = ""
    dark: str = ""
    """The colour of links and buttons in each theme, as "#0b5468"."""
    logo_version: str = ""

    @property
    def css(self) -> str:
        """The style sheet of its colours; "" for the colours of app.css."""
        light = f":root {{ --link: {self.light}; --link-strong: {mixed(self.light, 0)}; }}\n"
        dark = f":root {{ --link: {self.dark}; --link-strong: {mixed(self.dark, 255)}; }}"
        return (f"@media not (prefers-color-scheme: dark) {{ {light}}}\n" if self.light else "") + (
            f"@media (prefers-color-scheme: dark) {{ {dark} }}\n" if self.dark else ""
        )

    @property
    def sheet(self) -> str:
        """The address of its style sheet, versioned; "" where there is none."""
        return f"/site.css?v={hashlib.sha256(self.css.encode()).hexdigest()[:12]}" if self.css else ""

    @property
    def logo(self) -> str:
        """The address of its logo, versioned; "" where there is none."""
        return f"/site/logo.png?v={self.logo_version}" if self.logo_version else ""


def look_of(request: Request) -> SiteLook:
    """How the site looks; as it comes where the library cannot be read."""
    try:
        return SiteLook(**library(request).store.settings(*SETTINGS))
    except KbError:
        return SiteLook()


def is_colour(text: str) -> bool:
    """Whether a text is a colour as it is kept: "#0b5468"."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def weakest(colour: str, theme: str) -> tuple[str, float]:
    """The ground of a theme on which a colour is seen worst, and the contrast ratio there."""
    ground = min(GROUNDS[theme], key=lambda ground: contrast(colour, ground))
    return ground, contrast(colour, ground)


def mixed(colour: str, towards: int) -> str:
    """A colour, a third of the way towards black (0) or white (255)."""
    return (
        "#" + "".join(f"{round(part + (towards - part) / 3):02x}" for part in _parts(colour))
        if colour
        else ""
    )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
