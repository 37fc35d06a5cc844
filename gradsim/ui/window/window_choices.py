"""What menus let one choose among: layout, theme, interface size, memory, presentation; each shows what is chosen."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from gradsim.ui.race_memory import save_memory_mib
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme, save_scale, save_theme_name, theme_hub
from gradsim.ui.window.presentation import Presentation
from gradsim.ui.window.window_commands import CommandActions


def choose_theme(name: str) -> None:
    """Dress the application in theme ``name`` and keep it for next time."""
    apply_theme(QApplication.instance(), name, theme_hub().scale)
    save_theme_name(name)


def choose_scale(scale: float) -> None:
    """Show everything at ``scale`` times its normal size and keep it for next time."""
    apply_theme(QApplication.instance(), theme_hub().name, scale)
    save_scale(scale)


class WindowChoices(QObject):
    """Does what is chosen among ``actions``, and marks there what holds, whoever has chosen it."""

    def __init__(self, session: Session, actions: CommandActions, presentation: Presentation, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._actions = actions
        self._presentation = presentation
        self._window = window
        actions.chosen.connect(self._choose)
        session.scene_changed.connect(self._show)
        theme_hub().changed.connect(self._show)
        presentation.changed.connect(actions["presentation"].setChecked)
        self._show()

    def _choose(self, group: str, value: Any) -> None:
        match group:
            case "layout":
                scene = self._session.scene
                self._session.try_edit(replace(scene, view=replace(scene.view, layout=value)))
            case "theme":
                choose_theme(value)
            case "size":
                choose_scale(value / 100)
            case "memory":
                self._session.results.set_memory_budget(value * 2**20)
                save_memory_mib(value)
            case "presentation":
                self._presentation.show_active(value)
            case "full screen":
                self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show(self, *_: object) -> None:
        show = self._actions.show_choice
        show("layout", self._session.scene.view.layout)
        show("theme", theme_hub().name)
        show("size", round(100 * theme_hub().scale))
        show("memory", self._session.results.memory_budget // 2**20)
