"""The lesson panel: what the scene on show is there to show, and the way to the lessons before and after it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gradsim.ui.session import Session
from gradsim.ui.widgets.forms import label
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.window.lessons import lessons, neighbour


class LessonPanel(QScrollArea):
    """Shows the title and the description of the scene. ``neighbour_wanted`` asks for the lesson -1 or 1 places on."""

    neighbour_wanted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that the arrow keys scroll for those without a mouse
        self.setAccessibleName("Lesson")
        self.title = self._text("lessonTitle")
        self.text = self._text("lessonText")
        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(16, 0, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addStretch(1)
        self.setWidget(inside)
        self.title_widget = self._build_steps()
        session.scene_changed.connect(self._show)
        session.scene_opened.connect(self._show)
        self._show()

    @staticmethod
    def _text(name: str) -> QLabel:
        text = label("", name)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        return text

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
        if self.text.text() != scene.description:
            self.verticalScrollBar().setValue(0)
        self.title.setText(scene.title)
        self.text.setText(scene.description or "This scene has no explanation; the menu Lessons has scenes with one.")

    def sizeHint(self) -> QSize:
        """As high as the text is at this width."""
        hint = super().sizeHint()
        width = max(self.viewport().width(), 120)
        return QSize(hint.width(), self.widget().layout().totalHeightForWidth(width) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 60)
