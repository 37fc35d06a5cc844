"""The menus: what stands in them, what they do, and that the list of shortcuts tells the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from gradsim.core.scene_file import save_scene
from gradsim.ui.optimizers.card_menu import CARD_KEYS
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import SCALE_PERCENTS, apply_theme, current_theme, next_scale, saved_scale, theme_hub
from gradsim.ui.timeline.playback_keys import PLAYBACK_KEYS
from gradsim.ui.window.help_dialogs import ShortcutsDialog, shortcut_groups
from gradsim.ui.window.lessons import Lesson, lessons
from gradsim.ui.window.main_window import MainWindow
from gradsim.ui.window.recent_files import MAX_FILES, RecentFiles, distinct_names
from gradsim.ui.window.window_commands import COMMANDS, MENUS

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window whose workers do not work: menus need no race."""
    window = MainWindow(session, playback)
    monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
    window.resize(1280, 800)
    window.show()
    yield window
    window.stop()
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.close()
    window.deleteLater()
    apply_theme(QApplication.instance(), "dark")


def opened(window: MainWindow, title: str) -> QMenu:
    menu = window.top_bar.menu_bar.menus[title]
    menu.aboutToShow.emit()
    return menu


def entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def test_every_command_says_in_one_sentence_what_it_does() -> None:
    assert len(COMMANDS) > 20
    for command in COMMANDS.values():
        assert command.tip.endswith(".")
        assert command.tip.count(".") == 1, command.tip
        assert command.tip[0].isupper()


def test_no_two_commands_share_a_shortcut_and_none_takes_a_key_of_the_playback() -> None:
    keys = [QKeySequence(each).toString() for command in COMMANDS.values() for each in command.keys]
    assert all(keys), "each is a key that Qt knows"
    assert [key for key, n in Counter(keys).items() if n > 1] == []
    assert not set(keys) & {QKeySequence(each).toString() for row in PLAYBACK_KEYS for each in row.keys}


def test_no_two_menus_open_with_the_same_letter() -> None:
    letters = [menu.title[menu.title.index("&") + 1].lower() for menu in MENUS]
    assert len(set(letters)) == len(letters) == 5


def test_every_command_stands_in_a_menu_and_does_something(window: MainWindow) -> None:
    shown = {action for menu in window.top_bar.menu_bar.menus.values() for action in menu.actions()}
    for name in COMMANDS:
        action = window.actions_[name]
        assert action in shown
        assert action.receivers("2triggered(bool)") > 0, name
        assert action.toolTip().endswith(".")


def test_every_entry_of_every_open_menu_says_what_it_does(window: MainWindow) -> None:
    checked = 0
    for title in window.top_bar.menu_bar.menus:
        for action in opened(window, title).actions():
            if not action.isSeparator() and action.menu() is None:
                assert action.toolTip().endswith("."), action.text()
                checked += 1
    assert checked > 40


def test_undo_and_redo_name_the_change(window: MainWindow, session: Session) -> None:
    undo, redo = window.actions_["undo"], window.actions_["redo"]
    assert (undo.text(), undo.isEnabled()) == ("Undo", False)
    session.edit(replace(session.scene, steps=99), "change steps")
    assert (undo.text(), undo.isEnabled()) == ("Undo change steps", True)
    assert window.top_bar.undo.toolTip() == "Undo “change steps” (Ctrl+Z)."
    undo.trigger()
    assert (undo.text(), redo.text()) == ("Undo", "Redo change steps")
    assert window.top_bar.redo.toolTip() == "Redo “change steps” (Ctrl+Shift+Z)."


def test_the_layout_of_the_map_is_chosen_by_key_by_switch_and_by_menu(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    together, apart = window.top_bar.layout_switch.buttons
    assert together.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert session.scene.view.layout == "panels"
    assert apart.isChecked()
    qtbot.mouseClick(together, Qt.MouseButton.LeftButton)
    assert session.scene.view.layout == "map"
    entry(opened(window, "View"), "Side by side").trigger()
    assert session.scene.view.layout == "panels"
    assert session.undo_name is None


def test_the_theme_is_chosen_in_the_menu_which_ticks_it(window: MainWindow) -> None:
    theme = window.top_bar.menu_bar.menus["Theme"]
    entry(theme, "Light").trigger()
    assert current_theme().name == "light"
    assert [action.text() for action in theme.actions() if action.isChecked()] == ["Light"]


def test_the_interface_grows_and_shrinks_by_key_and_remembers(qtbot: QtBot, window: MainWindow) -> None:
    height = window.top_bar.menu_bar.sizeHint().height()
    qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    assert theme_hub().scale == saved_scale() == 1.1
    assert window.actions_["size_110"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    assert theme_hub().scale == 1.25
    assert window.top_bar.menu_bar.sizeHint().height() > height
    qtbot.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    assert theme_hub().scale == 1.1
    qtbot.keyClick(window, Qt.Key.Key_0, CONTROL)
    assert theme_hub().scale == saved_scale() == 1.0


def test_sizes_end_at_the_smallest_and_the_largest() -> None:
    assert next_scale(2.0, 1) == 2.0
    assert next_scale(0.8, -1) == 0.8
    scale, walked = 0.8, [80]
    while (larger := next_scale(scale, 1)) != scale:
        scale = larger
        walked.append(round(100 * scale))
    assert tuple(walked) == SCALE_PERCENTS


def test_panels_are_hidden_and_shown_from_the_view_menu(window: MainWindow) -> None:
    action = entry(opened(window, "View"), "Loss")
    assert action.isChecked()
    action.trigger()
    assert not window.panel("loss").isVisible()
    action = entry(opened(window, "View"), "Loss")
    assert not action.isChecked()
    action.trigger()
    assert window.panel("loss").isVisible()


def test_reset_layout_brings_back_what_was_hidden_and_floated(window: MainWindow) -> None:
    loss, optimizers = window.docks.docks["loss"], window.docks.docks["optimizers"]
    loss.hide()
    optimizers.setFloating(True)
    window.actions_["reset_layout"].trigger()
    assert loss.isVisible()
    assert not optimizers.isFloating()
    center = window.docks.centralWidget().geometry()
    assert optimizers.geometry().left() > center.right()
    assert loss.geometry().top() > center.bottom()
    assert loss.geometry().right() <= center.right(), "it lies under the map only"


def test_recent_files_come_latest_first_without_doubles_and_can_be_cleared(tmp_path: Path) -> None:
    recent = RecentFiles()
    files = [tmp_path / f"{i}.gradsim" for i in range(MAX_FILES + 3)]
    for file in (*files, files[-2]):
        recent.add(file)
    assert RecentFiles().paths[:2] == (files[-2], files[-1])
    assert len(recent.paths) == len(set(recent.paths)) == MAX_FILES
    recent.clear()
    assert recent.paths == ()


def test_files_of_the_same_name_are_told_apart_by_their_folder(tmp_path: Path) -> None:
    paths = (tmp_path / "a" / "race.gradsim", tmp_path / "b" / "race.gradsim", tmp_path / "other.gradsim")
    first, second, third = distinct_names(paths)
    assert first != second
    assert third == "other.gradsim"


def test_a_saved_scene_is_offered_again_and_opens(window: MainWindow, session: Session, tmp_path: Path) -> None:
    session.path = tmp_path / "race.gradsim"
    window.files.save()
    session.open(replace(session.scene, title="Something else"))
    entry(opened(window, "Open recent"), "race.gradsim").trigger()
    assert session.title == "Bowl"
    assert session.path == tmp_path / "race.gradsim"


def test_a_recent_file_that_is_gone_is_dropped_with_a_word(
    window: MainWindow, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "gone.gradsim"
    save_scene(session.scene, path)
    window.files.open_path(path)
    path.unlink()
    before, said = session.scene, []
    session.message.connect(said.append)
    entry(opened(window, "Open recent"), "gone.gradsim").trigger()
    assert session.scene is before
    assert "gone.gradsim" in said[-1]
    assert [action.text() for action in opened(window, "Open recent").actions()] == ["No file yet"]


def test_lessons_open_from_their_menu_one_after_the_other(window: MainWindow, session: Session) -> None:
    def lesson_entry(lesson: Lesson) -> QAction:
        return entry(entry(opened(window, "Lessons"), lesson.group).menu(), lesson.title)

    for lesson in (lessons()[-1], lessons()[0]):
        lesson_entry(lesson).trigger()
        assert session.template == lesson.path
        assert session.path is None
        assert lesson_entry(lesson).isChecked()
    window.actions_["next_lesson"].trigger()
    assert session.title == lessons()[1].title
    window.actions_["previous_lesson"].trigger()
    assert session.title == lessons()[0].title


def test_a_lesson_that_was_tried_out_gives_way_without_a_question_and_undo_brings_it_back(
    window: MainWindow, session: Session
) -> None:
    window.actions_["next_lesson"].trigger()
    fresh = session.scene
    session.edit(replace(fresh, steps=77), "change steps")
    for _ in range(2):
        window.actions_["next_lesson"].trigger()  # a question would wait for ever
    assert (session.title, session.modified) == (lessons()[2].title, False)
    assert session.undo_name == "open lesson"
    for lesson in (lessons()[1], lessons()[0]):
        window.actions_["undo"].trigger()
        assert (session.title, session.template) == (lesson.title, lesson.path)
    assert session.scene.steps == 77
    assert session.modified
    assert session.undo_name == "change steps"
    window.actions_["undo"].trigger()
    assert session.scene == fresh
    assert not session.modified
    assert session.undo_name is None


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Discard, QMessageBox.StandardButton.Cancel])
def test_lessons_that_were_tried_out_are_asked_about_once_before_they_are_lost(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton
) -> None:
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or answer)
    window.actions_["next_lesson"].trigger()
    assert window.files.may_leave()  # nothing has been changed
    session.edit(replace(session.scene, steps=77), "change steps")
    window.actions_["next_lesson"].trigger()
    assert asked == []
    assert window.files.may_leave() == (answer == QMessageBox.StandardButton.Discard)
    assert asked == [f"Discard the changes to “{lessons()[0].title}”?"]
    window.actions_["undo"].trigger()
    assert session.scene.steps == 77


def test_the_list_of_shortcuts_has_every_key_of_the_tables(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ShortcutsDialog(window)
    qtbot.addWidget(dialog)
    shown = {line.text() for line in dialog.findChildren(QLabel)}
    for command in COMMANDS.values():
        if command.keys:
            assert command.text in shown
    for row in PLAYBACK_KEYS:
        assert {row.name, row.text} <= shown
    assert {*CARD_KEYS, "Ctrl+D", "Choose another method"} <= shown
    assert sum(len(rows) for _, rows in shortcut_groups()) > 25


def test_no_key_is_said_to_do_two_things_in_the_same_place() -> None:
    """The arrows step through the race, but look around on a map that has the focus: the list says so."""
    groups = dict(shortcut_groups())
    anywhere = [keys for name in ("Playback", "Map") for keys, _ in groups[name]]
    alone = [key for keys in anywhere for key in keys.split(", ")]
    assert len(alone) == len(set(alone)) > 20
    assert {"Look left", "Look right"} <= {text for _, text in groups["Map with the focus"]}


def test_a_menu_opens_with_alt_and_its_letter(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    view = window.top_bar.menu_bar.menus["View"]
    qtbot.waitUntil(view.isVisible)
    view.hide()
