"""The palette: what is readable stays readable, and what must be told apart can be, whatever the eyes."""

from __future__ import annotations

import re
from dataclasses import fields

import numpy as np
import pytest

from gradsim.core.render.palette import N_OPTIMIZER_COLORS, THEMES, Theme, optimizer_letter, resolve_color, rgb

# Simulation of dichromatic sight in linear RGB: Machado, Oliveira, Fernandes (2009), severity 1.0.
SIGHTS = {
    "normal": np.eye(3),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# OKLab: Ottosson (2020), https://bottosson.github.io/posts/oklab/
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())


def linear(color: str | tuple[int, int, int]) -> np.ndarray:
    value = np.array(rgb(color) if isinstance(color, str) else color) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(a: str | tuple[int, int, int], b: str | tuple[int, int, int]) -> float:
    """WCAG 2 contrast ratio."""
    low, high = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(color: str, sight: str) -> np.ndarray:
    return 100 * (TO_LAB @ np.cbrt(TO_LMS @ np.clip(SIGHTS[sight] @ linear(color), 0, 1)))


@themes
def test_text_is_readable_on_every_ground(theme: Theme) -> None:
    for ground in (theme.window, theme.panel):
        for color in (theme.text, theme.dim_text, theme.error, theme.success):
            assert contrast(color, ground) >= 4.5, (color, ground)
    assert contrast(theme.text, theme.card) >= 4.5
    assert contrast(theme.dim_text, theme.card) >= 4.5
    assert contrast(theme.accent_text, theme.accent) >= 4.5


@themes
@pytest.mark.parametrize("sight", SIGHTS)
def test_optimizer_colors_stay_apart(theme: Theme, sight: str) -> None:
    labs = np.array([lab(color, sight) for color in theme.optimizer_colors])
    distances = np.linalg.norm(labs[:, None] - labs[None], axis=-1)
    assert labs.shape == (N_OPTIMIZER_COLORS, 3)
    assert distances[~np.eye(N_OPTIMIZER_COLORS, dtype=bool)].min() >= 7.5


def test_optimizer_colors_stand_out_from_the_map() -> None:
    light, dark = THEMES["light"], THEMES["dark"]
    for color in light.optimizer_colors:
        assert min(contrast(color, stop) for _, stop in light.map_stops) >= 3, color
    for color in dark.optimizer_colors:
        assert min(contrast(color, stop) for position, stop in dark.map_stops if position <= 0.5) >= 2.9, color


@themes
def test_map_rises_from_dark_to_bright(theme: Theme) -> None:
    positions = [position for position, _ in theme.map_stops]
    brightness = [float(linear(stop).sum()) for _, stop in theme.map_stops]
    assert positions == sorted(positions)
    assert positions[0] == 0
    assert positions[-1] == 1
    assert brightness == sorted(brightness)


@themes
def test_every_named_color_is_written_as_hex(theme: Theme) -> None:
    words = [getattr(theme, field.name) for field in fields(theme) if field.type == "str" and field.name != "name"]
    assert len(words) >= 10
    for word in (*words, *theme.optimizer_colors):
        assert re.fullmatch("#[0-9A-F]{6}", word)


@themes
def test_colors_resolve_by_slot_by_place_and_by_value(theme: Theme) -> None:
    assert resolve_color(3, 0, theme) == theme.optimizer_colors[3]
    assert resolve_color(None, 14, theme) == theme.optimizer_colors[2]
    assert resolve_color("#abcdef", 0, theme) == "#ABCDEF"


@pytest.mark.parametrize("word", ["red", "#FFF", "#GGGGGG", ""])
def test_what_is_no_color_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"colour|invalid literal"):
        rgb(word)


def test_letters_follow_the_places_and_never_repeat() -> None:
    letters = [optimizer_letter(index) for index in range(64)]
    assert "".join(letters[:26]) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert letters[25:28] == ["Z", "AA", "AB"]
    assert letters[51:53] == ["AZ", "BA"]
    assert len(set(letters)) == 64
