"""The lesson panel: what the scene on show is there to show, and the way to the lessons before and after it."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradsim.ui.session import Session
from gradsim.ui.widgets.forms import label
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.widgets.scroll_area import ScrollArea
from gradsim.ui.window.lessons import lessons, neighbour


class LessonPanel(ScrollArea):
    """Shows the description of the scene; its title stands over the map, a hand away, and leaves the room to the cards.

    ``neighbour_wanted`` asks for the lesson -1 or 1 places on.
    """

    neighbour_wanted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that the arrow keys scroll for those without a mouse
        self.paragraphs: list[QLabel] = []
        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(16, 0, 12, 10)
        layout.setSpacing(0)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        layout.addLayout(self._column)
        layout.addStretch(1)
        self.setWidget(inside)
        self.title_widget = self._build_steps()
        session.scene_changed.connect(self._show)
        session.scene_opened.connect(self._show)
        self._show()

    def _build_steps(self) -> QWidget:
        self.place = label("", "dimNumber")
        self.previous = IconButton("step_back", "Previous lesson", "Open the lesson before this one.", flat=True)
        self.next = IconButton("step_forwards", "Next lesson", "Open the lesson after this one.", flat=True)
        self.previous.clicked.connect(lambda: self.neighbour_wanted.emit(-1))
        self.next.clicked.connect(lambda: self.neighbour_wanted.emit(1))
        steps = QWidget()
        layout = QHBoxLayout(steps)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.previous, self.place, self.next):
            layout.addWidget(widget)
        return steps

    def _show(self, *_: object) -> None:
        template = self._session.template
        paths = [lesson.path for lesson in lessons()]
        self.title_widget.setVisible(template in paths)
        if template in paths:
            self.place.setText(f"{paths.index(template) + 1} of {len(paths)}")
            self.previous.setEnabled(neighbour(template, -1) is not None)
            self.next.setEnabled(neighbour(template, 1) is not None)
        scene = self._session.scene
        self.setAccessibleName(f"Lesson: {scene.title}")
        self._show_text(scene.description or "This scene has no explanation; the menu Lessons has scenes with one.")

    @property
    def text(self) -> str:
        """What is shown, with a blank line between paragraphs."""
        return "\n\n".join(paragraph.text() for paragraph in self.paragraphs)

    def _show_text(self, text: str) -> None:
        texts = re.split(r"\n\s*\n", text.strip())
        if texts == [paragraph.text() for paragraph in self.paragraphs]:
            return
        for paragraph in self.paragraphs:
            paragraph.hide()  # at once: it is deleted only when the event that is being handled is over
            self._column.removeWidget(paragraph)
            paragraph.deleteLater()
        # Labels of their own stand half a line apart: a blank line would take a whole one from the cards below.
        self.paragraphs = [label(each, "lessonText") for each in texts]
        for paragraph in self.paragraphs:
            paragraph.setWordWrap(True)
            paragraph.setTextFormat(Qt.TextFormat.PlainText)
            self._column.addWidget(paragraph)
            paragraph.show()  # at once too: a layout leaves no room for what is still hidden
        self.verticalScrollBar().setValue(0)

    def _text_height(self) -> int:
        width = max(self.maximumViewportSize().width(), 120)
        return self.widget().layout().totalHeightForWidth(width)

    def _drop_needless_bar(self) -> None:
        # A scroll bar makes the text narrower and so higher: once there, it would stay where the text fits without it.
        fits = self._text_height() <= self.maximumViewportSize().height()
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drop_needless_bar()
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self._drop_needless_bar()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """As high as the text is at this width."""
        return QSize(super().sizeHint().width(), self._text_height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 60)
