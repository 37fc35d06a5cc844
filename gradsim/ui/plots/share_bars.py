"""Stacked bars: one for each optimizer, parts for the minima that its particles ended in, and a key above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gradsim.core.percentages import percentages
from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import BASE_TEXT_PIXELS, color, draw_text, elided, text_font, text_width
from gradsim.ui.drawing.swatch import letter_ink
from gradsim.ui.style_sheet import mix
from gradsim.ui.theme import current_theme, theme_hub

ROW_EM = 1.72
BAR_EM = 1.3
KEY_EM = 1.6
GAP_PIXELS = 2.0
MAX_NAME_SHARE = 0.42
N_FINE_PARTICLES = 100  # from so many on, tenths of a percent mean something


@dataclass(frozen=True)
class SharePart:
    """A place where particles may end: what it is called, and ``role``: "minimum", "others", "elsewhere", "left",
    "diverged"."""

    name: str
    role: str


@dataclass(frozen=True, eq=False)
class ShareBar:
    """One bar: the optimizer's name and colour, and how many of its particles ended in each part, int64 (parts,)."""

    name: str
    color: str
    counts: np.ndarray

    @property
    def percentages(self) -> np.ndarray:
        """Rounded, and adding up to 100."""
        return percentages(self.counts, decimals=1 if self.counts.sum() >= N_FINE_PARTICLES else 0)


def part_colors(parts: Sequence[SharePart], theme: Theme) -> list[str]:
    """Return ``#RRGGBB`` for each part: minima in shades of the accent, the best the strongest; the rest in its own."""
    n_minima = sum(part.role == "minimum" for part in parts)
    own = {
        "others": mix(theme.panel, theme.accent, 0.2),
        "elsewhere": mix(theme.panel, theme.dim_text, 0.45),
        "left": mix(theme.panel, theme.error, 0.5),
        "diverged": theme.error,
    }
    shades = iter(np.linspace(1.0, 0.35, max(1, n_minima)) if n_minima > 1 else [1.0])
    return [
        mix(theme.panel, theme.accent, next(shades)) if part.role == "minimum" else own[part.role] for part in parts
    ]


def percent_text(value: float) -> str:
    """``52 %``, ``51.9 %``."""
    return f"{value:g} %"


class ShareBars(QWidget):
    """Paints bars and their key; a tool tip reads out the part under the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: tuple[SharePart, ...] = ()
        self.bars: tuple[ShareBar, ...] = ()
        self.setAccessibleName("Where the particles end")
        theme_hub().changed.connect(self._follow_theme)

    @property
    def _em(self) -> float:
        return 0.92 * BASE_TEXT_PIXELS * theme_hub().scale

    def show_bars(self, parts: Sequence[SharePart], bars: Sequence[ShareBar]) -> None:
        """Show ``bars``, whose counts are in the order of ``parts``."""
        self.parts, self.bars = tuple(parts), tuple(bars)
        self.setAccessibleDescription(". ".join(self.sentence(bar) for bar in self.bars))
        self._fit()

    def sentence(self, bar: ShareBar) -> str:
        """``Momentum: 57.1 % in the minimum at 1.036, 42.9 % in the minimum at −0.96``."""
        shares = zip(self.parts, bar.percentages, strict=True)
        said = [f"{percent_text(share)} {_where(part)}" for part, share in shares if share]
        return f"{bar.name}: {', '.join(said)}"

    def part_at(self, x: float, y: float) -> tuple[ShareBar, int] | None:
        """The bar, and the number of its part, at a place of this widget."""
        for bar, row in zip(self.bars, self._bar_rects(), strict=True):
            for k, rect in enumerate(self._part_rects(bar, row)):
                if rect is not None and rect.contains(x, y):
                    return bar, k
        return None

    def sizeHint(self) -> QSize:
        return QSize(380, round(self._key_height() + len(self.bars) * ROW_EM * self._em + 0.5 * self._em))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(160 * theme_hub().scale), self.sizeHint().height())

    # Layout

    def _key_places(self) -> list[tuple[float, float]]:
        """(left, middle) of every entry of the key, wrapped at the widget's width."""
        em, font = self._em, text_font(0.92 * self._em)
        left, middle, places = 0.0, 0.5 * KEY_EM * em, []
        for part in self.parts:
            width = 1.2 * em + text_width(part.name, font)
            if left and left + width > self.width():
                left, middle = 0.0, middle + KEY_EM * em
            places.append((left, middle))
            left += width + 1.2 * em
        return places

    def _key_height(self) -> float:
        places = self._key_places()
        return places[-1][1] + 0.5 * KEY_EM * self._em + 0.3 * self._em if places else 0.0

    def _name_width(self) -> float:
        font = text_font(self._em)
        widest = max((text_width(bar.name, font) for bar in self.bars), default=0.0)
        return min(widest + 2.0 * self._em, MAX_NAME_SHARE * self.width())

    def _bar_rects(self) -> list[QRectF]:
        em, left, top = self._em, self._name_width(), self._key_height()
        room = max(1.0, self.width() - left)
        return [
            QRectF(left, top + k * ROW_EM * em + (ROW_EM - BAR_EM) / 2 * em, room, BAR_EM * em)
            for k in range(len(self.bars))
        ]

    def _part_rects(self, bar: ShareBar, row: QRectF) -> list[QRectF | None]:
        """Where each part lies in its bar; None for one that nobody ended in."""
        edges = np.concatenate([[0], np.cumsum(bar.counts)]) / max(1, int(bar.counts.sum())) * row.width()
        return [
            QRectF(row.left() + start, row.top(), max(1.0, end - start - GAP_PIXELS), row.height())
            if end > start
            else None
            for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        ]

    def _fit(self) -> None:
        self.updateGeometry()
        self.setMinimumHeight(self.sizeHint().height())
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, em = current_theme(), self._em
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        colors = part_colors(self.parts, theme)
        small, font = text_font(0.92 * em), text_font(em)
        for part, ink, (left, middle) in zip(self.parts, colors, self._key_places(), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(ink))
            painter.drawRoundedRect(QRectF(left, middle - 0.4 * em, 0.8 * em, 0.8 * em), 0.2 * em, 0.2 * em)
            draw_text(painter, left + 1.2 * em, middle, part.name, small, color(theme.dim_text))
        for bar, row in zip(self.bars, self._bar_rects(), strict=True):
            middle = row.center().y()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(bar.color))
            painter.drawEllipse(QRectF(0, middle - 0.38 * em, 0.76 * em, 0.76 * em))
            name = elided(bar.name, font, row.left() - 1.9 * em)
            draw_text(painter, 1.2 * em, middle, name, font, color(theme.text))
            shares = zip(self.parts, self._part_rects(bar, row), colors, bar.percentages, strict=True)
            for part, rect, ink, share in shares:
                if rect is None:
                    continue
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color(ink))
                painter.drawRoundedRect(rect, 0.25 * em, 0.25 * em)
                text = _fitting(part, share, small, rect.width() - 0.6 * em)
                left = rect.center().x() - text_width(text, small) / 2
                draw_text(painter, left, middle, text, small, color(letter_ink(ink)))
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.part_at(event.pos().x(), event.pos().y())
            text = "" if found is None else self._reading(*found)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _reading(self, bar: ShareBar, k: int) -> str:
        n, total = int(bar.counts[k]), int(bar.counts.sum())
        return f"{bar.name}: {n:,} of {total:,} particles ({percent_text(bar.percentages[k])}) {_where(self.parts[k])}"

    def resizeEvent(self, event: QEvent) -> None:
        self._fit()

    def _follow_theme(self, *_: object) -> None:
        self._fit()


def _fitting(part: SharePart, share: float, font: QFont, room: float) -> str:
    """What to write on a part: from afar the shades of neighbours are hard to tell apart, so its name if that fits."""
    texts = (f"{percent_text(share)}  {part.name}", percent_text(share), "")
    return next(text for text in texts if text_width(text, font) < room or not text)


def _where(part: SharePart) -> str:
    texts = {"minimum": f"at {part.name}", "others": f"in {part.name}", "elsewhere": "in none of them"}
    return texts.get(part.role, part.name)
