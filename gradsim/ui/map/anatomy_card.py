"""The numbers of an update on a card on the map, for a presentation, where the panel Update is hidden."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSizeF, Signal
from PySide6.QtGui import QImage, QPainter

from gradsim.ui.drawing.cards import draw_card
from gradsim.ui.drawing.corners import CARD_GAP_EM, CORNERS, corner_rect
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.map.anatomy_formulas import filled_lines
from gradsim.ui.session import Session
from gradsim.ui.widgets.mathematics import formula_press, is_painted_at

TEXT_EM = 1.2
PADDING_EM = 0.9
MOST_OF_MAP = 0.7
"""A card that is larger shrinks."""


class AnatomyCard(QObject):
    """Draws the formulas with their numbers, which a worker sets; ``rects`` is where it was painted last."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._active = False
        self._asked: tuple[object, ...] = ()
        self._image = QImage()
        self._share = 1.0
        """Of their size, at which the formulas were painted last."""
        self._key = object()
        self._press = formula_press()
        self._press.painted.connect(self._take)
        self.rects: tuple[QRectF, ...] = ()

    def show_active(self, active: bool) -> None:
        """Show the card while a particle is taken apart, or hide it."""
        if active != self._active:
            self._active = active
            self.changed.emit()

    def stop(self) -> None:
        """Have nothing set any more."""
        self._active = False
        self._press.withdraw(self._key)

    def _take(self, key: object, image: QImage) -> None:
        if key is self._key:
            self._image = image
            self.changed.emit()

    def draw(self, painter: QPainter, picture: FramePicture, taken: tuple[QRectF, ...]) -> None:
        """Paint the card in the corner of the first map where it hides least; ``taken`` are rectangles in pixels."""
        self.rects = ()
        anatomy = self._session.selection.anatomy
        if not self._active or anatomy is None or anatomy.update is None or not picture.is_ready:
            return
        overlay = picture.overlays[0]
        lines = tuple(line for axis in range(len(anatomy.position)) for line in filled_lines(anatomy, axis))
        self._ask(lines, TEXT_EM * overlay.layout.em, picture.theme.text)
        if self._image.isNull():
            return
        whole, room = self._image.deviceIndependentSize(), overlay.room
        share = min(1.0, MOST_OF_MAP * room.width() / whole.width(), MOST_OF_MAP * room.height() / whole.height())
        rect, inside = self._place(whole * share, overlay, taken)
        draw_card(painter, rect, picture.theme, overlay.layout.em, alpha=0.95)
        if is_painted_at(self._image, whole, share):
            painter.drawImage(inside.topLeft().toPoint(), self._at_pixels())
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(inside, self._image)
            self._share = share
            self._ask(lines, TEXT_EM * overlay.layout.em, picture.theme.text)
        self.rects = (rect,)

    def _ask(self, *formula: object) -> None:
        """Have the lines set at the share of their size at which they were shown last, unless that was asked for."""
        asked = (*formula, self._share)
        if asked != self._asked:
            self._asked = asked
            self._press.order(self._key, *asked)

    def _at_pixels(self) -> QImage:
        image = QImage(self._image)
        image.setDevicePixelRatio(1.0)
        return image

    def _place(self, shown: QSizeF, overlay: Overlay, taken: tuple[QRectF, ...]) -> tuple[QRectF, QRectF]:
        em, room = overlay.layout.em, overlay.room
        padding = PADDING_EM * em
        size = (shown.width() + 2 * padding, shown.height() + 2 * padding)
        covered = (overlay.cards.legend_rect, overlay.cards.key_rect, *taken)

        def cost(corner: str) -> float:
            rect = corner_rect(corner, size, room, CARD_GAP_EM * em)
            return sum(rect.intersects(each) for each in covered) + overlay.obstacles.hidden_by(rect, 0.0)

        rect = corner_rect(min(CORNERS, key=cost), size, room, CARD_GAP_EM * em)
        return rect, rect.adjusted(padding, padding, -padding, -padding)
