"""A picture of a race is the same whoever asks for it, at any size."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from small_races import cloud, competitors, two_wells, valley

from gradsim.core.critical_points import find_critical_points
from gradsim.core.render.palette import THEMES, rgb
from gradsim.core.scene import Domain, View
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.picture import FramePicture, video_pixel_ratio
from gradsim.ui.drawing.picture_cache import PictureCache

pytestmark = pytest.mark.usefixtures("qapp")
SCENES = {"2-D": valley(6), "1-D": two_wells(), "cloud": cloud()}


def picture_of(scene, width=480, height=320, ratio=1.0, theme="dark", **options) -> FramePicture:
    surface = compile_surface(scene.surface)
    points = find_critical_points(surface, scene.domain)
    return FramePicture(scene, simulate(scene), surface, points, THEMES[theme], width, height, ratio, **options)


def pixels_of(image: QImage) -> np.ndarray:
    assert image.format() == QImage.Format.Format_RGB32
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].copy()


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
@pytest.mark.parametrize("theme", THEMES)
def test_an_image_and_a_buffer_show_the_same_frame(scene, theme: str) -> None:
    picture = picture_of(scene, theme=theme)
    buffer = np.full((320, 480, 4), 99, dtype=np.uint8)
    picture.draw_into(buffer, 12.5)
    assert np.array_equal(buffer[..., :3], pixels_of(picture.image(12.5)))
    assert np.array_equal(buffer[..., :3], pixels_of(picture_of(scene, theme=theme).image(12.5)))


def test_frames_differ_between_moments_and_repeat() -> None:
    picture = picture_of(valley(6))
    first, later, again = (pixels_of(picture.image(step)) for step in (0.0, 20.0, 0.0))
    assert not np.array_equal(first, later)
    assert np.array_equal(first, again)


def test_the_map_fills_its_area_and_the_window_colour_its_margins() -> None:
    picture = picture_of(valley())
    pixels = pixels_of(picture.image(0.0))
    assert tuple(pixels[0, 0]) == tuple(reversed(rgb(picture.theme.window)))
    area = picture.layout.area
    row, column = area.height() // 2, 3
    shown = pixels[area.top() + row, area.left() + column]
    assert np.array_equal(shown, picture.draw_map(0.0).pixels[0, row, column, :3])


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 2), (16, 16), (90, 2000), (2000, 60), (3840, 16)])
@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_any_size_can_be_drawn(scene, width: int, height: int) -> None:
    image = picture_of(scene, width, height, video_pixel_ratio(width, height)).image(3.0)
    assert (image.width(), image.height()) == (width, height)


def test_a_sharper_picture_has_larger_text_in_the_same_place() -> None:
    small, large = picture_of(valley(), 640, 360), picture_of(valley(), 1280, 720, 2.0)
    assert large.layout.em == 2 * small.layout.em
    assert large.layout.area.left() == pytest.approx(2 * small.layout.area.left(), abs=2)
    assert large.viewport.x == pytest.approx(small.viewport.x, rel=0.01)


def test_video_text_keeps_its_share_of_the_height() -> None:
    for width, height in ((1280, 720), (1920, 1080), (3840, 2160)):
        em = picture_of(valley(), width, height, video_pixel_ratio(width, height)).layout.em
        assert 1 / 45 < em / height < 1 / 38


def test_the_domain_is_shown_on_axes_of_equal_scale() -> None:
    viewport = picture_of(valley()).viewport
    assert viewport.x[0] <= -6.0 < 6.0 <= viewport.x[1]
    assert viewport.y[0] <= -6.0 < 6.0 <= viewport.y[1]
    assert viewport.scale[0] == pytest.approx(viewport.scale[1])


def test_a_domain_like_a_thread_is_spread_out() -> None:
    scene = valley(domain=Domain(x=(0.0, 1000.0), y=(0.0, 1.0)))
    viewport = picture_of(scene).viewport
    assert viewport.y == pytest.approx((0.0, 1.0))


def test_the_view_of_the_scene_is_shown() -> None:
    scene = valley(view=View(x=(2.0, 4.0), y=(1.0, 3.0)))
    viewport = picture_of(scene).viewport
    assert viewport.y == pytest.approx((1.0, 3.0)) or viewport.x == pytest.approx((2.0, 4.0))
    assert viewport.x[0] <= 2.0 < 4.0 <= viewport.x[1]
    assert viewport.x[1] - viewport.x[0] < 6.0


def test_a_view_survives_being_written_into_the_scene() -> None:
    scene = valley()
    viewport = picture_of(scene).viewport.zoomed(3.0, (100.0, 80.0))
    again = picture_of(replace(scene, view=View(x=viewport.x, y=viewport.y))).viewport
    assert again.x == pytest.approx(viewport.x, rel=1e-9)
    assert again.y == pytest.approx(viewport.y, rel=1e-9)


def test_a_curve_is_shown_with_its_whole_range() -> None:
    picture = picture_of(two_wells())
    values = compile_surface(picture.scene.surface).value(np.linspace(-2.2, 2.2, 99)[:, None])
    assert picture.viewport.x == pytest.approx((-2.2, 2.2))
    assert picture.viewport.y[0] < values.min()
    assert picture.viewport.y[1] > values.max()


def test_a_scene_without_surface_and_run_is_drawn_as_an_empty_frame() -> None:
    picture = FramePicture(valley(), None, None, None, THEMES["dark"], 480, 320)
    assert not picture.is_ready
    assert pixels_of(picture.image(0.0)).any()


def test_a_surface_of_another_dimension_is_not_drawn() -> None:
    surface = compile_surface(two_wells().surface)
    picture = FramePicture(valley(), None, surface, None, THEMES["dark"], 480, 320)
    assert not picture.is_ready
    picture.image(0.0)


def test_pictures_that_share_a_cache_draw_the_same() -> None:
    cache = PictureCache()
    for scene in (*SCENES.values(), *SCENES.values()):
        shared = picture_of(scene, cache=cache)
        assert np.array_equal(pixels_of(shared.image(7.0)), pixels_of(picture_of(scene).image(7.0)))


def test_to_data_is_the_place_under_the_pixel() -> None:
    picture = picture_of(valley())
    (pixel,) = picture.overlay.to_picture(np.array([[1.5, -2.0]])).tolist()
    assert picture.to_data(QPointF(*pixel)) == pytest.approx((1.5, -2.0))


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_the_map_under_a_pixel_is_found_and_none_beside_the_maps(scene) -> None:
    picture = picture_of(scene)
    for overlay in picture.overlays:
        assert picture.overlay_at(QPointF(overlay.layout.area.center())) is overlay
    assert picture.overlay_at(QPointF(1.0, 1.0)) is None


# Side by side


def panels(n: int = 3, base=valley, **changes):
    scene = base(**({"n_optimizers": n} if base is valley else {"optimizers": competitors(n)}), **changes)
    return replace(scene, view=replace(scene.view, layout="panels"))


def has_color(pixels: np.ndarray, color: str) -> bool:
    return bool((pixels[..., :3] == rgb(color)[::-1]).all(axis=-1).any())


@pytest.mark.parametrize("base", [valley, two_wells, cloud], ids=["2-D", "1-D", "cloud"])
@pytest.mark.parametrize("theme", THEMES)
def test_every_panel_shows_its_own_optimizer_only(base, theme: str) -> None:
    picture = picture_of(panels(4, base), 900, 600, theme=theme)
    maps = picture.draw_map(9.0).pixels
    assert len(maps) == len(picture.overlays) == 4
    for index, pixels in enumerate(maps):
        shown = [has_color(pixels, picture.theme.optimizer_colors[other]) for other in range(4)]
        assert shown == [other == index for other in range(4)]


@pytest.mark.parametrize("base", [valley, two_wells], ids=["2-D", "1-D"])
def test_panels_have_the_same_background(base) -> None:
    scene = panels(5, base)
    picture = picture_of(scene, 1000, 700)
    empty = FramePicture(scene, None, *_surface_and_points(scene), picture.theme, 1000, 700).draw_map(0.0).pixels
    assert all(np.array_equal(pixels, empty[0]) for pixels in empty)
    for pixels in picture.draw_map(20.0).pixels:
        changed = (pixels != empty[0]).any(axis=-1)
        assert 0 < changed.mean() < 0.2


def _surface_and_points(scene):
    surface = compile_surface(scene.surface)
    return surface, find_critical_points(surface, scene.domain)


@pytest.mark.parametrize("n", range(2, 13))
def test_each_optimizer_gets_a_panel_with_its_name_and_standing(n: int) -> None:
    picture = picture_of(panels(n), 1000, 700)
    assert len(picture.layout.places) == n
    assert len(picture.standings(3.0)) == n
    image = pixels_of(picture.image(3.0))
    for place, color in zip(picture.layout.places, picture.theme.optimizer_colors, strict=False):
        header = place.header
        strip = image[header.y() : header.y() + header.height(), header.x() : header.x() + header.width()]
        assert has_color(strip, color)
        right = strip[:, strip.shape[1] // 2 :]
        assert (right != rgb(picture.theme.window)[::-1]).any()  # loss and rank


def test_one_optimizer_alone_is_shown_on_a_map() -> None:
    alone = panels(1)
    on_map = replace(alone, view=View())
    assert np.array_equal(pixels_of(picture_of(alone).image(9.0)), pixels_of(picture_of(on_map).image(9.0)))


def test_of_many_optimizers_the_first_twelve_are_shown_and_it_is_said() -> None:
    few, many = picture_of(panels(12), 1200, 800), picture_of(panels(15), 1200, 800)
    assert few.layout == many.layout
    footer = few.layout.footer
    rows = slice(footer.y(), footer.y() + footer.height())
    right = slice(footer.x() + footer.width() // 2, footer.x() + footer.width())
    empty = rgb(few.theme.window)[::-1]
    assert not (pixels_of(few.image(0.0))[rows, right] != empty).any()
    assert (pixels_of(many.image(0.0))[rows, right] != empty).any()


def test_a_pixel_of_any_panel_is_the_place_in_the_plane_that_it_shows() -> None:
    picture = picture_of(panels(6), 900, 600)
    for overlay in picture.overlays:
        (pixel,) = overlay.to_picture(np.array([[1.5, -2.0]])).tolist()
        assert picture.overlay_at(QPointF(*pixel)) is overlay
        assert picture.to_data(QPointF(*pixel)) == pytest.approx((1.5, -2.0))


def test_marks_of_a_panel_lie_on_it() -> None:
    picture = picture_of(panels(6), 900, 600)
    first, last = picture.overlays[0], picture.overlays[-1]
    moved = np.array([*(last.layout.area.topLeft() - first.layout.area.topLeft()).toTuple()])
    assert last.critical_pixels == pytest.approx(first.critical_pixels + moved)
    assert last.handle_pixels == pytest.approx(first.handle_pixels + moved)


def test_switching_shows_the_same_part_of_the_plane_at_the_same_moment() -> None:
    scene = valley(6, view=View(x=(-1.0, 4.0), y=(-1.0, 4.0)))
    aside = replace(scene, view=replace(scene.view, layout="panels"))
    for picture in (picture_of(scene, 900, 600), picture_of(aside, 900, 600)):
        assert picture.viewport.x[0] <= -1.0 < 4.0 <= picture.viewport.x[1]
        assert picture.viewport.y[0] <= -1.0 < 4.0 <= picture.viewport.y[1]
        assert picture.viewport.scale[0] == pytest.approx(picture.viewport.scale[1])
        tight = [picture.viewport.x == pytest.approx((-1, 4)), picture.viewport.y == pytest.approx((-1, 4))]
        assert any(tight)


def test_a_view_made_for_another_layout_keeps_what_it_shows() -> None:
    zoomed = picture_of(valley(6), 900, 600).viewport.zoomed(2.0, (100.0, 80.0))
    picture = picture_of(panels(6), 900, 600, viewport=zoomed)
    assert (picture.viewport.width, picture.viewport.height) == picture.layout.map_size
    assert picture.viewport.x[0] <= zoomed.x[0]
    assert picture.viewport.x[1] >= zoomed.x[1]


def test_a_panel_whose_optimizer_has_not_run_yet_is_empty() -> None:
    older, scene = panels(3), panels(4)
    picture = FramePicture(scene, simulate(older), *_surface_and_points(scene), THEMES["dark"], 900, 600)
    *_, last = picture.draw_map(9.0).pixels
    assert not any(has_color(last, color) for color in picture.theme.optimizer_colors[:4])
    assert picture.standings(9.0)[-1] is None


def test_panels_and_map_share_a_cache() -> None:
    cache = PictureCache()
    for scene in (panels(4), valley(4), panels(2), panels(4, two_wells), panels(4)):
        shared = picture_of(scene, 700, 500, cache=cache)
        assert np.array_equal(pixels_of(shared.image(7.0)), pixels_of(picture_of(scene, 700, 500).image(7.0)))


@pytest.mark.parametrize("n", [2, 5, 12])
@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (3, 2), (16, 16), (90, 2000), (2000, 60), (3840, 16), (240, 180)]
)
def test_panels_of_any_size_can_be_drawn(n: int, width: int, height: int) -> None:
    image = picture_of(panels(n), width, height).image(3.0)
    assert (image.width(), image.height()) == (width, height)
