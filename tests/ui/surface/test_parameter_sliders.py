"""Parameters of the formula: sliders with range and step, and the swing that moves one by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import enter_number
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradsim.core.scene import FormulaSurface, ParameterSlider
from gradsim.ui.session import Session
from gradsim.ui.surface.parameter_sliders import ParameterSliders
from gradsim.ui.surface.swing import Swing


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sliders(qtbot: QtBot, session: Session, clock: Clock) -> Iterator[ParameterSliders]:
    swing = Swing(clock=clock)
    sliders = ParameterSliders(session, swing=swing)
    qtbot.addWidget(sliders)
    sliders.resize(220, 300)
    sliders.show()
    yield sliders
    sliders.stop()


def value(session: Session) -> float:
    return session.scene.surface.parameters["a"]


def swing_for(sliders: ParameterSliders, clock: Clock, seconds: float, n_ticks: int = 10) -> None:
    for _ in range(n_ticks):
        clock.now += seconds / n_ticks
        sliders.swing.tick()


def with_slider(session: Session, slider: ParameterSlider) -> None:
    session.edit(replace(session.scene, view=replace(session.scene.view, sliders={"a": slider})))


def test_range_and_step_are_typed_and_kept_in_the_view(
    qtbot: QtBot, sliders: ParameterSliders, session: Session
) -> None:
    row = sliders.rows["a"]
    assert row.settings is None
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    assert row.settings.isVisible()
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    assert not row.settings.isVisible()
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    for key, text in (("low", "0"), ("high", "2*pi"), ("step", "1/2"), ("period_s", "3")):
        enter_number(qtbot, row.settings.fields[key], text)
    slider = session.scene.view.sliders["a"]
    assert (slider.low, slider.step, slider.period_s) == (0.0, 0.5, 3.0)
    assert slider.high == pytest.approx(6.283185307179586)
    assert session.undo_name is None


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("low", "11"),
        ("low", "-1e200"),
        ("low", "9.9999999"),
        ("step", "-1"),
        ("step", "50"),
        ("step", "1e-300"),
        ("period_s", "0"),
        ("period_s", "4000"),
    ],
)
def test_a_range_that_cannot_be_is_refused_in_one_line(
    qtbot: QtBot, sliders: ParameterSliders, session: Session, key: str, text: str
) -> None:
    with_slider(session, ParameterSlider(low=1.0, high=10.0))
    row = sliders.rows["a"]
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    enter_number(qtbot, row.settings.fields[key], text)
    assert session.scene.view.sliders["a"] == ParameterSlider(low=1.0, high=10.0)
    assert row.settings.fields[key].value == getattr(row.slider, key)
    assert sliders.error.isVisible()
    assert "\n" not in sliders.error.text()
    enter_number(qtbot, row.settings.fields[key], "5")
    assert not sliders.error.isVisible()


def test_with_a_step_the_slider_gives_its_multiples_only(
    qtbot: QtBot, sliders: ParameterSliders, session: Session
) -> None:
    with_slider(session, ParameterSlider(low=-1.0, high=2.0, step=0.3))
    slider = sliders.rows["a"].row.slider
    seen = set()
    for tick in range(0, slider.maximum() + 1, slider.maximum() // 140):
        slider.setValue(tick)
        seen.add(value(session))
    assert sorted(seen) == [-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8]
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert value(session) == 1.5


def test_a_swing_is_live_and_one_undo(qtbot: QtBot, sliders: ParameterSliders, session: Session, clock: Clock) -> None:
    with_slider(session, ParameterSlider(low=0.0, high=8.0, period_s=4.0))
    before = value(session)
    qtbot.mouseClick(sliders.rows["a"].play, Qt.MouseButton.LeftButton)
    seen = []
    for _ in range(20):
        swing_for(sliders, clock, 0.2, 1)
        seen.append(value(session))
    assert max(seen) > 7.5
    assert min(seen) < 0.5
    assert len(set(seen)) > 9
    assert sliders.rows["a"].row.value == seen[-1]
    qtbot.mouseClick(sliders.rows["a"].play, Qt.MouseButton.LeftButton)
    assert not sliders.swing.running
    assert session.undo_name == "animate a"
    session.undo()
    assert value(session) == before
    assert session.undo_name is None


def test_a_swing_with_a_step_keeps_to_its_multiples(
    qtbot: QtBot, sliders: ParameterSliders, session: Session, clock: Clock
) -> None:
    with_slider(session, ParameterSlider(low=0.0, high=8.0, step=2.0, period_s=4.0))
    qtbot.mouseClick(sliders.rows["a"].play, Qt.MouseButton.LeftButton)
    seen = set()
    for _ in range(40):
        swing_for(sliders, clock, 0.1, 1)
        seen.add(value(session))
    assert seen == {0.0, 2.0, 4.0, 6.0, 8.0}


def test_two_swings_are_two_undos(qtbot: QtBot, sliders: ParameterSliders, session: Session, clock: Clock) -> None:
    play = sliders.rows["a"].play
    for _ in range(2):
        qtbot.mouseClick(play, Qt.MouseButton.LeftButton)
        swing_for(sliders, clock, 1.0)
        qtbot.mouseClick(play, Qt.MouseButton.LeftButton)
    session.undo()
    assert session.undo_name == "animate a"


def test_a_hand_on_the_slider_ends_the_swing(
    qtbot: QtBot, sliders: ParameterSliders, session: Session, clock: Clock
) -> None:
    row = sliders.rows["a"]
    qtbot.mouseClick(row.play, Qt.MouseButton.LeftButton)
    swing_for(sliders, clock, 0.5)
    qtbot.mousePress(row.row.slider, Qt.MouseButton.LeftButton)
    assert not sliders.swing.running
    qtbot.mouseRelease(row.row.slider, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("how", ["other edit", "undo", "another scene", "another formula"])
def test_what_else_ends_a_swing(
    qtbot: QtBot, sliders: ParameterSliders, session: Session, clock: Clock, how: str
) -> None:
    qtbot.mouseClick(sliders.rows["a"].play, Qt.MouseButton.LeftButton)
    swing_for(sliders, clock, 0.5)
    if how == "other edit":
        session.edit(replace(session.scene, steps=70), "change steps")
    elif how == "undo":
        session.undo()
    elif how == "another scene":
        session.open(session.scene)
    else:
        session.edit(replace(session.scene, surface=FormulaSurface(formula="x^2 + b*y^2")), "change formula")
    assert not sliders.swing.running
    after = session.scene
    swing_for(sliders, clock, 0.5)
    assert session.scene is after


def test_looking_around_does_not_end_a_swing(
    qtbot: QtBot, sliders: ParameterSliders, session: Session, clock: Clock
) -> None:
    qtbot.mouseClick(sliders.rows["a"].play, Qt.MouseButton.LeftButton)
    session.edit(replace(session.scene, view=replace(session.scene.view, x=(-1.0, 1.0), y=(-1.0, 1.0))))
    assert sliders.swing.running


def test_a_value_beyond_the_slider_widens_a_range_of_its_own_only(
    qtbot: QtBot, sliders: ParameterSliders, session: Session
) -> None:
    row = sliders.rows["a"]
    enter_number(qtbot, row.row.field, "300")
    assert row.slider.high >= 300
    with_slider(session, ParameterSlider(low=0.0, high=1.0))
    enter_number(qtbot, row.row.field, "5")
    assert row.slider == ParameterSlider(low=0.0, high=1.0)
    assert value(session) == 5.0


def test_long_names_leave_the_slider_its_room(qtbot: QtBot, sliders: ParameterSliders, session: Session) -> None:
    surface = FormulaSurface(formula="x^2 + y^2*a_rather_long_parameter_name + a")
    session.edit(replace(session.scene, surface=surface), "change formula")
    rows = list(sliders.rows.values())
    qtbot.waitUntil(lambda: len({row.row.slider.x() for row in rows}) == 1)
    assert all(row.row.slider.width() >= 40 for row in rows)


def test_rows_that_stay_keep_what_is_unfolded(qtbot: QtBot, sliders: ParameterSliders, session: Session) -> None:
    qtbot.mouseClick(sliders.rows["a"].more, Qt.MouseButton.LeftButton)
    session.edit(replace(session.scene, surface=FormulaSurface(formula="b*x^2 + a*y^2")), "change formula")
    assert list(sliders.rows) == ["b", "a"]
    assert sliders.rows["a"].settings.isVisible()
    qtbot.waitUntil(lambda: sliders.rows["b"].y() < sliders.rows["a"].y())


@pytest.mark.parametrize("typed", ["1e100", "-1e-100", "1e300", "0"])
def test_extreme_values_leave_a_slider_that_works(
    qtbot: QtBot, sliders: ParameterSliders, session: Session, clock: Clock, typed: str
) -> None:
    row = sliders.rows["a"]
    enter_number(qtbot, row.row.field, typed)
    qtbot.mouseClick(row.play, Qt.MouseButton.LeftButton)
    swing_for(sliders, clock, 1.0)
    assert row.slider.low <= value(session) <= row.slider.high


def test_a_scene_whose_step_has_no_multiple_slides_smoothly(sliders: ParameterSliders, session: Session) -> None:
    with_slider(session, ParameterSlider(low=0.2, high=0.8, step=1.0))
    slider = sliders.rows["a"].row.slider
    slider.setValue(slider.maximum() // 2)
    assert 0.2 < value(session) < 0.8
