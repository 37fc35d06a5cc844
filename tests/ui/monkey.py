"""A monkey at the window: random clicks, drags, wheels, keys, commands and sizes, always the same for the same seed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import shiboken6
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDrag, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QMessageBox, QWidget

from gradsim.core.scene import PointStarts, Scene
from gradsim.ui.session import Session
from gradsim.ui.window.lessons import lessons
from gradsim.ui.window.main_window import MainWindow
from gradsim.ui.window.window_commands import COMMANDS

CHARACTERS = "0123456789.-e/+*xyab() ,?jklioxsmzf"
KEYS = [
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab),
    *(Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_F11),
]
MODIFIERS = [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
# Closing ends the walk; a video takes longer than all other events together.
LEFT_OUT = ("quit", "export")
MOST_STEPS, MOST_OPTIMIZERS = 2000, 12
CHECK_EVERY = 250
PATIENCE_S = 0.1


class Monkey:
    """Does random things to ``window`` and knows what must hold whatever it does."""

    def __init__(self, window: MainWindow, session: Session, folder: Path, *, seed: int) -> None:
        self._window, self._session, self._folder = window, session, folder
        self._random = random.Random(seed)
        self._second_random = random.Random(seed)  # of its own: when it is needed is a matter of time
        self._start = session.scene
        self.log: list[str] = []
        self.n_checks = 0
        self._deed_began: float | None = None
        # A button with a menu waits, in Qt, until something is chosen from it: a second hand does that.
        self._second_hand = QTimer(window, interval=20)
        self._second_hand.timeout.connect(self._release)
        session.scene_opened.connect(self._begin)
        self._deeds: list[tuple[int, Callable[[], None]]] = [
            (30, self._click),
            (14, self._drag),
            (10, self._scroll),
            (16, self._type),
            (14, self._press_key),
            (6, self._trigger_command),
            (5, self._travel),
            (3, self._resize),
            (4, self._close_popup),
            (1, self._drop_file),
            (2, self._move_dock),
        ]

    def _begin(self, _: Scene) -> None:
        """Note what undoing everything leads to: from a lesson, back through those that it was opened over."""
        history, aside = self._session._history, self._session._aside
        while aside is not None:
            history, aside = aside.history, aside.below
        self._start = history._entries[0][1]

    def run(self, n_events: int) -> None:
        """Do ``n_events`` random things. Raises AssertionError when undoing them all does not lead back."""
        self._second_hand.start()
        with undisturbed(self._random, self._folder):
            for count in range(1, n_events + 1):
                weights = [weight for weight, _ in self._deeds]
                deed = self._random.choices([deed for _, deed in self._deeds], weights)[0]
                self._deed_began = time.monotonic()
                deed()
                self._deed_began = None
                self._stay_small()
                if count % 4 == 0:
                    QApplication.processEvents()
                if count % CHECK_EVERY == 0 or count == n_events:
                    self.check()
        self._second_hand.stop()

    def _release(self) -> None:
        """Choose something from, or close, what a deed waits for."""
        if self._deed_began is None or time.monotonic() - self._deed_began < PATIENCE_S:
            return
        popup = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if popup is not None:
            self._note("release", popup)
            if self._second_random.random() < 0.5:
                QTest.mouseClick(popup, LEFT, pos=_place(popup, self._second_random))
            if shiboken6.isValid(popup):
                popup.close()

    def check(self) -> None:
        """Undo everything, which must lead back to the start, and redo it; then begin anew."""
        self._window.setFocus()  # a formula that is being typed becomes an edit
        QApplication.processEvents()
        session = self._session
        last = session.scene
        n_undone = 0
        while session.undo_name is not None:
            session.undo()
            n_undone += 1
        undone = session.scene.shown_like(self._start)
        assert undone == self._start, f"undone {n_undone} times,\n{undone}\nis not\n{self._start}"
        for _ in range(n_undone):
            session.redo()
        assert session.scene == last, f"redone {n_undone} times,\n{session.scene}\nis not\n{last}"
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.n_checks += 1
        session.open(small(self._start))

    def _note(self, deed: str, widget: QWidget) -> None:
        self.log.append(f"{deed} {type(widget).__name__} {widget.accessibleName() or widget.objectName()}")

    def _stay_small(self) -> None:
        """Take back what would keep the engine busy for seconds."""
        if self._session.scene.steps > MOST_STEPS or len(self._session.scene.optimizers) > MOST_OPTIMIZERS:
            if self._session.undo_name is None:
                self._session.open(small(self._session.scene))
            else:
                self._session.undo()

    def _target(self) -> QWidget:
        """A widget that can be seen; one of an open menu or list if there is one, most of the time."""
        popup = QApplication.activePopupWidget()
        root = popup if popup is not None and self._random.random() < 0.8 else self._window
        seen = [root, *(each for each in root.findChildren(QWidget) if each.isVisible())]
        return self._random.choice(seen)

    def _place(self, widget: QWidget) -> QPoint:
        return _place(widget, self._random)

    def _click(self) -> None:
        widget = self._target()
        self._note("click", widget)
        button = LEFT if self._random.random() < 0.92 else RIGHT
        if self._random.random() < 0.1:
            QTest.mouseDClick(widget, LEFT, pos=self._place(widget))
        else:
            QTest.mouseClick(widget, button, self._random.choice(MODIFIERS), self._place(widget))

    def _drag(self) -> None:
        widget = self._target()
        self._note("drag", widget)
        QTest.mousePress(widget, LEFT, pos=self._place(widget))
        for _ in range(self._random.randrange(1, 5)):
            if not shiboken6.isValid(widget):
                return
            QTest.mouseMove(widget, self._place(widget))
        if shiboken6.isValid(widget):
            QTest.mouseRelease(widget, LEFT, pos=self._place(widget))

    def _scroll(self) -> None:
        widget = self._target()
        self._note("scroll", widget)
        place = QPointF(self._place(widget))
        notches = QPoint(0, self._random.choice([-240, -120, 120, 240]))
        none = Qt.MouseButton.NoButton, self._random.choice(MODIFIERS), Qt.ScrollPhase.NoScrollPhase, False
        event = QWheelEvent(place, widget.mapToGlobal(place), QPoint(), notches, *none)
        QApplication.sendEvent(widget, event)

    def _type(self) -> None:
        widget = QApplication.focusWidget() if self._random.random() < 0.5 else self._target()
        if widget is None:
            return
        self._note("type", widget)
        if self._random.random() < 0.5:
            widget.setFocus()
        for _ in range(self._random.randrange(1, 4)):
            if shiboken6.isValid(widget):
                QTest.keyClick(widget, self._random.choice(CHARACTERS))

    def _press_key(self) -> None:
        widget = QApplication.focusWidget() or self._window
        self._note("key", widget)
        QTest.keyClick(widget, self._random.choice(KEYS), self._random.choice(MODIFIERS))

    def _trigger_command(self) -> None:
        name = self._random.choice([name for name in COMMANDS if name not in LEFT_OUT])
        self.log.append(f"command {name}")
        self._window.actions_[name].trigger()

    def _travel(self) -> None:
        self.log.append("undo or redo")
        for _ in range(self._random.randrange(1, 5)):
            self._random.choice([self._session.undo, self._session.redo])()

    def _resize(self) -> None:
        self.log.append("resize")
        self._window.resize(self._random.randrange(300, 2000), self._random.randrange(200, 1300))

    def _close_popup(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            self._note("close", popup)
            popup.close()

    def _drop_file(self) -> None:
        path = self._random.choice(lessons()).path
        self.log.append(f"open {path.name}")
        self._window.files.open_path(path)
        self._session.open(small(self._session.scene))

    def _move_dock(self) -> None:
        docks = list(self._window.docks.docks.values())
        dock, other = self._random.sample(docks, 2)
        self._note("move", dock)
        area = self._random.choice([Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea])
        self._random.choice(
            [
                lambda: dock.setFloating(not dock.isFloating()),
                lambda: self._window.docks.addDockWidget(area, dock),
                lambda: self._window.docks.tabifyDockWidget(other, dock),
                dock.show,
                dock.close,
                self._window.docks.reset_layout,
                self._window.docks.save_layout,
                self._window.docks.restore_layout,
            ]
        )()


def _place(widget: QWidget, chance: random.Random) -> QPoint:
    return QPoint(chance.randrange(max(1, widget.width())), chance.randrange(max(1, widget.height())))


def small(scene: Scene) -> Scene:
    """``scene`` with few steps and no more starts than a blink takes."""
    points = scene.starts.points[:4] if isinstance(scene.starts, PointStarts) else ((0.5,) * scene.domain.dimension,)
    return replace(
        scene, steps=min(scene.steps, 60), starts=PointStarts(points=points), optimizers=scene.optimizers[:6]
    )


@contextmanager
def undisturbed(chance: random.Random, folder: Path) -> Iterator[None]:
    """Let nothing wait for a person: dialogs answer at once, files are found and saved in ``folder``."""

    def some_path(*_: object, **__: object) -> tuple[str, str]:
        return chance.choice(["", str(folder / "monkey.gradsim"), str(folder / "no such folder" / "x.gradsim")]), ""

    def show_and_close(dialog: QDialog, *_: object) -> int:
        dialog.show()
        QApplication.processEvents()
        dialog.close()
        return 0

    with ExitStack() as patches:
        for target, name, answer in (
            (QFileDialog, "getOpenFileName", staticmethod(some_path)),
            (QFileDialog, "getSaveFileName", staticmethod(some_path)),
            (QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Discard),
            (QDialog, "exec", show_and_close),
            (QMenu, "exec", lambda *_: None),
            (QDrag, "exec", lambda *_: Qt.DropAction.IgnoreAction),
        ):
            patches.enter_context(patch.object(target, name, answer))
        yield
