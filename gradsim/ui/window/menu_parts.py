"""The parts of menus that follow what there is: recent files, scenes to recover, panels, lessons."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gradsim.ui.session import Session
from gradsim.ui.window.docks import DockArea
from gradsim.ui.window.left_scenes import LeftScenes
from gradsim.ui.window.lessons import lessons
from gradsim.ui.window.recent_files import distinct_names
from gradsim.ui.window.scene_files import SceneFiles
from gradsim.ui.window.unsaved_scenes import UnsavedScene
from gradsim.ui.window.unsaved_work import UnsavedWork


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


def add_unsaved_scenes(menu: QMenu, files: SceneFiles, work: UnsavedWork, left: LeftScenes) -> None:
    """Add an entry for each scene that was not saved when gradsim ended, and one that forgets them.

    What is known is there at once; what the disk holds by now takes its place, if need be while the menu is open.
    """

    shown = left.scenes

    def follow() -> None:
        if menu.isVisible() and left.scenes != shown:
            menu.clear()
            _add_left_scenes(menu, files, work, left)

    _add_left_scenes(menu, files, work, left)
    left.looked.connect(follow, Qt.ConnectionType.SingleShotConnection)
    left.look()


def _add_left_scenes(menu: QMenu, files: SceneFiles, work: UnsavedWork, left: LeftScenes) -> None:
    def recover(unsaved: UnsavedScene) -> None:
        if files.recover(unsaved):
            left.drop(unsaved)
            work.take_over(unsaved)

    if left.scenes is None:
        _add(menu, "Looking for them …", "The disk has not answered yet.").setEnabled(False)
        return
    for each in left.scenes:
        action = _add(menu, each.name, f"Bring back what had become of {each.path or f'“{each.title}”'}.")
        action.triggered.connect(lambda _, each=each: recover(each))
    if not left.scenes:
        nothing = "A scene that is not saved when gradsim is killed or crashes will be listed here."
        _add(menu, "Nothing is lost", nothing).setEnabled(False)
        return
    menu.addSeparator()
    _add(menu, "Clear this list", "Forget these scenes: what was not saved is lost for good.").triggered.connect(
        left.forget_all
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
