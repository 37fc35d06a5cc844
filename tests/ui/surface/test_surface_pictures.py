"""Small pictures of surfaces: every one shows its surface, in the theme's colours, and none is drawn twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.gallery import GALLERY
from gradsim.core.render.palette import THEMES
from gradsim.ui.surface.surface_pictures import (
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    PictureKey,
    SurfacePictures,
    draw_surface_picture,
)
from gradsim.ui.theme import apply_theme


def count_shades(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})


@pytest.fixture
def pictures(dressed: QApplication) -> Iterator[SurfacePictures]:
    pictures = SurfacePictures()
    pictures.start()
    yield pictures
    pictures.stop()


@pytest.mark.parametrize("theme", THEMES)
def test_every_surface_has_a_picture_of_its_own(dressed: QApplication, theme: str) -> None:
    images = [draw_surface_picture(PictureKey(name, THEMES[theme], 1.0))[1] for name in GALLERY]
    assert all(count_shades(image) > 40 for image in images)
    assert all(first != second for i, first in enumerate(images) for second in images[:i])


def test_pictures_arrive_one_by_one_and_are_kept(qtbot: QtBot, pictures: SurfacePictures) -> None:
    names = list(GALLERY)[:3]
    arrived: list[str] = []
    pictures.drawn.connect(arrived.append)
    assert [pictures.picture(name, 2.0) for name in names] == [None] * 3
    qtbot.waitUntil(lambda: arrived == names, timeout=RUN_TIMEOUT_MS)
    for name in names:
        image = pictures.picture(name, 2.0)
        assert (image.width(), image.height()) == (2 * PICTURE_WIDTH, 2 * PICTURE_HEIGHT)
    qtbot.wait(20)
    assert arrived == names


def test_another_theme_asks_for_another_picture(qtbot: QtBot, pictures: SurfacePictures) -> None:
    qtbot.waitUntil(lambda: pictures.picture("saddle", 1.0) is not None, timeout=RUN_TIMEOUT_MS)
    dark = pictures.picture("saddle", 1.0)
    apply_theme(QApplication.instance(), "light")
    try:
        assert pictures.picture("saddle", 1.0) is None
        qtbot.waitUntil(lambda: pictures.picture("saddle", 1.0) is not None, timeout=RUN_TIMEOUT_MS)
        light = pictures.picture("saddle", 1.0)
    finally:
        apply_theme(QApplication.instance(), "dark")
    assert light.pixelColor(48, 2).lightness() > dark.pixelColor(48, 2).lightness() + 60


def test_nothing_is_drawn_before_the_start(qtbot: QtBot, dressed: QApplication) -> None:
    pictures = SurfacePictures()
    assert pictures.picture("saddle", 1.0) is None
    assert not pictures._job.busy
    with qtbot.waitSignal(pictures.drawn, timeout=RUN_TIMEOUT_MS):
        pictures.start()
    pictures.stop()
