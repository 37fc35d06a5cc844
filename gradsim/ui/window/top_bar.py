"""The top bar: menus, what is open, how it is shown, and what the program has to say."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenuBar, QToolButton, QWidget

from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import Button, ElidedLabel, label
from gradsim.ui.widgets.icons import ICON_SIZE, IconButton, icon
from gradsim.ui.window.window_commands import CommandActions

BUSY_DELAY_MS = 300
SPACING = 8
MESSAGE_WIDTH = 76  # holds “simulating …”
MODIFIED_MARK = " •"


class SegmentedSwitch(QFrame):
    """Buttons side by side, one of which is down: a choice among ``actions``, which are checkable."""

    def __init__(self, actions: list[QAction], label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("segments")
        self.setAccessibleName(label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        self.buttons = []
        for action in actions:
            button = QToolButton()
            button.setObjectName("segment")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            self.buttons.append(button)
            layout.addWidget(button)


class TopBar(QWidget):
    """Name, menus and title on the left, the view in the middle, messages and the most used commands on the right."""

    def __init__(
        self, session: Session, actions: CommandActions, menu_bar: QMenuBar, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self.setObjectName("topBar")
        self.brand = label("gradsim", "brand")
        self.menu_bar = menu_bar
        self.title = ElidedLabel("dim")
        self.layout_switch = SegmentedSwitch([actions["layout_map"], actions["layout_panels"]], "Layout of the map")
        self.message = ElidedLabel("dim")
        self.message.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.undo = IconButton("undo", "Undo", "", flat=True)
        self.redo = IconButton("redo", "Redo", "", flat=True)
        self.export = Button("Export video…", "Export video", actions["export"].toolTip(), name="primary")
        for button in (self.undo, self.redo):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._busy_timer = QTimer(self, singleShot=True, interval=BUSY_DELAY_MS)
        self._busy_text = ""
        self._message_text = ""
        self._place()
        self.undo.clicked.connect(actions["undo"].trigger)
        self.redo.clicked.connect(actions["redo"].trigger)
        self.export.clicked.connect(actions["export"].trigger)
        self._busy_timer.timeout.connect(lambda: self._show_busy("simulating …"))
        session.results.busy_changed.connect(self._follow_busy)
        session.results.progressed.connect(self._follow_progress)
        session.results.racing_all_changed.connect(self._follow_racing_all)
        session.results.all_progressed.connect(self._follow_all)
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
        layout.setSpacing(SPACING)
        left, right = QHBoxLayout(), QHBoxLayout()
        for part in (left, right):
            part.setSpacing(SPACING)
        left.addWidget(self.brand)
        left.addWidget(self.menu_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        left.addWidget(self.title, 1)
        right.addWidget(self.message, 1)
        for widget in (self.undo, self.redo, self.export):
            right.addWidget(widget)
        layout.addLayout(left, 1)
        layout.addWidget(self.layout_switch)
        layout.addLayout(right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Keep the switch in the middle, unless the title is longer than the left half; messages keep some room.

        The name gives way where there is no room for it beside the menus.
        """
        layout = self.layout()
        margins = layout.contentsMargins()
        room = self.width() - margins.left() - margins.right() - _room_of(self.layout_switch) - SPACING
        left, right = _room_of(self.menu_bar), _room_of(self.undo, self.redo, self.export)
        self.brand.setVisible(left + _room_of(self.brand) + right <= room)
        if self.brand.isVisibleTo(self):
            left += _room_of(self.brand)
        # As if it were marked as changed: the first change does not move the switch.
        left += self.title.fontMetrics().horizontalAdvance(self._session.title + MODIFIED_MARK)
        right += round(MESSAGE_WIDTH * theme_hub().scale)
        share = max(room // 2, min(left, room - right))
        layout.setStretch(0, max(1, share))
        layout.setStretch(2, max(1, room - share))

    def show_message(self, text: str) -> None:
        """Show one line, "" for none, at once; what is being computed is told behind it, where there is room."""
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

    def _follow_racing_all(self, racing: bool) -> None:
        """Of a large race, a sample has been raced: the window can be used while the others follow."""
        self._show_busy("racing all particles …" if racing else "")

    def _follow_all(self, share: float) -> None:
        self._show_busy(f"racing all particles … {share:.0%}")

    def _show_busy(self, text: str) -> None:
        self._busy_text = text
        self._show_line()

    def _show_line(self) -> None:
        texts = [text for text in (self._message_text, self._busy_text) if text]
        self.message.show_text("  ·  ".join(texts), shorter=texts[:1])
        self.message.setToolTip("\n".join(texts))  # all of it, where the bar is too short

    def _show_title(self) -> None:
        mark = MODIFIED_MARK if self._session.modified else ""
        self.title.show_text(f"{self._session.title}{mark}")
        self.title.setToolTip(str(self._session.path or self._session.title))
        self._share_room()
        self.window().setWindowTitle(f"{self._session.title}[*] – gradsim")
        self.window().setWindowModified(self._session.modified)

    def _show_history(self) -> None:
        for word, button, name in (
            ("undo", self.undo, self._session.undo_name),
            ("redo", self.redo, self._session.redo_name),
        ):
            action = self._actions[word]
            action.setText(f"{word.capitalize()} {name or ''}".strip().replace("&", "&&"))
            self._actions.show_tip(word, f"{word.capitalize()} “{name}”." if name else f"Nothing to {word}.")
            action.setEnabled(name is not None)
            button.setEnabled(name is not None)
            button.setToolTip(action.toolTip())

    def _dress(self, *_: object) -> None:
        theme = current_theme()
        size = round(ICON_SIZE * theme_hub().scale)
        self.export.setIcon(icon("record", theme.accent_text, size=size))
        self.export.setIconSize(QSize(size, size))
        QTimer.singleShot(0, self, self._share_room)


def _room_of(*widgets: QWidget) -> int:
    """The pixels that ``widgets`` take up in a row, each with a gap beside it."""
    return sum(each.sizeHint().width() + SPACING for each in widgets)
