"""The main window: builds the panels, places them, and connects session, playback and keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from gradsim.core.scene import Scene
from gradsim.ui.map.map_keys import press_map_key
from gradsim.ui.map.map_view import MapView
from gradsim.ui.map.tool_strip import MapFrame
from gradsim.ui.playback import Playback
from gradsim.ui.session import CODE_LIBRARIES, Session
from gradsim.ui.theme import limit_height, limit_width, next_scale, theme_hub
from gradsim.ui.timeline.playback_bar import PlaybackBar
from gradsim.ui.timeline.playback_keys import press_playback_key
from gradsim.ui.widgets.whole_area import WholeArea
from gradsim.ui.window.code_copy import CodeCopy
from gradsim.ui.window.docks import DockArea
from gradsim.ui.window.left_scenes import LeftScenes
from gradsim.ui.window.menu_bar import MenuBar
from gradsim.ui.window.menu_parts import add_lessons, add_panels, add_recent_files, add_unsaved_scenes
from gradsim.ui.window.panels import PANELS
from gradsim.ui.window.played_race import PlayedRace
from gradsim.ui.window.presentation import Presentation
from gradsim.ui.window.scene_files import SceneFiles, dropped_scene
from gradsim.ui.window.top_bar import TopBar
from gradsim.ui.window.unsaved_work import UnsavedWork
from gradsim.ui.window.whole_message import WholeMessage
from gradsim.ui.window.window_choices import WindowChoices, choose_scale
from gradsim.ui.window.window_commands import CommandActions
from gradsim.ui.window.window_dialogs import WindowDialogs
from gradsim.ui.window.window_place import keep_place, take_place

if TYPE_CHECKING:
    from gradsim.ui.window.export_dialog import ExportDialog

SMALLEST_SIZE = (960, 600)
SMALLEST_MAP = (330, 220)


class MainWindow(QMainWindow):
    """The top bar, the map with its panels around it, and the playback bar along the bottom."""

    painted = Signal()
    """The window has been painted for the first time: what is heavy may begin."""

    def __init__(self, session: Session, playback: Playback) -> None:
        super().__init__()
        self._is_painted = False
        self._told: str | None = None
        self._session = session
        self._playback = playback
        PlayedRace(session, playback, self)
        self.files = SceneFiles(session, self)
        self.unsaved_work = UnsavedWork(session, self)
        self.left_scenes = LeftScenes(session, self)
        self.code_copy = CodeCopy(session, self)
        self.map_view = MapView(session, playback)
        map_frame = MapFrame(self.map_view)
        limit_width(map_frame, SMALLEST_MAP[0])
        limit_height(map_frame, SMALLEST_MAP[1])
        self.docks = DockArea(map_frame, PANELS, lambda panel: panel.factory(session, playback))
        self.actions_ = CommandActions(self)
        parts = {
            "recent": lambda menu: add_recent_files(menu, self.files),
            "unsaved": lambda menu: add_unsaved_scenes(menu, self.files, self.unsaved_work, self.left_scenes),
            "panels": lambda menu: add_panels(menu, self.docks),
            "lessons": lambda menu: add_lessons(menu, self.files, session),
        }
        self.top_bar = TopBar(session, self.actions_, MenuBar(self.actions_, parts), self)
        self.whole_message = WholeMessage(self.top_bar.message, self)
        self.playback_bar = PlaybackBar(session, playback)
        self.dialogs = WindowDialogs(session, playback, self)
        self._dissecting = False
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST_SIZE)
        self.presentation = Presentation(
            self,
            self.docks,
            around=(self.top_bar, map_frame.strip),
            bottom_bar=self.playback_bar,
            layout=self._place(),
        )
        self._connect()
        self.setFocus()
        self._take_place()

    def _place(self) -> QVBoxLayout:
        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget, stretch in ((self.top_bar, 0), (WholeArea(self.docks), 1), (self.playback_bar, 0)):
            layout.addWidget(widget, stretch)
        self.setCentralWidget(inside)
        return layout

    def _connect(self) -> None:
        session, files = self._session, self.files
        session.scene_changed.connect(self._follow_scene)
        session.scene_opened.connect(self._take_focus)
        session.selection.changed.connect(self._follow_selection)
        session.message.connect(self.whole_message.show_message)
        for name, run in (
            ("new", files.new),
            ("open", files.open),
            ("save", files.save),
            ("save_as", files.save_as),
            ("export", self.dialogs.show_export),
            ("quit", self.close),
            ("undo", session.undo),
            ("redo", session.redo),
            *((f"copy_{library}", partial(self.code_copy.copy, library)) for library in CODE_LIBRARIES),
            ("reset_layout", self.docks.reset_layout),
            ("larger", lambda: choose_scale(next_scale(theme_hub().scale, 1))),
            ("smaller", lambda: choose_scale(next_scale(theme_hub().scale, -1))),
            ("normal_size", lambda: choose_scale(1.0)),
            ("previous_lesson", lambda: files.open_neighbour(-1)),
            ("next_lesson", lambda: files.open_neighbour(1)),
            ("shortcuts", self.dialogs.show_shortcuts),
            ("about", self.dialogs.show_about),
        ):
            self.actions_[name].triggered.connect(lambda _, run=run: run())
        self._choices = WindowChoices(session, self.actions_, self.presentation, self)
        self.presentation.changed.connect(self._follow_presentation)
        self.docks.panel_built.connect(self._connect_panel)

    def _connect_panel(self, name: str, panel: QWidget) -> None:
        if name == "lesson":
            panel.neighbour_wanted.connect(self.files.open_neighbour)

    def panel(self, name: str) -> QWidget:
        """The panel ``name`` of the table of panels, built if it has not been shown yet."""
        return self.docks.panel(name)

    def _take_place(self) -> None:
        """Open as it was closed."""
        self.docks.restore_layout()
        self._show_lesson(self._session.scene)
        take_place(self)
        self.painted.connect(self.docks.raise_floating)
        self.painted.connect(self.left_scenes.tell)

    @property
    def export_dialog(self) -> ExportDialog:
        """The export dialog."""
        return self.dialogs.export

    def stop(self) -> None:
        """Stop every worker; call it before the application ends."""
        self._playback.pause()
        files = (self.files, self.unsaved_work, self.left_scenes, self.code_copy)
        for each in (self.dialogs, *files, self.map_view, self.docks, self.playback_bar, self._session):
            each.stop()

    def _show_lesson(self, scene: Scene) -> None:
        """What a scene is there to show is told while it is on show; the panel can be closed until the next one."""
        if scene.description != self._told and not self.presentation.active:
            self._told = scene.description
            self.docks.show_fitting("lesson", bool(scene.description))

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        self._show_lesson(new)

    def _follow_presentation(self, active: bool) -> None:
        self.map_view.anatomy_card.show_active(active)
        self.map_view.show_presented(active)
        self._show_lesson(self._session.scene)

    def _follow_selection(self) -> None:
        """A particle that has just been selected is taken apart in a panel, which then gives way to what it covered."""
        selected = self._session.selection.particle is not None
        if selected != self._dissecting and not self.presentation.active:
            if selected:
                self.docks.show_panel("update")
            else:
                self.docks.raise_over("optimizers", "update")
        self._dissecting = selected

    def _take_focus(self, scene: Scene) -> None:
        self.setFocus()  # "Press Space", says a lesson: not into the formula, nor on the button that opened it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no focused control has taken drive the playback, or choose a tool of the map."""
        if not press_playback_key(event, self.playback_bar.transport) and not press_map_key(event, self.map_view):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside every control ends typing, so that keys reach the playback.

        The window takes the focus itself: without one, Qt would give it to the formula whenever a dialog closes.
        """
        self.setFocus()
        super().mousePressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_scene(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if (path := dropped_scene(event.mimeData())) is not None:
            event.acceptProposedAction()
            self.files.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        stays = not self.dialogs.may_end()
        if stays or not self.files.may_leave():
            event.ignore()
            return
        self.unsaved_work.forget()
        self._keep_layout()
        event.accept()

    def end_unasked(self) -> None:
        """End the application as closing the window does, without a question: nobody may be there to answer."""
        self.unsaved_work.keep()
        self._keep_layout()
        QApplication.exit()  # quit would ask

    def _keep_layout(self) -> None:
        self.presentation.end()
        keep_place(self)
        self.docks.save_layout()
