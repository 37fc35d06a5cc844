"""The whole window: keys, files, what is never lost, and that everything fits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import PATIENCE_S
from hands import let_all_be_laid_out, save_session
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.errors import SimulationError
from gradsim.core.scene import GaussianStarts, Scene, UniformStarts
from gradsim.core.scene_file import load_scene, save_scene
from gradsim.ui.drawing.competitors import Standing
from gradsim.ui.playback import Playback
from gradsim.ui.race_memory import saved_memory_mib
from gradsim.ui.session import Session
from gradsim.ui.surface.formula_edit import FormulaEdit
from gradsim.ui.theme import apply_theme, current_theme, saved_theme_name
from gradsim.ui.window.lessons import lessons
from gradsim.ui.window.main_window import MainWindow
from gradsim.ui.window.scene_files import opening_scene
from gradsim.ui.window.window_choices import choose_theme

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Button = QMessageBox.StandardButton


@pytest.fixture
def window(qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    window = MainWindow(session, playback)
    window.resize(1280, 800)
    window.show()
    with qtbot.waitSignal(session.run_changed, timeout=RUN_TIMEOUT_MS):
        session.start()
    yield window
    window.stop()
    # A formula that is still being typed becomes an edit when the focus leaves: closing must not ask for ever.
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.close()
    window.deleteLater()


def answer(button: Button) -> None:
    """Press ``button`` of the next message box."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            box.button(button).click()
        else:
            QTimer.singleShot(10, press)

    QTimer.singleShot(0, press)


def modify(session: Session) -> Scene:
    session.edit(replace(session.scene, steps=99), "change steps")
    return session.scene


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    nowhere = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, *nowhere))


def test_space_arrows_home_and_end_drive_the_playback(qtbot: QtBot, window: MainWindow, playback: Playback) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert playback.playing
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert not playback.playing
    qtbot.keyClick(window, Qt.Key.Key_End)
    assert playback.step == 60
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert playback.step == 59
    qtbot.keyClick(window, Qt.Key.Key_Home)
    assert playback.step == 0
    qtbot.keyClick(window, Qt.Key.Key_Right)
    assert playback.step == 1


def test_keys_belong_to_the_text_that_is_being_typed(qtbot: QtBot, window: MainWindow, playback: Playback) -> None:
    field = window.panel("surface").formula.text
    field.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(field, key)
    assert not playback.playing
    assert playback.step == 0


def test_clicking_a_control_does_not_take_the_keys_away(qtbot: QtBot, window: MainWindow, playback: Playback) -> None:
    card = window.panel("optimizers").cards[0]
    for control in (card.rows["learning_rate"].slider, card.head.switch, window.playback_bar.loop):
        qtbot.mouseClick(control, Qt.MouseButton.LeftButton)
        assert not control.hasFocus()


def test_enter_in_a_number_gives_the_keys_back(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    field = window.panel("race").steps
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "70")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.scene.steps == 70
    assert not field.hasFocus()


def test_the_playback_keeps_the_keys_when_a_dialog_closes(qtbot: QtBot, window: MainWindow, playback: Playback) -> None:
    window.panel("surface").formula.text.setFocus()
    qtbot.mouseClick(window.top_bar, Qt.MouseButton.LeftButton)
    dialog = QDialog(window)
    dialog.show()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert window.hasFocus()  # else Qt would give it to the first field, the formula
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert playback.playing


def test_a_message_does_not_take_the_place_of_the_title(window: MainWindow, session: Session) -> None:
    window.resize(1280, 800)
    session.edit(replace(session.scene, title="A dent on the way"))
    session.message.emit("A word to the user, which may be a long one: longer than what there is room for in the bar.")
    QApplication.processEvents()
    assert window.top_bar.title.text() == "A dent on the way •"
    assert window.top_bar.message.text().startswith("A word")
    assert window.top_bar.message.text().endswith("…")


def test_a_message_without_room_in_the_bar_is_whole_below_it(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    card, line = window.whole_message, window.top_bar.message
    session.message.emit("short")
    assert not card.isVisible()
    session.message.emit("A value that is wrong, the place where it stands, and " * 3 + "what to do about it.")
    assert card.isVisible()
    assert card.text() == line.full_text
    assert card.height() >= card.heightForWidth(card.width())
    assert window.rect().contains(card.geometry())
    assert card.y() >= line.mapTo(window, line.rect().bottomLeft()).y()
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    assert line.text().startswith("A value")


def test_a_message_is_to_be_seen_while_the_map_is_alone_until_there_is_nothing_to_say(
    window: MainWindow, session: Session
) -> None:
    window.presentation.begin()
    session.message.emit("short")
    assert window.whole_message.isVisible()
    session.message.emit("")
    assert not window.whole_message.isVisible()
    window.presentation.end()


RACING = "racing all particles …"


@pytest.fixture
def racing_window(window: MainWindow, session: Session, qtbot: QtBot) -> MainWindow:
    """A window in which all particles of a large race are being raced, for longer than a test takes."""
    window.resize(1400, 800)
    session.results.set_memory_budget(2**26)
    session.edit(replace(session.scene, starts=UniformStarts(n=20_000), steps=200_000), "change starts")
    qtbot.waitUntil(lambda: window.top_bar.message.text().startswith(RACING), timeout=RUN_TIMEOUT_MS)
    return window


def test_an_error_is_to_be_seen_at_once_while_all_particles_are_raced(
    qtbot: QtBot, racing_window: MainWindow, session: Session, playback: Playback
) -> None:
    message, error = racing_window.top_bar.message, "A range ends after step 0: go on first."
    playback.seek(0)
    qtbot.keyClick(racing_window, Qt.Key.Key_O)
    assert message.text().startswith(error)
    with qtbot.waitSignal(session.results.all_progressed, timeout=RUN_TIMEOUT_MS):
        pass
    assert message.text().startswith(error)
    assert message.toolTip().startswith(f"{error}\n{RACING}")
    racing_window.resize(racing_window.minimumSize())
    QApplication.processEvents()
    assert RACING[:6] not in message.text()  # where there is no room for both
    session.edit(replace(session.scene, view=replace(session.scene.view, trail=3)))
    assert message.text().startswith(RACING)


def test_a_race_of_all_particles_that_fails_says_so_and_nothing_of_its_progress(
    qtbot: QtBot, racing_window: MainWindow, session: Session
) -> None:
    session.results._all_job.cancel()
    session.results._all_job.submit(_fail)
    qtbot.waitUntil(lambda: not session.results._all_job.busy)
    assert racing_window.top_bar.message.toolTip() == "There is no memory left."


def _fail() -> None:
    raise SimulationError("There is no memory left.")


def test_undo_and_redo_by_key(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    first, last = session.scene, modify(session)
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert session.scene == first
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert session.scene == last


def test_undo_names_what_it_takes_back(window: MainWindow, session: Session) -> None:
    assert not window.top_bar.undo.isEnabled()
    modify(session)
    assert "change steps" in window.top_bar.undo.toolTip()


def test_the_playhead_keeps_its_step_when_the_race_is_simulated_again(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback
) -> None:
    playback.seek(30)
    with qtbot.waitSignal(session.run_changed, timeout=RUN_TIMEOUT_MS):
        window.panel("optimizers").cards[0].rows["learning_rate"].slider.setValue(300)
    assert playback.step == 30


def test_save_writes_under_the_name_of_the_scene(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    save_session(session, tmp_path / "race.gradsim")
    modified = modify(session)
    assert "•" in window.top_bar.title.full_text
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    assert load_scene(tmp_path / "race.gradsim") == modified
    assert "•" not in window.top_bar.title.full_text


def test_closing_a_modified_scene_can_be_cancelled(window: MainWindow, session: Session) -> None:
    modify(session)
    answer(Button.Cancel)
    assert not window.close()
    assert window.isVisible()


def test_closing_can_save_first(window: MainWindow, session: Session, tmp_path: Path) -> None:
    save_session(session, tmp_path / "race.gradsim")
    modified = modify(session)
    answer(Button.Save)
    assert window.close()
    assert load_scene(tmp_path / "race.gradsim") == modified


def test_closing_can_discard(window: MainWindow, session: Session) -> None:
    modify(session)
    answer(Button.Discard)
    assert window.close()


def test_new_asks_before_a_modified_scene_is_lost(window: MainWindow, session: Session) -> None:
    modified = modify(session)
    answer(Button.Cancel)
    window.files.new()
    assert session.scene == modified
    answer(Button.Discard)
    window.files.new()
    assert session.scene == opening_scene()


def test_a_dropped_scene_opens_paused_at_its_start(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback, tmp_path: Path
) -> None:
    playback.play()
    playback.seek(20)
    path = tmp_path / "dropped.gradsim"
    save_scene(replace(session.scene, title="Dropped"), path)
    drop(window, path)
    assert session.title == "Dropped"
    assert (playback.playing, playback.step) == (False, 0)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"schema": 99}', b"[" * 100_000, b"\x00"])
def test_a_broken_file_is_refused_in_one_line_and_the_scene_stays(
    window: MainWindow, session: Session, tmp_path: Path, content: bytes
) -> None:
    before = session.scene
    path = tmp_path / "broken.gradsim"
    path.write_bytes(content)
    shown = []

    def read() -> None:
        box = QApplication.activeModalWidget()
        if box is None:
            QTimer.singleShot(10, read)
        else:
            shown.append(box.informativeText())
            box.accept()

    read()
    drop(window, path)
    assert session.scene is before
    assert shown
    assert "\n" not in shown[0]


def test_the_theme_is_changed_and_kept(window: MainWindow, dressed: QApplication) -> None:
    choose_theme("light")
    try:
        assert current_theme().name == "light"
        assert saved_theme_name() == "light"
    finally:
        apply_theme(dressed, "dark")


def test_the_memory_for_races_is_changed_and_kept(window: MainWindow, session: Session) -> None:
    assert window.actions_["memory_1024"].isChecked()
    window.actions_["memory_2048"].trigger()
    assert session.results.memory_budget == 2**31
    assert saved_memory_mib() == 2048


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (960, 600)])
def test_nothing_is_narrower_than_it_needs(window: MainWindow, session: Session, size: tuple[int, int]) -> None:
    session.edit(replace(session.scene, starts=GaussianStarts(center=(0.0, 0.0), std=0.5, n=50)), "change starts")
    for card in window.panel("optimizers").cards:
        card.head.fold.setChecked(True)
        card.show_standing(Standing(-1.23e-12, 12), None)
    window.resize(*size)
    let_all_be_laid_out()
    checked = 0
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QAbstractSlider) or not widget.isVisible():
            continue
        if widget.objectName().startswith("qt_"):
            continue
        checked += 1
        assert widget.width() >= widget.minimumSizeHint().width(), widget.accessibleName()
        panel = next(each for each in _ancestors(widget) if each.objectName() in ("panel", "topBar", "bottomBar"))
        assert widget.mapTo(panel, widget.rect().topRight()).x() < panel.width(), widget.accessibleName()
    assert checked > 40
    assert window.size().toTuple() == size


def _ancestors(widget: QWidget) -> Iterator[QWidget]:
    while (widget := widget.parentWidget()) is not None:
        yield widget


def test_every_control_says_what_it_does(window: MainWindow) -> None:
    controls = [
        each
        for each in window.findChildren(QWidget)
        if isinstance(each, QAbstractButton | QLineEdit | QComboBox | QAbstractSlider)
        and each.isVisible()
        and not each.objectName().startswith("qt_")
        and type(each).__name__ != "QScrollBar"
    ]
    assert len(controls) > 40
    for control in controls:
        assert control.toolTip(), control
        assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()), control


CLOSING = """
import sys
from msgspec.structs import replace
from PySide6.QtCore import QTimer
import gradsim.ui.app as app_module
from gradsim.__main__ import main
from gradsim.core.scene import UniformStarts
from gradsim.ui.race_memory import saved_memory_mib
from gradsim.ui.session import Session

delay_ms = int(sys.argv.pop())
start = Session.start
def heavy_start(self):
    self.open(replace(self.scene, starts=UniformStarts(n=200_000), steps=20_000))
    QTimer.singleShot(delay_ms, app_module.QApplication.closeAllWindows)
Session.start = heavy_start
raise SystemExit(main())
"""


@pytest.mark.parametrize("delay_ms", [0, 50, 1500])
def test_closing_during_a_simulation_exits_with_status_0(delay_ms: int) -> None:
    result = subprocess.run(
        [sys.executable, "-c", CLOSING, str(delay_ms)], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (result.returncode, result.stderr.replace("This plugin does not support propagateSizeHints()\n", "")) == (
        0,
        "",
    )


def test_the_text_of_every_lesson_is_read_without_scrolling(qtbot: QtBot, window: MainWindow) -> None:
    for lesson in lessons():
        assert window.files.open_neighbour(1) is None
        panel = window.docks.panel("lesson")
        qtbot.waitUntil(lambda title=lesson.title, panel=panel: panel.accessibleName() == f"Lesson: {title}")
        qtbot.waitUntil(lambda panel=panel: panel.verticalScrollBar().maximum() == 0)


def test_a_lesson_stays_as_high_as_its_text_when_the_window_is_resized_unless_a_hand_has_changed_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    ravine = next(lesson for lesson in lessons() if lesson.path.stem == "05-ravine")
    window.files.open_lesson(ravine.path)
    panel, area, dock = window.docks.panel("lesson"), window.docks, window.docks.docks["lesson"]
    qtbot.waitUntil(lambda: panel.accessibleName() == f"Lesson: {ravine.title}")
    for height in (720, 900):
        window.resize(1280, height)
        qtbot.waitUntil(lambda: panel.height() == panel.sizeHint().height())
    fitted = dock.height()
    area.resizeDocks([dock, area.docks["optimizers"]], [100, 500], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: dock.height() < fitted - 50)
    chosen = dock.height()
    window.resize(1280, 800)
    qtbot.wait(20)
    assert dock.height() <= chosen, "it takes its share of what the window loses"


def test_three_cards_have_room_below_a_lesson(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 780)  # 1280 × 800 without the frame
    ravine = next(lesson for lesson in lessons() if lesson.path.stem == "05-ravine")
    window.files.open_lesson(ravine.path)
    cards = window.docks.panel("optimizers").list
    qtbot.waitUntil(lambda: len(window.files._session.scene.optimizers) == 3)
    qtbot.waitUntil(lambda: window.docks.panel("lesson").isVisible())
    qtbot.waitUntil(
        lambda: cards.verticalScrollBar().maximum() < 10
    )  # the margin below the last card may be out of sight


def test_space_plays_a_lesson_wherever_the_focus_was(qtbot: QtBot, window: MainWindow, playback: Playback) -> None:
    window.files.open_neighbour(1)
    for widget in (window.findChild(FormulaEdit), window.docks.panel("lesson").next):
        widget.setFocus()
        title = window.files._session.title
        window.docks.panel("lesson").next.click()
        qtbot.waitUntil(lambda title=title: window.files._session.title != title)
        formula = window.files._session.scene.surface.formula
        playback.set_last_step(20)
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Space)
        assert playback.playing
        assert window.files._session.scene.surface.formula == formula
