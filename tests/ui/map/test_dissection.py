"""A selected particle is taken apart while the race is paused: arrows on the map, numbers in the panel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hands import is_up_to_date
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QLabel
from small_races import cloud, two_wells, valley
from waiting import RUN_TIMEOUT_MS

from gradsim.core.anatomy import dissect
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.scene import Domain, ExactGradient, FormulaSurface, NoisyGradient, OptimizerEntry, PointStarts
from gradsim.core.scene_file import load_scene
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface
from gradsim.resources import asset_path
from gradsim.ui.map import anatomy_marks
from gradsim.ui.map.anatomy_arrows import arrows_of, gradient_text, magnification
from gradsim.ui.map.anatomy_formulas import filled_lines, latex_number
from gradsim.ui.map.anatomy_panel import DIVERGED, ENDED, HINT, PLAYING, AnatomyPanel
from gradsim.ui.map.particle_places import particle_pixel
from gradsim.ui.selection import ParticlePlace

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]


def racers(*entries: OptimizerEntry, **changes: object):
    return valley(optimizers=entries, **changes)


MOMENTUM = OptimizerEntry(name="momentum", hyperparameters={"learning_rate": 0.01})
ADAM = OptimizerEntry(name="adam", hyperparameters={"learning_rate": 1.2})


def select(qtbot, view, place: ParticlePlace, step: float = 0.0):
    """Select a particle at a step and return its anatomy."""
    selection = view.session.selection

    def is_taken_apart() -> bool:
        anatomy = selection.anatomy
        return anatomy is not None and (anatomy.optimizer, anatomy.particle, anatomy.step) == (*place, math.floor(step))

    view.playback.seek(step)
    selection.select_particle(place)
    qtbot.waitUntil(is_taken_apart)
    qtbot.waitUntil(lambda: is_up_to_date(view))
    return selection.anatomy


def panel_of(qtbot, view) -> AnatomyPanel:
    panel = AnatomyPanel(view.session, view.playback)
    qtbot.addWidget(panel)
    panel.resize(300, 500)
    panel.show()
    return panel


def texts(panel: AnatomyPanel) -> str:
    return " | ".join(each.text() for each in panel.findChildren(QLabel) if each.isVisible())


DESCENT = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.04})


@pytest.mark.parametrize(
    "scene", [racers(MOMENTUM), racers(ADAM), two_wells(optimizers=(DESCENT,))], ids=["2-D", "adaptive", "1-D"]
)
def test_movements_end_where_the_particle_was_and_will_be(qtbot, show, scene) -> None:
    view = show(scene)
    anatomy = select(qtbot, view, ParticlePlace(0, 0), 1.0)
    overlay, run = view.picture.overlay, view.session.run
    assert magnification(anatomy, overlay) == 1.0
    arrows = {arrow.kind: arrow for arrow in arrows_of(anatomy, overlay)}
    places = {k: particle_pixel(overlay, run, ParticlePlace(0, 0), run.frame_at(k)) for k in (0, 1, 2)}
    assert arrows["next"].start.x() == pytest.approx(places[1].x(), abs=1e-6)
    assert arrows["next"].end.x() == pytest.approx(places[2].x(), abs=1e-6)
    assert arrows["last"].start.x() == pytest.approx(places[0].x(), abs=1e-6)
    if scene.domain.dimension == 2:
        assert arrows["next"].end.y() == pytest.approx(places[2].y(), abs=1e-6)
        way = arrows["gradient"].end - arrows["gradient"].start
        gx, gy = anatomy.gradient.tolist()
        assert abs(way.x() * gy + way.y() * gx) < 1e-6 * math.hypot(gx, gy) * math.hypot(way.x(), way.y())
        assert way.x() * gx - way.y() * gy < 0.0  # downhill; pixel y points down
    view.grab()


def test_in_momentum_the_parts_add_up_on_the_map(qtbot, show) -> None:
    view = show(racers(MOMENTUM))
    arrows = {
        arrow.kind: arrow for arrow in arrows_of(select(qtbot, view, ParticlePlace(0, 0), 5.0), view.picture.overlay)
    }
    assert arrows["gradient"].text == "−η∇f"
    rest, last = arrows["rest"].end - arrows["rest"].start, arrows["last"].end - arrows["last"].start
    assert rest.x() == pytest.approx(0.9 * last.x(), abs=1e-6)
    assert rest.y() == pytest.approx(0.9 * last.y(), abs=1e-6)
    assert arrows["rest"].end == arrows["next"].end


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (OptimizerEntry(name="gradient_descent"), "−η∇f"),
        (OptimizerEntry(name="momentum", convention="ema"), "−η(1 − μ)∇f"),
        (OptimizerEntry(name="nesterov", convention="pytorch"), "−η(1 + μ)∇f"),
        (OptimizerEntry(name="gradient_descent", gradient=NoisyGradient(std=0.5)), "−ηg"),
        (OptimizerEntry(name="adam"), "−∇f"),
    ],
)
def test_the_red_arrow_says_what_it_is(qtbot, show, entry, text: str) -> None:
    view = show(racers(entry))
    anatomy = select(qtbot, view, ParticlePlace(0, 0), 2.0)
    assert gradient_text(anatomy, anatomy.update) == text


def test_to_maximise_the_red_arrow_points_uphill(qtbot, show) -> None:
    view = show(
        racers(OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 1e-4}), goal="maximize")
    )
    anatomy = select(qtbot, view, ParticlePlace(0, 0), 2.0)
    assert gradient_text(anatomy, anatomy.update) == "+η∇f"
    assert float(anatomy.update.gradient_part @ anatomy.gradient) > 0.0


def test_short_movements_are_magnified_by_a_round_factor(qtbot, show) -> None:
    view = show(racers(OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 1e-6})))
    anatomy = select(qtbot, view, ParticlePlace(0, 0), 2.0)
    overlay = view.picture.overlay
    factor = magnification(anatomy, overlay)
    assert factor > 10
    assert float(f"{factor:.0e}") == factor
    arrows = {arrow.kind: arrow for arrow in arrows_of(anatomy, overlay)}
    way = arrows["next"].end - arrows["next"].start
    assert math.hypot(way.x(), way.y()) >= 2.5 * overlay.layout.em
    assert way.x() == pytest.approx(factor * anatomy.movement[0] / overlay.viewport.scale[0])
    view.grab()


def test_arrows_are_there_while_paused_and_the_ring_while_playing_too(qtbot, show) -> None:
    view = show(valley())
    select(qtbot, view, ParticlePlace(1, 0), 3.0)
    view.playback.play()
    assert view.session.selection.anatomy is None
    qtbot.waitUntil(lambda: view.playback.step > 4.0)
    view.playback.pause()
    qtbot.waitUntil(lambda: view.session.selection.anatomy is not None, timeout=RUN_TIMEOUT_MS)
    assert view.session.selection.anatomy.step == math.floor(view.playback.step)
    assert view.session.selection.particle == ParticlePlace(1, 0)


def test_stepping_moves_the_anatomy_on(qtbot, show) -> None:
    view = show(valley())
    select(qtbot, view, ParticlePlace(0, 0), 3.0)
    for step in (4, 5, 4):
        view.playback.step_by(1 if step > view.playback.step else -1)
        qtbot.waitUntil(lambda step=step: view.session.selection.anatomy.step == step)


def test_the_selection_survives_another_run_and_is_dropped_with_its_particle(qtbot, show) -> None:
    view = show(cloud())
    session = view.session
    select(qtbot, view, ParticlePlace(1, 700), 3.0)
    session.edit(replace(session.scene, steps=30), "change steps")
    session.results._take_run((simulate(session.scene), session.surface))
    assert session.selection.particle == ParticlePlace(1, 700)
    session.edit(replace(session.scene, starts=PointStarts(points=((0.5, 0.5),))), "change starts")
    session.results._take_run((simulate(session.scene), session.surface))
    assert session.selection.particle is None


def test_the_selection_follows_its_optimizer(qtbot, show) -> None:
    view = show(valley(3))
    session = view.session
    first, second, third = session.scene.optimizers
    session.selection.select_particle(ParticlePlace(1, 0))
    session.edit(replace(session.scene, optimizers=(replace(first, enabled=False), second, third)), "switch off")
    assert session.selection.particle == ParticlePlace(0, 0)
    session.edit(replace(session.scene, optimizers=(third, second)), "reorder")
    assert session.selection.particle == ParticlePlace(1, 0)
    session.edit(replace(session.scene, optimizers=(third, replace(second, label="other"))), "rename")
    assert session.selection.particle == ParticlePlace(1, 0)
    session.edit(replace(session.scene, optimizers=(third,)), "remove")
    assert session.selection.particle is None


def test_another_scene_has_no_particle_selected(qtbot, show) -> None:
    view = show(valley())
    select(qtbot, view, ParticlePlace(1, 0), 3.0)
    view.session.open(two_wells())
    assert view.session.selection.particle is None


# The panel


def test_the_panel_says_how_to_begin(qtbot, show) -> None:
    view = show(valley())
    assert HINT in texts(panel_of(qtbot, view))


def give_room(panel: AnatomyPanel, name: str) -> None:
    """Make the panel just as wide as its first line is with ``name``, whatever the font."""
    margins = panel.widget().layout().contentsMargins()
    parts = panel.swatch.width(), panel.name.fontMetrics().horizontalAdvance(name), panel.step.sizeHint().width()
    panel.resize(sum(parts) + 2 * 8 + margins.left() + margins.right() + 2, 1200)


def test_names_are_whole_where_there_is_room_and_settings_are_not_broken(qtbot, show) -> None:
    view = show(racers(OptimizerEntry(name="saddle_free_newton"), ADAM))
    panel = panel_of(qtbot, view)
    select(qtbot, view, ParticlePlace(0, 0))
    qtbot.waitUntil(lambda: panel.step.text() == "step 0 → 1")
    give_room(panel, "Saddle-free Newton")
    qtbot.waitUntil(lambda: panel.name.text() == "Saddle-free Newton")
    select(qtbot, view, ParticlePlace(1, 0))
    qtbot.waitUntil(lambda: "ε" in panel.values.text())
    assert "ε\u00a0=\u00a010⁻⁸" in panel.values.text().split("   ")


def test_in_little_room_the_number_of_a_particle_is_told_in_fewer_words(qtbot, show) -> None:
    view = show(cloud(optimizers=(OptimizerEntry(name="saddle_free_newton"),)))
    panel = panel_of(qtbot, view)
    select(qtbot, view, ParticlePlace(0, 341))
    qtbot.waitUntil(lambda: panel.step.text() == "step 0 → 1")
    give_room(panel, "Saddle-free Newton, particle 342")
    qtbot.waitUntil(lambda: panel.name.text() == "Saddle-free Newton, particle 342")
    give_room(panel, "Saddle-free Newton, no. 342")
    qtbot.waitUntil(lambda: panel.name.text() == "Saddle-free Newton, no. 342")


def test_the_numbers_of_the_lesson_by_hand_are_on_the_panel(qtbot, show) -> None:
    view = show(load_scene(asset_path("lessons") / "04-momentum-by-hand.gradsim"))
    panel = panel_of(qtbot, view)
    for step, position in ((0, "= 0.99"), (1, "= 0.9711"), (2, "= 0.944379")):
        select(qtbot, view, ParticlePlace(0, 0), float(step))
        assert panel.formulas[0]._lines[-1].endswith(position)
        assert f"step {step} → {step + 1}" in texts(panel)
    assert "0.9 \\cdot 1.89 + 0.9711 = 2.6721" in panel.formulas[0]._lines[1]
    assert "η = 0.01" in texts(panel)
    qtbot.waitUntil(lambda: panel.formulas[0].is_set)
    panel.stop()


@pytest.mark.parametrize(("name", "convention"), METHODS)
@pytest.mark.parametrize("dimension", [1, 2])
def test_every_rule_can_be_set_with_its_numbers(qtbot, show, name: str, convention: str, dimension: int) -> None:
    from gradsim.ui.widgets.type_setting import set_formula

    entry = OptimizerEntry(name=name, convention=convention)
    view = show(racers(entry) if dimension == 2 else two_wells(optimizers=(entry,)))
    anatomy = select(qtbot, view, ParticlePlace(0, 0), 2.0)
    lines = [line for axis in range(dimension) for line in filled_lines(anatomy, axis)]
    assert len(lines) >= 2
    for line in lines:
        assert set_formula(line, 13.0, "#FFFFFF").startswith(b"<svg")


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_weight_decay_is_a_line_of_its_own_and_no_noise(goal: str, noise: float) -> None:
    gradient = NoisyGradient(std=noise) if noise else ExactGradient()
    h = {"learning_rate": 0.001, "weight_decay": 0.25}
    entry = OptimizerEntry(name="gradient_descent", hyperparameters=h, gradient=gradient)
    scene = racers(entry, goal=goal, starts=PointStarts(points=((-1.0, 2.0),)))
    anatomy = dissect(simulate(scene), compile_surface(scene.surface), 0, particle=0, step=0)
    first, decayed, moved = filled_lines(anatomy, 1)
    seen = anatomy.update.gradient[1] - 0.25 * 2.0
    assert ("noise" in first) == (noise > 0.0)
    assert first.endswith(f"= {latex_number(seen)}".replace("= -", "= {-}"))
    assert r"+ 0.25 \cdot 2 =" in decayed
    assert moved.startswith("y")
    plain = replace(entry, hyperparameters={"learning_rate": 0.001})
    scene = replace(scene, optimizers=(plain,))
    anatomy = dissect(simulate(scene), compile_surface(scene.surface), 0, particle=0, step=0)
    assert len(filled_lines(anatomy, 1)) == 2  # a decay of 0 is not worth a line


def test_lines_that_do_not_hold_are_left_out() -> None:
    scene = racers(OptimizerEntry(name="rprop", hyperparameters={"learning_rate": 0.02}))
    run, surface = simulate(scene), compile_surface(scene.surface)
    first, third = ("\n".join(filled_lines(dissect(run, surface, 0, particle=0, step=k), 0)) for k in (0, 2))
    assert r"\Delta_x \leftarrow 0.02" in first
    assert r"1.2 \cdot" not in first
    assert r"\Delta_x \leftarrow 1.2 \cdot 0.024 = 0.0288" in third


def test_the_panel_tells_why_there_is_no_update(qtbot, show) -> None:
    steep = FormulaSurface(formula="x^4")
    entry = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 5.0})
    view = show(two_wells(surface=steep, optimizers=(entry,), domain=Domain(x=(-2.0, 2.0))))
    panel = panel_of(qtbot, view)
    select(qtbot, view, ParticlePlace(0, 0), 39.0)
    assert DIVERGED in texts(panel)
    view.grab()
    calm = show(valley())
    panel = panel_of(qtbot, calm)
    select(qtbot, calm, ParticlePlace(0, 0), 40.0)
    assert ENDED in texts(panel)
    calm.grab()
    calm.playback.seek(0)
    calm.playback.play()
    assert PLAYING in texts(panel)
    calm.playback.pause()


def test_a_particle_outside_the_map_is_no_trouble(qtbot, show) -> None:
    view = show(valley())
    select(qtbot, view, ParticlePlace(0, 0), 3.0)
    view.gestures.zoom_by(40.0, QPointF(view.picture.layout.area.bottomLeft()), view.picture.overlay)
    view.grab()
    assert not np.isnan(view.picture.viewport.scale[0])


def test_arrows_outside_the_map_have_no_labels_on_it(qtbot, show, monkeypatch: pytest.MonkeyPatch) -> None:
    view = show(racers(ADAM))
    select(qtbot, view, ParticlePlace(0, 0), 3.0)
    labels = []
    monkeypatch.setattr(anatomy_marks, "draw_label", lambda _painter, _rect, text, *_: labels.append(text))
    view.grab()
    assert labels
    labels.clear()
    view.gestures.zoom_by(8.0, QPointF(view.picture.layout.area.bottomLeft()), view.picture.overlay)
    view.grab()
    assert not labels


def test_readings_give_way_to_the_arrows(qtbot, show) -> None:
    view = show(valley())
    view.mouse.choose("select")
    assert view.mouse.tool.reads_out
    select(qtbot, view, ParticlePlace(0, 0), 3.0)
    assert not view.mouse.tool.reads_out
    view.mouse.choose("move")
    assert view.mouse.tool.reads_out


@pytest.mark.parametrize("step", [0, 3, 7])
def test_labels_cover_no_arrow_head(qtbot, show, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    view = show(load_scene(asset_path("lessons") / "04-momentum-by-hand.gradsim"))
    view.resize(1340, 740)
    anatomy = select(qtbot, view, ParticlePlace(0, 0), float(step))
    labels = []
    monkeypatch.setattr(anatomy_marks, "draw_label", lambda _painter, rect, *_: labels.append(rect))
    view.grab()
    assert labels
    ends = [arrow.end for arrow in arrows_of(anatomy, view.picture.overlay) if arrow.kind != "rest"]
    heads = [QRectF(end.x() - 4, end.y() - 4, 8, 8) for end in ends]
    assert not [head for head in heads if any(label.intersects(head) for label in labels)]


def test_on_a_small_panel_no_label_covers_another_and_the_magnification_is_told(
    qtbot, show, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = load_scene(asset_path("presets") / "opening.gradsim")
    view = show(replace(scene, view=replace(scene.view, layout="panels")))
    view.resize(460, 320)
    written = {}
    monkeypatch.setattr(anatomy_marks, "draw_label", lambda _painter, rect, text, *_: written.update({text: rect}))
    select(qtbot, view, ParticlePlace(4, 0), 14.0)
    written.clear()
    view.grab()
    assert any(text.startswith("arrows ×") for text in written)
    rects = list(written.values())
    assert not [(a, b) for k, a in enumerate(rects) for b in rects[:k] if a.intersects(b)]
