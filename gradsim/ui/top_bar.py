"""The top bar: what is open, what the program has to say, and the commands on the scene as a whole."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from gradsim.ui.forms import Button, ElidedLabel, label
from gradsim.ui.icons import IconButton, icon
from gradsim.ui.scene_files import SceneFiles, lesson_paths, lesson_title
from gradsim.ui.session import Session
from gradsim.ui.theme import THEME_NAMES, current_theme, theme_hub

BUSY_DELAY_MS = 300
THEME_TITLES = {"system": "Follow the system", "dark": "Dark", "light": "Light"}


class TopBar(QWidget):
    """Name and title on the left, messages in the middle, commands on the right."""

    def __init__(
        self,
        session: Session,
        files: SceneFiles,
        *,
        export: Callable[[], None],
        choose_theme: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("topBar")
        self.title = ElidedLabel("dim")
        self.message = ElidedLabel("dim")
        self.message.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.undo_action = self._action("Undo", QKeySequence.StandardKey.Undo, session.undo)
        self.redo_action = self._action("Redo", QKeySequence("Ctrl+Shift+Z"), session.redo)
        self.redo_action.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.export_action = self._action("Export video…", QKeySequence("Ctrl+E"), export)
        self.file_button = Button("File", "File", "New, open, lessons, save.")
        self.file_button.setMenu(self._file_menu(files))
        self.undo = IconButton("undo", "Undo", "Undo (Ctrl+Z).", flat=True)
        self.redo = IconButton("redo", "Redo", "Redo (Ctrl+Shift+Z).", flat=True)
        self.theme = IconButton("theme", "Theme", "Choose dark or light.", flat=True)
        self.theme.setMenu(self._theme_menu(choose_theme))
        self.theme.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.export = Button("Export video…", "Export video", "Write the race as a video (Ctrl+E).", name="primary")
        self._busy_timer = QTimer(self, singleShot=True, interval=BUSY_DELAY_MS)
        self._busy_text = ""
        self._message_text = ""
        self._place()
        self.undo.clicked.connect(self.undo_action.trigger)
        self.redo.clicked.connect(self.redo_action.trigger)
        self.export.clicked.connect(self.export_action.trigger)
        self._busy_timer.timeout.connect(lambda: self._show_busy("simulating …"))
        session.busy_changed.connect(self._follow_busy)
        session.progressed.connect(self._follow_progress)
        session.message.connect(self.show_message)
        session.file_changed.connect(self._show_title)
        session.history_changed.connect(self._show_history)
        theme_hub().changed.connect(self._dress)
        self._show_line()
        self._show_title()
        self._show_history()
        self._dress()

    def _place(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 6)
        layout.setSpacing(8)
        for widget, stretch in (
            (label("gradsim", "brand"), 0),
            (label("·"), 0),
            (self.title, 3),
            (self.message, 4),
            (self.undo, 0),
            (self.redo, 0),
            (self.theme, 0),
            (self.file_button, 0),
            (self.export, 0),
        ):
            layout.addWidget(widget, stretch)

    def _action(self, text: str, keys: QKeySequence | QKeySequence.StandardKey, run: Callable[..., object]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(keys)
        action.triggered.connect(lambda: run())
        self.addAction(action)
        return action

    def _file_menu(self, files: SceneFiles) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self._action("New", QKeySequence.StandardKey.New, files.new))
        menu.addAction(self._action("Open…", QKeySequence.StandardKey.Open, files.open))
        lessons = menu.addMenu("Lessons")
        for path in lesson_paths():
            lessons.addAction(lesson_title(path)).triggered.connect(lambda _, path=path: files.open_lesson(path))
        lessons.menuAction().setVisible(not lessons.isEmpty())
        menu.addSeparator()
        menu.addAction(self._action("Save", QKeySequence.StandardKey.Save, files.save))
        menu.addAction(self._action("Save as…", QKeySequence("Ctrl+Shift+S"), files.save_as))
        menu.addAction(self.export_action)
        menu.addSeparator()
        menu.addAction(self._action("Quit", QKeySequence("Ctrl+Q"), lambda: self.window().close()))
        return menu

    def _theme_menu(self, choose: Callable[[str], None]) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for name in THEME_NAMES:
            action = menu.addAction(THEME_TITLES[name])
            action.setCheckable(True)
            action.setChecked(name == theme_hub().name)
            action.setData(name)
            group.addAction(action)
            action.triggered.connect(lambda _, name=name: choose(name))
        return menu

    def show_message(self, text: str) -> None:
        """Show one line, "" for none; what is being computed has the place while it lasts."""
        self._message_text = text
        self._show_line()

    def _follow_busy(self, busy: bool) -> None:
        if busy:
            self._busy_timer.start()
        else:
            self._busy_timer.stop()
            self._show_busy("")

    def _follow_progress(self, share: float) -> None:
        if self._busy_text:
            self._show_busy(f"simulating … {share:.0%}")

    def _show_busy(self, text: str) -> None:
        self._busy_text = text
        self._show_line()

    def _show_line(self) -> None:
        text = self._busy_text or self._message_text
        self.message.setVisible(bool(text))  # else its empty place would shorten the title
        self.message.show_text(text)
        self.message.setToolTip(text)  # all of it, where the bar is too short

    def _show_title(self) -> None:
        mark = " •" if self._session.modified else ""
        self.title.show_text(f"{self._session.title}{mark}")
        self.window().setWindowTitle(f"{self._session.title}[*] – gradsim")
        self.window().setWindowModified(self._session.modified)

    def _show_history(self) -> None:
        for action, button, name in (
            (self.undo_action, self.undo, self._session.undo_name),
            (self.redo_action, self.redo, self._session.redo_name),
        ):
            action.setEnabled(name is not None)
            button.setEnabled(name is not None)
            keys = action.shortcut().toString()
            button.setToolTip(f"{action.text()}{f' “{name}”' if name else ''} ({keys}).")

    def _dress(self, *_: object) -> None:
        theme = current_theme()
        self.export.setIcon(icon("record", theme.accent_text))
