"""The menu bar: the table of commands as menus, and the parts of them that follow what is there to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QMenu, QMenuBar, QToolButton, QWidget

from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.icons import icon
from gradsim.ui.window.window_commands import MENUS, Command, CommandActions, Menu


class MenuBar(QMenuBar):
    """``parts`` fill what the table leaves open: each is called with its menu whenever that menu opens."""

    def __init__(
        self, actions: CommandActions, parts: Mapping[str, Callable[[QMenu], None]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setNativeMenuBar(False)
        self._actions = actions
        self._parts = parts
        self.menus: dict[str, QMenu] = {}
        for menu in MENUS:
            self._fill(self.addMenu(menu.title), menu)
        self._more = self.findChild(QToolButton, "qt_menubar_ext_button")
        self._more.setAccessibleName("More menus")
        self._more.setToolTip("Open the menus for which there is no room.")
        theme_hub().changed.connect(self._dress)
        self._dress()

    def _dress(self, *_: object) -> None:
        self._more.setIcon(icon("menu", current_theme().text))

    def _fill(self, target: QMenu, menu: Menu) -> None:
        self.menus[menu.title.replace("&", "")] = target
        target.setToolTipsVisible(True)
        if any(isinstance(entry, str) for entry in menu.entries):
            target.aboutToShow.connect(partial(self._build, target, menu))
        self._build(target, menu, with_parts=False)

    def _build(self, target: QMenu, menu: Menu, *, with_parts: bool = True) -> None:
        """Put the entries of ``menu`` into ``target``, in place of those that are there."""
        target.clear()  # deletes what parts have added, and no command: those belong to others
        for entry in menu.entries:
            if entry is None:
                target.addSeparator()
            elif isinstance(entry, Command):
                target.addAction(self._actions[entry.name])
            elif isinstance(entry, str):
                if with_parts:
                    self._parts[entry](target)
            elif (title := entry.title.replace("&", "")) in self.menus:
                target.addMenu(self.menus[title])
            else:
                self._fill(target.addMenu(entry.title), entry)
