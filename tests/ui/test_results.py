"""What workers make of a scene: stale results are dropped, and nothing is worked out twice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot
from small_races import with_learning_rate
from waiting import RUN_TIMEOUT_MS

from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, Scene, UniformStarts
from gradsim.ui.edits import with_formula
from gradsim.ui.session import Session


def test_start_gives_run_surface_and_critical_points(session: Session, qtbot: QtBot) -> None:
    session.start()
    qtbot.waitUntil(lambda: session.run is not None and session.critical_points is not None, timeout=RUN_TIMEOUT_MS)
    assert session.run.scene == session.scene
    assert session.surface.dimension == 2
    assert [point.kind for point in session.critical_points] == ["minimum"]


def test_an_edit_is_simulated_again(run_session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(run_session.run_changed, timeout=RUN_TIMEOUT_MS):
        run_session.edit(replace(run_session.scene, steps=80), "change steps")
    assert run_session.run.last_step == 80


def test_a_drag_ends_with_the_run_of_its_last_value(run_session: Session, qtbot: QtBot) -> None:
    for number in range(1, 40):
        run_session.edit(with_learning_rate(run_session.scene, number / 1000), "change learning rate", merge=True)
        qtbot.wait(2)
    qtbot.waitUntil(lambda: run_session.run.scene == run_session.scene, timeout=RUN_TIMEOUT_MS)


def test_how_it_is_shown_is_not_simulated_again(run_session: Session, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(run_session.run_changed, wait=100):
        run_session.edit(replace(run_session.scene, view=replace(run_session.scene.view, trail=3)))


def test_critical_points_are_searched_only_for_another_surface_or_domain(run_session: Session, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(run_session.critical_points_changed, wait=100):
        run_session.edit(replace(run_session.scene, steps=70), "change steps")
    with qtbot.waitSignals([run_session.critical_points_changed] * 2, timeout=RUN_TIMEOUT_MS):
        run_session.edit(replace(run_session.scene, domain=Domain(x=(1.0, 2.0), y=(1.0, 2.0))), "change domain")
    assert len(run_session.critical_points) == 0


def test_run_and_surface_never_differ_in_dimension(run_session: Session, qtbot: QtBot) -> None:
    seen = []

    def look(*_: object) -> None:
        if run_session.run is not None:
            seen.append((run_session.run.dimension, run_session.surface.dimension))

    for signal in (run_session.run_changed, run_session.surface_changed):
        signal.connect(look)
    for formula in ("x^2", "x^2 + y^2", "x^4", "x*y + x^4 + y^4", "cos(x)"):
        run_session.edit(with_formula(run_session.scene, formula), "change formula")
        qtbot.wait(3)
    qtbot.waitUntil(lambda: run_session.run is not None and run_session.run.dimension == 1, timeout=RUN_TIMEOUT_MS)
    qtbot.waitUntil(lambda: run_session.run.scene == run_session.scene, timeout=RUN_TIMEOUT_MS)
    assert seen
    assert all(of_run == of_surface for of_run, of_surface in seen)


def test_stopping_during_a_simulation_does_not_hang(run_session: Session, qtbot: QtBot) -> None:
    heavy = replace(run_session.scene, starts=UniformStarts(n=20_000), steps=5_000)
    run_session.edit(heavy, "change starts")
    qtbot.wait(30)
    run_session.stop()


def test_a_memory_budget_chosen_during_the_first_race_holds_for_it(session: Session, qtbot: QtBot) -> None:
    session.edit(replace(session.scene, starts=UniformStarts(n=3_000)), "change starts")
    session.start()
    assert session.run is None
    session.results.set_memory_budget(2**22)
    qtbot.waitUntil(lambda: session.run is not None and session.run.replay is not None, timeout=RUN_TIMEOUT_MS)


def test_machine_code_is_made_anew_for_formulas_methods_and_crowds_but_not_for_hyperparameters(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Scene] = []
    monkeypatch.setattr(session.results._native_job, "submit", lambda _, scene: asked.append(scene))
    scene = replace(
        session.scene,
        surface=FormulaSurface(formula="a*x^2 + y^2", parameters={"a": 1.0}),
        optimizers=(OptimizerEntry(name="adam"),),
    )
    slower = replace(scene, optimizers=(OptimizerEntry(name="adam", hyperparameters={"learning_rate": 0.01}),))
    steeper = replace(slower, surface=FormulaSurface(formula="a*x^2 + y^2", parameters={"a": 3.0}))
    other = replace(steeper, optimizers=(OptimizerEntry(name="adam"), OptimizerEntry(name="lion")))
    crowd = replace(scene, starts=UniformStarts(n=3_000))
    for each in (scene, slower, steeper, other, scene, crowd):
        session.results._compile(each)
    assert asked == [scene, other, scene, crowd]
