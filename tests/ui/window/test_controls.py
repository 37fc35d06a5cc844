"""Every control of the window says what it does, has a name for those who cannot see it, and is reached by Tab."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.scene import GaussianStarts, GridStarts, LineStarts, RingStarts, Scene, UniformStarts
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.widgets.forms import Section
from gradsim.ui.window.main_window import MainWindow

CONTROLS = (
    QAbstractButton | QAbstractSlider | QAbstractSpinBox | QAbstractItemView | QComboBox | QLineEdit | QPlainTextEdit
)


@pytest.fixture
def window(qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window with every panel shown, every section and card unfolded."""
    window = MainWindow(session, playback)
    window.show()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1600, 1000)
    with qtbot.waitSignal(session.run_changed, timeout=RUN_TIMEOUT_MS):
        session.start()
    for name in window.docks.docks:
        window.docks.show_panel(name)
        settle()
    unfold(window)
    yield window
    window.stop()
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.close()
    window.deleteLater()


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def unfold(window: MainWindow) -> None:
    for section in window.findChildren(Section):
        section.head.setChecked(True)
    for card in window.panel("optimizers").cards:
        card.head.fold.setChecked(True)
    settle()


def controls(root: QWidget) -> list[QWidget]:
    """What can be operated in ``root``, but for what Qt puts into its own widgets."""
    return [
        each
        for each in root.findChildren(QWidget)
        if isinstance(each, CONTROLS)
        and not isinstance(each, QScrollBar)
        and each.isVisible()
        and not each.objectName().startswith("qt_")
        and not isinstance(each.parent(), QComboBox | QAbstractSpinBox | QAbstractItemView | QTabBar)
        and each.window() is root.window()
    ]


def fault(control: QWidget) -> str | None:
    """What is wrong with the words of ``control``."""
    tip = " ".join(re.sub(r"<[^>]*>", "", control.toolTip()).split())
    if not tip:
        return "has no tool tip"
    if not re.search(r"\.( |$)", tip):  # after the sentence there may be details, such as a formula
        return f"its tool tip {tip!r} is no sentence"
    if not tip[0].isupper() and tip[0] not in "−+x0123456789fηβμρε":
        return f"its tool tip {tip!r} begins like no sentence"
    if not control.accessibleName():
        return "has no accessible name"
    return None


def is_reached_by_arrows(control: QWidget) -> bool:
    """Of buttons that exclude each other, Tab reaches the one that is down, and the arrows the others."""
    if not isinstance(control, QAbstractButton) or control.isChecked():
        return False
    return control.autoExclusive() or (control.group() is not None and control.group().exclusive())


def describe(control: QWidget) -> str:
    text = getattr(control, "text", lambda: "")
    owners, parent = [], control.parentWidget()
    while parent is not None and len(owners) < 4:
        owners.append(parent.objectName() or type(parent).__name__)
        parent = parent.parentWidget()
    return f"{type(control).__name__} {control.accessibleName() or text()!r} in {' < '.join(owners)}"


def faults(root: QWidget) -> list[str]:
    found = controls(root)
    return [f"{describe(each)}: {reason}" for each in found if (reason := fault(each))]


def starts_of_every_kind(scene: Scene) -> list[Scene]:
    kinds = (
        UniformStarts(n=5),
        GaussianStarts(center=(0.0, 0.0), std=0.5, n=5),
        GridStarts(n=(2, 3)),
        RingStarts(center=(0.0, 0.0), radius=1.0, n=5),
        LineStarts(start=(0.0, 0.0), end=(1.0, 1.0), n=5),
    )
    return [replace(scene, starts=starts) for starts in kinds]


def test_every_control_says_what_it_does_and_has_a_name(window: MainWindow, session: Session) -> None:
    assert len(controls(window)) > 80
    assert faults(window) == []
    for scene in starts_of_every_kind(session.scene):
        session.edit(scene, "change starts")
        unfold(window)
        assert faults(window) == []


def test_no_two_controls_have_the_same_name(window: MainWindow) -> None:
    names = Counter(each.accessibleName() for each in controls(window))
    assert [name for name, n in names.items() if n > 1] == []


def test_dialogs_say_what_their_controls_do(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: dict[str, list[str]] = {}

    def look(dialog: QDialog) -> int:
        dialog.show()
        settle()
        checked[type(dialog).__name__] = faults(dialog)
        dialog.close()
        return 0

    monkeypatch.setattr(QDialog, "exec", look)
    window.actions_["shortcuts"].trigger()
    window.actions_["about"].trigger()
    look(window.export_dialog)
    assert len(checked) == 3
    assert {name: found for name, found in checked.items() if found} == {}


def test_every_control_is_reached_by_tab_and_the_walk_goes_round_once(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    wanted = {each for each in controls(window) if each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus}
    window.top_bar.export.setFocus()
    walked: list[QWidget] = []
    for _ in range(3 * len(wanted)):
        focus = QApplication.focusWidget()
        if focus in walked:
            break
        walked.append(focus)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert len(walked) > 40
    assert {describe(each) for each in wanted - set(walked) if not is_reached_by_arrows(each)} == set()


def test_only_what_has_another_way_by_keyboard_is_left_out_of_the_walk(window: MainWindow) -> None:
    left_out = [
        describe(each)
        for each in controls(window)
        if not each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isEnabled()
    ]
    known = ("Float", "Hide")  # the View menu
    assert [each for each in left_out if not any(f" {word} " in each for word in known)] == []


def test_tool_buttons_take_no_focus_from_a_click(window: MainWindow) -> None:
    takers = [
        describe(each)
        for each in controls(window)
        if isinstance(each, QToolButton) and each.focusPolicy() & Qt.FocusPolicy.ClickFocus
    ]
    assert takers == [], "the keys would leave the playback"
