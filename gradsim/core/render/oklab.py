"""Colours by lightness, chroma and hue as people see them: ramps of one hue, and colours apart from others.

OKLab: Ottosson 2020, https://bottosson.github.io/posts/oklab/. Lightness is 0…1; chroma is 0 for grey and at most about
0.32 on a screen; hue is in radians.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from gradsim.core.render.palette import rgb

Lab = tuple[float, float, float]

RAMP_LIGHTNESS = (0.48, 0.80)
WIDE_RAMP_LIGHTNESS = (0.40, 0.83)
"""Readable on the dark map and on the light one; a ramp of many steps needs more room to keep them apart."""
MANY_STEPS = 8
RAMP_HUE_SPAN = math.radians(40.0)
GREY = 0.03
"""A colour of less chroma has no hue to speak of."""
_CANDIDATE_LIGHTNESS = (0.5, 0.6, 0.7)
_N_CANDIDATE_HUES = 24


def to_oklab(color: str) -> Lab:
    """Return (lightness, a, b) of ``#RRGGBB``."""
    red, green, blue = (_linear(channel / 255) for channel in rgb(color))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return ``#RRGGBB``; a chroma that no screen can show at this lightness and hue is lowered until one can."""
    low, high = 0.0, chroma
    channels = _channels(lightness, high, hue)
    if not _on_screen(channels):
        for _ in range(16):
            middle = (low + high) / 2
            low, high = (middle, high) if _on_screen(_channels(lightness, middle, hue)) else (low, middle)
        channels = _channels(lightness, low, hue)
    return "#" + "".join(f"{round(255 * _gamma(min(max(channel, 0.0), 1.0))):02X}" for channel in channels)


def distance(first: str, second: str) -> float:
    """Return how different two colours look: 0.02 is just seen side by side."""
    return math.dist(to_oklab(first), to_oklab(second))


def ramp(color: str, n: int) -> tuple[str, ...]:
    """Return ``n`` colours about the hue of ``color``, from dark to light, each apart from the next.

    All of them can be read on the map of either theme. The hue turns a little along the ramp: lightness alone would
    not keep many steps apart.
    """
    _, a, b = to_oklab(color)
    hue, chroma = math.atan2(b, a), math.hypot(a, b)
    chroma = 0.0 if chroma < GREY else max(chroma, 0.16)
    room = min(max((n - 4) / (MANY_STEPS - 4), 0.0), 1.0)
    low, high = (
        narrow + (wide - narrow) * room for narrow, wide in zip(RAMP_LIGHTNESS, WIDE_RAMP_LIGHTNESS, strict=True)
    )
    shares = [step / (n - 1) if n > 1 else 0.5 for step in range(n)]
    return tuple(
        from_oklch(low + (high - low) * share, chroma, hue + RAMP_HUE_SPAN * (share - 0.5)) for share in shares
    )


def distinct_color(taken: Iterable[str]) -> str:
    """Return the colour farthest from all that are ``taken``, of those that can be read on the map of either theme."""
    others = [to_oklab(color) for color in taken]
    candidates = [
        from_oklch(lightness, 0.3, 2 * math.pi * step / _N_CANDIDATE_HUES)
        for lightness in _CANDIDATE_LIGHTNESS
        for step in range(_N_CANDIDATE_HUES)
    ]
    return max(candidates, key=lambda color: min((math.dist(to_oklab(color), other) for other in others), default=0.0))


def _channels(lightness: float, chroma: float, hue: float) -> Lab:
    """Linear red, green and blue, beyond 0…1 for what no screen shows."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _on_screen(channels: Lab) -> bool:
    return all(-1e-9 <= channel <= 1 + 1e-9 for channel in channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
