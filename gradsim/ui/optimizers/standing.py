"""What a card tells about the race: place and loss at the step on show, and at the end how the particles fared."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradsim.core.run import CONVERGED, DIVERGED, LEFT_DOMAIN, OUTCOME_NAMES, RUNNING
from gradsim.ui.drawing.cards import draw_text, elided, text_font, text_width
from gradsim.ui.drawing.competitors import Standing
from gradsim.ui.theme import current_theme, theme_hub

BAR_HEIGHT = 4
BAR_ROOM = 8
OUTCOME_ORDER = (CONVERGED, RUNNING, LEFT_DOMAIN, DIVERGED)
LOSS_TIP = "Place and loss at the step on show; of a cloud, by the median."


class StandingLine(QWidget):
    """A line with place and loss on the left, and a dim note on the right.

    It paints itself: labels that change twelve times a second would lay out the whole panel each time.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place, self.loss, self.note = "", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Place and loss")
        self.setToolTip(LOSS_TIP)
        theme_hub().changed.connect(self.updateGeometry)

    def show_standing(self, standing: Standing | None) -> None:
        """Show place and loss, or neither."""
        shown = ("", "") if standing is None else (standing.rank_text, standing.loss_text)
        if shown != (self.place, self.loss):
            self.place, self.loss = shown
            self.setAccessibleDescription(" ".join(filter(None, shown)))
            self.update()

    def show_note(self, note: str) -> None:
        if note != self.note:
            self.note = note
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, round(17 * theme_hub().scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, scale = current_theme(), theme_hub().scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        font = text_font(12 * scale)
        left = 0.0
        if self.place:
            bold = text_font(11 * scale, bold=True)
            room = text_width("00th", bold) + 6 * scale
            ink = theme.text if self.place == "1st" else theme.dim_text
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.card))
            painter.drawRoundedRect(QRectF(0.0, 0.5, room, self.height() - 1), 4 * scale, 4 * scale)
            draw_text(painter, (room - text_width(self.place, bold)) / 2, middle, self.place, bold, QColor(ink))
            left = room + 8 * scale
        draw_text(painter, left, middle, self.loss, font, QColor(theme.text))
        left += text_width(self.loss, font) + 12 * scale
        small = text_font(11 * scale)
        note = elided(self.note, small, self.width() - left)
        draw_text(painter, self.width() - text_width(note, small), middle, note, small, QColor(theme.dim_text))
        painter.end()


class OutcomeBar(QWidget):
    """A thin bar of the shares of particles with each outcome; it keeps its room while there is nothing to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shares: tuple[float, ...] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Outcomes")
        theme_hub().changed.connect(self.updateGeometry)

    def show_shares(self, shares: Sequence[float] | None) -> None:
        """Show the share of each outcome in the order of ``OUTCOME_NAMES``, or None before the end of the race."""
        shares = None if shares is None else tuple(map(float, shares))
        if shares == self.shares:
            return
        self.shares = shares
        told = [] if shares is None else [(OUTCOME_NAMES[each], shares[each]) for each in OUTCOME_ORDER if shares[each]]
        text = ", ".join(f"{_percent(share)} {name if name != 'running' else 'still moving'}" for name, share in told)
        self.setToolTip(f"At the end of the race: {text}." if told else "")
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, round(BAR_ROOM * theme_hub().scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.shares is None:
            return
        theme = current_theme()
        colors = {CONVERGED: theme.success, RUNNING: theme.dim_text, LEFT_DOMAIN: theme.warning, DIVERGED: theme.error}
        height = BAR_HEIGHT * theme_hub().scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0, (self.height() - height) / 2, self.width(), height), height / 2, height / 2)
        painter.setClipPath(outline)
        left = 0.0
        for each in OUTCOME_ORDER:
            width = self.shares[each] * self.width()
            painter.fillRect(QRectF(left, 0, width, self.height()), QColor(colors[each]))
            left += width
        painter.end()


def _percent(share: float) -> str:
    """A share in words that never rounds some to none, or nearly all to all."""
    percent = 100 * share
    if 0 < percent < 0.1:
        return "<0.1 %"
    if 99.9 < percent < 100:
        return ">99.9 %"
    return f"{percent:.1f}".removesuffix(".0") + " %"
