"""Colour maps of a surface, how far they are dimmed, and the ink of contours that stays visible on each colour.

Viridis and magma are by Nathaniel J. Smith, Stéfan van der Walt and Eric Firing (matplotlib, 2015); cividis is by
Nuñez, Anderton and Renslow (PLoS ONE 13(7): e0199239, 2018). All three are in the public domain (CC0). The tables hold
every fifth of the 256 published colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradsim.core.render.palette import Color, Theme, rgb

N_COLORS = 1024  # of a map between its lowest and its highest value
UNDIMMED_POWER = 1.5  # of 1 − dimming: vivid maps are as calm as slate at the middle of the slider
MIN_CONTRAST = 1.6  # of a contour against the map below it (WCAG 2), or it takes the other ink
OTHER_INK_CONTRAST = 1.85
_OTHER_INK: Mapping[str, Color] = MappingProxyType({"dark": (10, 12, 18), "light": (255, 255, 255)})

_VIRIDIS = """
440154 46085C 471063 481769 481D6F 482475 472A7A 46307E 453781 433D84 414287 3F4889 3D4E8A
3A538B 38598C 355E8D 33638D 31688E 2E6D8E 2C718E 2A768E 297B8E 27808E 25848E 23898E 218E8D
20928C 1F978B 1E9C89 1FA188 21A585 24AA83 28AE80 2EB37C 35B779 3DBC74 46C06F 50C46A 5AC864
65CB5E 70CF57 7CD250 89D548 95D840 A2DA37 B0DD2F BDDF26 CAE11F D8E219 E5E419 F1E51D FDE725"""
_MAGMA = """
000004 02020B 050416 090720 0E0B2B 140E36 1A1042 21114E 29115A 311165 390F6E 420F75 4A1079
52137C 5A167E 621980 6A1C81 721F81 792282 812581 892881 912B81 992D80 A1307E AA337D B2357B
BA3878 C23B75 CA3E72 D2426F D9466B E04C67 E75263 EC5860 F1605D F4695C F7725C F97B5D FB8560
FC8E64 FD9869 FEA16E FEAA74 FEB47B FEBD82 FEC68A FECF92 FED89A FDE2A3 FDEBAC FCF4B6 FCFDBF"""
_CIVIDIS = """
00204D 002455 00275E 002B67 002E6F 00316F 00356E 12386D 1F3C6D 28406C 30436C 36476B 3D4A6B
424E6B 48526B 4D556C 52596C 575C6D 5B606E 60646F 646770 696B71 6D6E72 727274 767676 7A7A78
7F7D78 848179 888579 8D8979 928D78 979178 9C9577 A19976 A69D75 ACA174 B1A573 B6A971 BBAE6F
C1B26D C6B66B CCBB69 D1BF66 D7C463 DCC860 E2CD5C E8D259 EDD654 F3DB4F F9E04A FFE544 FFEA46"""


def _stops(words: str) -> tuple[Color, ...]:
    return tuple(rgb(f"#{word}") for word in words.split())


# name of a map in ``View.colors`` -> its colours at equal distances; slate is each theme's own
COLOR_MAPS: Mapping[str, tuple[Color, ...] | None] = MappingProxyType(
    {
        "slate": None,
        "viridis": _stops(_VIRIDIS),
        "cividis": _stops(_CIVIDIS),
        "magma": _stops(_MAGMA),
        "gray": ((0, 0, 0), (255, 255, 255)),
    }
)


def map_colors(theme: Theme, name: str, dimming: float, n: int = N_COLORS) -> NDArray[np.float64]:
    """Return ``n`` colours from the lowest to the highest value, float64 (n, 3) in 0…255: red, green, blue.

    Args:
        name: a key of ``COLOR_MAPS``.
        dimming: 0 is the full strength, 1 is the theme's panel everywhere; 0.5 is what suits a race.
    """
    ground = np.array(rgb(theme.panel), dtype=np.float64)
    stops = COLOR_MAPS[name]
    if stops is None:
        positions, colors = zip(*theme.map_stops, strict=True)
        strength = 2.0 * (1.0 - dimming)  # the stops are how slate looks at the middle of the slider
    else:
        positions, colors = tuple(np.linspace(0.0, 1.0, len(stops))), stops
        strength = (1.0 - dimming) ** UNDIMMED_POWER
    t = np.linspace(0.0, 1.0, n)
    full = np.stack([np.interp(t, positions, channel) for channel in zip(*colors, strict=True)], axis=-1)
    return np.clip(ground + strength * (full - ground), 0.0, 255.0)


def contour_colors(theme: Theme, colors: NDArray[np.float64], contours: int = 0) -> NDArray[np.float64]:
    """Return the colours (n, 3) that contours have where they cross map ``colors`` (n, 3), 0…255.

    They are the theme's translucent ink, or the opposite one where the map is so bright or dark that it would not show.
    A contour keeps one ink all along, because the map below it has one colour.

    Args:
        contours: how many there are from the first of ``colors`` to the last: the ink changes between two of them.
    """
    own = colors + (np.array(theme.contour) - colors) * theme.contour_alpha
    luminance = relative_luminance(colors)
    shows = _contrast(relative_luminance(own), luminance) >= MIN_CONTRAST
    if contours:
        level = (np.arange(len(colors)) + 0.5) / len(colors)
        # 5/11 of the way to the next one there is no line, nor one of ten or a hundred times as many.
        nearest = np.floor(level * contours + 6 / 11) / contours
        shows = shows[np.minimum(nearest * len(colors), len(colors) - 1).astype(int)]
    other, found = own, shows
    ink = np.array(_OTHER_INK[theme.name], dtype=np.float64)
    for alpha in np.linspace(0.05, 1.0, 39):
        stronger = colors + (ink - colors) * alpha
        enough = _contrast(relative_luminance(stronger), luminance) >= OTHER_INK_CONTRAST
        other = np.where((~found)[:, np.newaxis], stronger, other)
        found = found | enough
    return other


def prefers_theme_text(theme: Theme, colors: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return, for each of ``colors`` (n, 3) in 0…255, whether the theme's text shows better on it than its window."""
    text, window = (relative_luminance(np.array(rgb(color), dtype=np.float64)) for color in (theme.text, theme.window))
    luminance = relative_luminance(colors)
    return _contrast(text, luminance) >= _contrast(window, luminance)


def relative_luminance(colors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the relative luminance (...), 0…1, of sRGB ``colors`` (..., 3) in 0…255, as WCAG 2 defines it."""
    share = colors / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _contrast(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


@lru_cache(maxsize=8)
def lookup_table(theme: Theme, name: str, dimming: float, contours: int) -> NDArray[np.uint64]:
    """Return two packed colours a level, uint64 (1025,): of the map in the high word, of contours in the low one.

    The last is for undefined values.
    """
    colors = map_colors(theme, name, dimming)
    undefined = np.array([theme.undefined], dtype=np.float64)
    ground = pack(np.concatenate([colors, undefined])).astype(np.uint64)
    return (ground << np.uint64(32)) | pack(np.concatenate([contour_colors(theme, colors, contours), undefined]))


def pack(colors: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return colours (..., 3) in 0…255 as opaque BGRX words (...) in the byte order of little-endian machines."""
    red, green, blue = np.moveaxis(np.rint(colors).astype(np.uint32), -1, 0)
    return np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue
