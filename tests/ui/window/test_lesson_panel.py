"""The lessons as the window offers them."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradsim.core.gallery import GALLERY
from gradsim.core.scene_file import load_scene
from gradsim.resources import asset_path
from gradsim.ui.edits import with_surface
from gradsim.ui.session import Session
from gradsim.ui.window.lesson_panel import LessonPanel
from gradsim.ui.window.lessons import lessons, neighbour


def test_every_shipped_lesson_is_offered_once_under_a_title_of_its_own() -> None:
    assert sorted(lesson.path for lesson in lessons()) == sorted(asset_path("lessons").glob("*.gradsim"))
    assert len({lesson.title for lesson in lessons()}) == len(lessons()) > 10


def test_lessons_of_a_group_stand_together() -> None:
    groups = [lesson.group for lesson in lessons()]
    changes = sum(a != b for a, b in itertools.pairwise(groups))
    assert changes == len(set(groups)) - 1


def test_walking_through_the_lessons_meets_all_of_them_and_ends() -> None:
    walked, path = [], None
    while (lesson := neighbour(path, 1)) is not None:
        walked.append(lesson)
        path = lesson.path
    assert walked == list(lessons())
    assert neighbour(walked[0].path, -1) is None
    assert neighbour(walked[3].path, -1) == walked[2]


@pytest.fixture
def panel(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> LessonPanel:
    monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
    panel = LessonPanel(session)
    qtbot.addWidget(panel)
    qtbot.addWidget(panel.title_widget)
    panel.resize(288, 400)
    panel.show()
    return panel


def test_the_panel_shows_the_text_of_the_lesson_and_its_place(panel: LessonPanel, session: Session) -> None:
    third = lessons()[2]
    session.open(load_scene(third.path), template=third.path)
    assert third.title in panel.accessibleName()
    assert panel.text == session.scene.description
    assert panel.place.text() == f"3 of {len(lessons())}"
    assert len(panel.paragraphs) == 3
    for paragraph in panel.paragraphs:
        assert paragraph.height() >= paragraph.heightForWidth(paragraph.width()), "nothing is cut"


def test_a_text_that_fits_without_a_scroll_bar_loses_it(qtbot: QtBot, panel: LessonPanel, session: Session) -> None:
    bar = panel.verticalScrollBar()
    for lesson in lessons():
        session.open(load_scene(lesson.path), template=lesson.path)
        panel.resize(288, 100)
        qtbot.waitUntil(bar.isVisible)
        panel.resize(288, panel.sizeHint().height())
        qtbot.waitUntil(lambda: not bar.isVisible())


def test_the_panel_asks_for_the_lessons_before_and_after(qtbot: QtBot, panel: LessonPanel, session: Session) -> None:
    first = lessons()[0]
    session.open(load_scene(first.path), template=first.path)
    assert not panel.previous.isEnabled()
    with qtbot.waitSignal(panel.neighbour_wanted) as asked:
        qtbot.mouseClick(panel.next, Qt.MouseButton.LeftButton)
    assert asked.args == [1]
    last = lessons()[-1]
    session.open(load_scene(last.path), template=last.path)
    assert panel.previous.isEnabled()
    assert not panel.next.isEnabled()


def test_another_surface_takes_the_text_away_and_undo_brings_it_back(panel: LessonPanel, session: Session) -> None:
    first = lessons()[0]
    session.open(load_scene(first.path), template=first.path)
    text = panel.text
    preset = GALLERY["beale"]
    session.edit(with_surface(session.scene, preset.surface, preset.domain, preset.start, preset.title), "choose Beale")
    assert session.scene.description == ""
    assert panel.text != text
    session.undo()
    assert panel.text == text
