"""The parts of menus that follow what there is: recent files, panels, lessons."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gradsim.ui.session import Session
from gradsim.ui.window.docks import DockArea
from gradsim.ui.window.lessons import lessons
from gradsim.ui.window.recent_files import distinct_names
from gradsim.ui.window.scene_files import SceneFiles


def add_recent_files(menu: QMenu, files: SceneFiles) -> None:
    """Add an entry for each file that was open lately, and one that forgets them."""
    paths = files.recent.paths
    for path, name in zip(paths, distinct_names(paths), strict=True):
        action = _add(menu, name, f"Open {path}.")
        action.triggered.connect(lambda _, path=path: files.open_recent(path))
    if not paths:
        _add(menu, "No file yet", "Files that you open or save will be listed here.").setEnabled(False)
        return
    menu.addSeparator()
    _add(menu, "Clear this list", "Forget which files were open; the files themselves stay.").triggered.connect(
        files.recent.clear
    )


def add_panels(menu: QMenu, docks: DockArea) -> None:
    """Add a switch for each panel that can be hidden."""
    for dock in docks.docks.values():
        action = _add(menu, dock.windowTitle(), f"Show or hide the panel {dock.windowTitle()}.")
        action.setCheckable(True)
        action.setChecked(not dock.isHidden())
        action.triggered.connect(lambda shown, dock=dock: docks.show_panel(dock.objectName()) if shown else dock.hide())


def add_lessons(menu: QMenu, files: SceneFiles, session: Session) -> None:
    """Add a menu for each group of lessons, which would not fit below each other; the one that is open has a tick."""
    for last_time in menu.findChildren(QMenu):
        last_time.deleteLater()  # a menu that is cleared keeps those in it
    for group, members in groupby(lessons(), key=lambda lesson: lesson.group):
        target = menu.addMenu(group)
        target.setToolTipsVisible(True)
        target.menuAction().setToolTip(f"Lessons on: {group}.")
        for lesson in members:
            action = _add(target, lesson.title, f"Open the lesson “{lesson.title}” beside its explanation.")
            action.setCheckable(True)
            action.setChecked(lesson.path == session.template)
            action.triggered.connect(lambda _, path=lesson.path: files.open_lesson(path))


def _add(menu: QMenu, text: str, tip: str) -> QAction:
    action = menu.addAction(text.replace("&", "&&"))
    action.setToolTip(tip)
    return action
