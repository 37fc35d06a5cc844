"""Colour maps: the published colours, dimmed towards the background, with contours that show on every one of them."""

from __future__ import annotations

from typing import get_args, get_type_hints

import numpy as np
import pytest

from gradsim.core.render.colormaps import (
    COLOR_MAPS,
    contour_colors,
    lookup_table,
    map_colors,
    relative_luminance,
)
from gradsim.core.render.palette import THEMES, Theme, rgb
from gradsim.core.scene import View

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
maps = pytest.mark.parametrize("name", COLOR_MAPS)
DARK, LIGHT = THEMES["dark"], THEMES["light"]


def test_every_map_that_a_view_may_name_exists() -> None:
    assert set(COLOR_MAPS) == set(get_args(get_type_hints(View)["colors"]))


# Every 17th of the 256 published colours: matplotlib's tables of viridis and magma (CC0), and of cividis as in Nuñez,
# Anderton and Renslow, PLOS ONE 13(7), e0199239 (2018).
PUBLISHED = {
    "viridis": "440154 481A6C 472F7D 414487 39568C 31688E 2A788E 23888E 1F988B 22A884 35B779 54C568 7AD151 A5DB36"
    " D2E21B FDE725",
    "magma": "000004 0B0924 20114B 3B0F70 57157E 721F81 8C2981 A8327D C43C75 DE4968 F1605D FA7F5E FE9F6D FEBF84"
    " FDDEA0 FCFDBF",
    "cividis": "00204D 002C6A 0F386E 31446B 46506B 575C6D 666970 757575 848279 958F78 A69D75 B8AB70 CBBA69 DDC95F"
    " F1D951 FFEA46",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_full_strength_is_the_published_table(name: str) -> None:
    published = np.array([rgb(f"#{color}") for color in PUBLISHED[name].split()])
    ours = map_colors(DARK, name, 0.0, 256)[::17]
    assert np.abs(ours - published).max() < 4
    assert np.abs(ours - published).mean() < 0.5


@themes
def test_slate_in_the_middle_of_the_slider_is_the_look_of_the_theme(theme: Theme) -> None:
    colors = map_colors(theme, "slate", 0.5, 101)
    for position, stop in theme.map_stops:
        assert colors[round(100 * position)] == pytest.approx(stop, abs=1e-9)


@themes
@maps
def test_dimming_leads_steadily_into_the_background(theme: Theme, name: str) -> None:
    ground = np.array(rgb(theme.panel))
    distances = [np.abs(map_colors(theme, name, dimming) - ground) for dimming in np.linspace(0, 1, 21)]
    assert (np.diff(distances, axis=0) <= 1e-9).all()
    assert distances[0].mean() > distances[10].mean() + 10
    assert distances[-1].max() == 0


@themes
@maps
@pytest.mark.parametrize("dimming", [0.0, 0.3, 0.5, 0.8])
def test_high_is_brighter_than_low_everywhere(theme: Theme, name: str, dimming: float) -> None:
    assert np.diff(relative_luminance(map_colors(theme, name, dimming, 64))).min() > -2e-4


@themes
@maps
@pytest.mark.parametrize("dimming", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_contours_show_on_every_color_and_do_not_shout(theme: Theme, name: str, dimming: float) -> None:
    colors = map_colors(theme, name, dimming)
    lines, ground = relative_luminance(contour_colors(theme, colors)), relative_luminance(colors)
    contrast = (np.maximum(lines, ground) + 0.05) / (np.minimum(lines, ground) + 0.05)
    assert contrast.min() >= 1.6
    assert contrast.max() <= 3.0


@themes
@maps
@pytest.mark.parametrize("contours", [5, 18, 40])
def test_the_ink_never_changes_on_a_contour(theme: Theme, name: str, contours: int) -> None:
    colors = map_colors(theme, name, 0.0)
    lines = relative_luminance(contour_colors(theme, colors, contours))
    brighter = lines > relative_luminance(colors)
    changes = (np.flatnonzero(np.diff(brighter.astype(int))) + 1) / len(colors)
    for density in (contours, 10 * contours):
        off = changes * density - np.rint(changes * density)
        assert (np.abs(off) > 0.2).all()
    contrast = (np.maximum(lines, relative_luminance(colors)) + 0.05) / (
        np.minimum(lines, relative_luminance(colors)) + 0.05
    )
    assert contrast.min() > 1.3


@themes
@maps
def test_optimizers_stand_out_from_every_map_at_the_usual_dimming(theme: Theme, name: str) -> None:
    """Against slate, which the colours were made for, a vivid map may cost them a third of their contrast at most."""

    def contrasts(of: str) -> np.ndarray:
        ground = relative_luminance(map_colors(theme, of, 0.5, 65))[:, None]
        inks = relative_luminance(np.array([rgb(color) for color in theme.optimizer_colors], dtype=float))
        return (np.maximum(inks, ground) + 0.05) / (np.minimum(inks, ground) + 0.05)

    assert np.median(contrasts(name)) >= 0.66 * np.median(contrasts("slate"))
    assert np.quantile(contrasts(name), 0.1) >= 1.5


def test_a_lookup_table_holds_the_map_the_contours_and_the_undefined() -> None:
    table = lookup_table(DARK, "viridis", 0.0, 18)
    assert table.shape == (1025,)
    assert table[0] >> np.uint64(32) == 0xFF440154
    assert table[1023] >> np.uint64(32) == 0xFFFDE725
    assert table[1024] >> np.uint64(32) == table[1024] & np.uint64(0xFFFFFFFF) == 0xFF151A23
