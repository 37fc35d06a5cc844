"""The map of a race: the same arguments give the same pixels, and what is drawn is what the run says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradsim.core.render.curve import curve_range
from gradsim.core.render.look import MapLook
from gradsim.core.render.map_renderer import MapRenderer, optimizer_colors, window_to_show
from gradsim.core.render.palette import THEMES, rgb
from gradsim.core.render.viewport import Viewport
from gradsim.core.run import DIVERGED, Run
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, PointStarts, Scene
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface

DARK = THEMES["dark"]


def race(formula: str = "x**2 + 3*y**2", *, learning_rates: tuple[float, ...] = (0.02, 0.1), steps: int = 60) -> Run:
    is_plane = "y" in formula
    return simulate(
        Scene(
            surface=FormulaSurface(formula=formula),
            domain=Domain(x=(-3.0, 3.0), y=(-2.0, 2.0)) if is_plane else Domain(x=(-3.0, 3.0)),
            optimizers=tuple(
                OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": rate})
                for rate in learning_rates
            ),
            starts=PointStarts(points=((-2.5, 1.6), (2.0, -1.0)) if is_plane else ((-2.5,), (2.0,))),
            steps=steps,
        )
    )


def renderer_of(run: Run, theme: str = "dark") -> MapRenderer:
    return MapRenderer(compile_surface(run.scene.surface), run.scene.domain, THEMES[theme])


def view_of(run: Run, width: int = 300, height: int = 200) -> Viewport:
    domain = run.scene.domain
    y = domain.y or curve_range(compile_surface(run.scene.surface), domain)
    return Viewport.fit(domain.x, y, width, height, equal_scale=run.dimension == 2)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("formula", ["x**2 + 3*y**2", "(x**2 - 1)**2 + 0.3*x"])
def test_the_same_moment_gives_the_same_pixels_whatever_came_before(formula: str, theme: str) -> None:
    run = race(formula, learning_rates=(0.02, 0.01))
    viewport = view_of(run)
    used = renderer_of(run, theme)
    options = {"look": MapLook(trail=20, contours=12)}
    first = used.render(run, 30.4, viewport, **options)
    kept = first.copy()
    for step, other in (
        (0.0, viewport),
        (60.0, viewport.zoomed(2.0, (10.0, 10.0))),
        (12.3, replace(viewport, width=64, height=48)),
    ):
        used.render(run, step, other, **options)
    assert (used.render(run, 30.4, viewport, **options) == kept).all()
    assert (renderer_of(run, theme).render(run, 30.4, viewport, **options) == kept).all()
    assert (first == kept).all()  # an array once returned is never written to again


@pytest.mark.parametrize(
    ("formula", "learning_rates"),
    [("x**2 + 3*y**2", (0.02, 0.1)), ("(x**2 - 1)**2 + 0.3*x", (0.02, 0.012)), ("x**2", (1.0, 0.02))],
)
def test_heads_are_where_the_frame_says(formula: str, learning_rates: tuple[float, ...]) -> None:
    run = race(formula, learning_rates=learning_rates)
    viewport = view_of(run)
    picture = renderer_of(run).render(run, 3.3, viewport, look=MapLook(trail=0, contours=0))
    frame = run.frame_at(3.3)
    colors = optimizer_colors(run.scene, DARK)
    y = frame.positions[..., 1] if run.dimension == 2 else compile_surface(run.scene.surface).value(frame.positions)
    pixels = viewport.to_pixels(np.stack([frame.positions[..., 0], y], axis=-1)).astype(int)
    for o in range(run.n_optimizers):
        for p in range(run.n_particles):
            column, row = pixels[o, p]
            assert picture[row, column, :3].tolist() in colors.tolist()
    assert picture.shape == (200, 300, 4)
    assert picture.flags.c_contiguous


def test_without_a_run_only_the_surface_is_drawn() -> None:
    run = race()
    renderer, viewport = renderer_of(run), view_of(run)
    alone = renderer.render(None, 0.0, viewport, look=MapLook(trail=10, contours=12))
    racing = renderer.render(run, 5.0, viewport, look=MapLook(trail=10, contours=12))
    assert not (alone == racing).all()
    alone[:] = 0  # it belongs to the caller
    assert renderer.render(None, 0.0, viewport, look=MapLook(trail=10, contours=12)).any()


def test_trails_grow_with_their_length_and_none_is_drawn_for_zero() -> None:
    run = race()
    renderer, viewport = renderer_of(run), view_of(run)
    changed = []
    background = renderer.render(None, 0.0, viewport, look=MapLook(trail=0, contours=0))
    for trail in (0, 5, 20, 1000):
        picture = renderer.render(run, 10.0, viewport, look=MapLook(trail=trail, contours=0))
        changed.append(int((picture != background).any(axis=2).sum()))
    assert changed == sorted(changed)
    assert changed[1] > changed[0]


def test_steps_outside_the_run_show_its_ends() -> None:
    run = race()
    renderer, viewport = renderer_of(run), view_of(run)
    options = {"look": MapLook(trail=30, contours=8)}
    early, start = (renderer.render(run, step, viewport, **options) for step in (-5.0, 0.0))
    late, end = (renderer.render(run, step, viewport, **options) for step in (1e9, 60.0))
    assert (early == start).all()
    assert (late == end).all()


def test_a_diverged_race_is_drawn_to_its_end() -> None:
    run = race("x**4 + y**4", learning_rates=(0.02, 10.0))
    assert (run.outcomes == DIVERGED).any()
    for pixel_ratio in (1.0, 2.0):
        for step in (0.0, 0.5, 3.0, 7.7, 60.0):
            renderer_of(run).render(run, step, view_of(run), look=MapLook(pixel_ratio=pixel_ratio))


def test_switching_an_optimizer_off_does_not_recolor_the_others() -> None:
    entries = [OptimizerEntry(name="adam", enabled=k != 1, color=None if k < 3 else "#12AB34") for k in range(4)]
    scene = Scene(
        surface=FormulaSurface(formula="x**2"),
        domain=Domain(x=(-1.0, 1.0)),
        optimizers=tuple(entries),
        starts=PointStarts(points=((0.5,),)),
    )
    expected = [rgb(DARK.optimizer_colors[0]), rgb(DARK.optimizer_colors[2]), (0x12, 0xAB, 0x34)]
    assert optimizer_colors(scene, DARK)[:, ::-1].tolist() == [list(map(float, color)) for color in expected]


@pytest.mark.parametrize("formula", ["x**2 + 3*y**2", "(x**2 - 1)**2 + 0.3*x"])
def test_each_of_several_maps_shows_some_of_the_optimizers_on_the_same_background(formula: str) -> None:
    run = race(formula, learning_rates=(0.02, 0.01, 0.05))
    viewport, look = view_of(run), MapLook(trail=20)
    renderer = renderer_of(run)
    shown = (slice(0, 0), slice(0, 1), slice(2, 3), slice(None))
    empty, first, third, everyone = renderer.render_each(
        run, window_to_show(run, 30.4, look), viewport, look=look, shown=shown
    )
    assert np.array_equal(empty, renderer.render(None, 0.0, viewport, look=look))
    assert np.array_equal(everyone, renderer.render(run, 30.4, viewport, look=look))
    for picture, index in ((first, 0), (third, 2)):
        changed = picture[(picture != empty).any(axis=-1)][:, :3].astype(int)
        ink = optimizer_colors(run.scene, DARK).astype(int)
        assert (changed == ink[index]).all(axis=1).any()
        others = [other for other in range(3) if other != index]
        assert not any((changed == ink[other]).all(axis=1).any() for other in others)


def test_particles_are_drawn_alike_on_one_map_and_on_several() -> None:
    run = race(learning_rates=(0.02, 0.01, 0.05))
    viewport, look = view_of(run), MapLook(trail=0)
    renderer = renderer_of(run)
    together = renderer.render(run, 0.0, viewport, look=look)
    apart = renderer.render_each(
        run, run.window_at(0.0, 0.0), viewport, look=look, shown=[slice(i, i + 1) for i in range(3)]
    )
    background = renderer.render(None, 0.0, viewport, look=look)
    covered = (together != background).any(axis=-1)
    for picture in apart:  # all start at the same places
        assert np.array_equal((picture != background).any(axis=-1), covered)
