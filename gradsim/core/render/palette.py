"""The two themes: colours of the window, of the map and of the twelve optimizers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

N_OPTIMIZER_COLORS = 12
Color = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours that belong together, as ``#RRGGBB`` strings unless said otherwise.

    Attributes:
        name: ``"dark"`` or ``"light"``.
        window: behind everything.
        panel: cards, inputs and plots, one level above the window.
        card: raised things: buttons, outlines of cards, what the mouse hovers over.
        border: outlines of inputs, grooves of sliders, axis lines.
        text, dim_text: at least 4.5:1 against ``window`` and ``panel``.
        accent, accent_text: the one accent colour, and text that is written on it.
        error, warning, success: marks of a mistake, of what needs a look, and of something accepted; readable as text
            on ``panel``.
        optimizer_colors: twelve colours that stay apart in normal, deutan, protan and tritan sight (OKLab distances of
            at least 7.5 of 100) and stand out from the map: 3:1 everywhere on the light one, 2.9:1 up to the middle of
            the dark one, where the rim does the rest. A slot has a similar hue in both themes.
        map_stops: (position 0…1, (red, green, blue) 0…255), from the lowest to the highest value of the surface.
        contour: (red, green, blue) of contour lines; ``contour_alpha`` is their opacity, 0…1.
        undefined: (red, green, blue) where the surface has no value.
        rim: (red, green, blue) around the heads of particles.
        curve: the line of a 1-D surface.
        overlay: behind legends that are drawn on the map; ``overlay_alpha`` is its opacity, 0…1.
    """

    name: str
    window: str
    panel: str
    card: str
    border: str
    text: str
    dim_text: str
    accent: str
    accent_text: str
    error: str
    warning: str
    success: str
    optimizer_colors: tuple[str, ...]
    map_stops: tuple[tuple[float, Color], ...]
    contour: Color
    contour_alpha: float
    undefined: Color
    rim: Color
    curve: str
    overlay: str
    overlay_alpha: float


DARK = Theme(
    name="dark",
    window="#0E1117",
    panel="#151A23",
    card="#1C2230",
    border="#2A3244",
    text="#E6EAF2",
    dim_text="#8B95A9",
    accent="#5B9DFF",
    accent_text="#06101F",
    error="#FF7A85",
    warning="#F0BE5A",
    success="#7EE0A8",
    optimizer_colors=(
        "#4BFFFF",
        "#F0961E",
        "#F04BC3",
        "#C3FFB4",
        "#9687FF",
        "#FFFF00",
        "#78C3FF",
        "#C300C3",
        "#A5C3A5",
        "#B48778",
        "#E1D200",
        "#695AFF",
    ),
    map_stops=(
        (0.0, (9, 12, 24)),
        (0.25, (13, 24, 44)),
        (0.5, (20, 40, 66)),
        (0.75, (32, 60, 84)),
        (1.0, (58, 84, 100)),
    ),
    contour=(255, 255, 255),
    contour_alpha=0.30,
    undefined=(21, 26, 35),
    rim=(0, 0, 0),
    curve="#C9D4E6",
    overlay="#0E1117",
    overlay_alpha=0.78,
)

LIGHT = Theme(
    name="light",
    window="#F3F5F9",
    panel="#FFFFFF",
    card="#E8ECF3",
    border="#CBD3E0",
    text="#1A2130",
    dim_text="#5A6579",
    accent="#1F66D6",
    accent_text="#FFFFFF",
    error="#C3223A",
    warning="#8A5A00",
    success="#187A45",
    optimizer_colors=(
        "#0C79C2",
        "#863D0C",
        "#DB0092",
        "#006D61",
        "#7931FF",
        "#797900",
        "#0000CE",
        "#6D0092",
        "#003D55",
        "#6D0024",
        "#3D0000",
        "#000061",
    ),
    map_stops=(
        (0.0, (198, 211, 226)),
        (0.25, (208, 219, 232)),
        (0.5, (219, 227, 237)),
        (0.75, (230, 235, 241)),
        (1.0, (241, 243, 244)),
    ),
    contour=(38, 56, 84),
    contour_alpha=0.34,
    undefined=(255, 255, 255),
    rim=(255, 255, 255),
    curve="#33415C",
    overlay="#FFFFFF",
    overlay_alpha=0.86,
)

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (DARK, LIGHT)})


def resolve_color(color: int | str | None, index: int, theme: Theme) -> str:
    """Return the ``#RRGGBB`` colour of an optimizer.

    ``color`` is a slot 0–11 of the theme, ``#RRGGBB`` as it stands, or None for the slot of the optimizer's place
    ``index`` in the scene's list (``index % 12``).
    """
    if isinstance(color, str):
        return color.upper()
    slot = index if color is None else color
    return theme.optimizer_colors[slot % N_OPTIMIZER_COLORS]


def optimizer_letter(index: int) -> str:
    """Return the letter of the optimizer at place ``index`` in the scene's list: A … Z, then AA, AB …"""
    before, last = divmod(index, 26)
    return (optimizer_letter(before - 1) if before else "") + chr(ord("A") + last)


def rgb(color: str) -> Color:
    """Return (red, green, blue), each 0…255, of ``#RRGGBB``. Raises ValueError for anything else."""
    if len(color) != 7 or color[0] != "#":
        raise ValueError(f"{color!r} is not a colour like #5B9DFF")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
