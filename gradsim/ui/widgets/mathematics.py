"""Formulas on show: LaTeX set by a worker, in the colours and at the size of the interface."""

from __future__ import annotations

from math import ceil
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRectF, QSize, QSizeF, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradsim.ui.jobs import LatestJob
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.type_setting import paint_formulas

TEXT_PIXELS = 14.0


def is_painted_at(image: QImage, whole: QSizeF, ratio: float) -> bool:
    """Whether ``image`` has ``ratio`` pixels for each of the formula's size, which is ``whole``, give or take one."""
    return abs(image.width() - whole.width() * ratio) <= 1.5


class FormulaPress(QObject):
    """Sets the formulas of all views on one worker, so that many views need one thread.

    The latest batch wins, and a batch is all that has been asked for and not yet delivered: of one view the latest
    formula counts, and none waits for another view's change.
    """

    painted = Signal(object, QImage)

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._wanted: dict[object, tuple[Any, ...]] = {}
        self._held = False
        self._job = LatestJob(self, name="gradsim formulas")
        self._job.finished.connect(self._deliver)
        self._job.failed.connect(self._fail)
        app.aboutToQuit.connect(self._job.stop)

    def order(self, key: object, *arguments: Any) -> None:
        """Have ``paint_formulas(*arguments)`` delivered by ``painted`` with ``key``, in place of what it waits for."""
        self._wanted[key] = arguments
        if not self._held:
            self._job.submit(_paint_all, dict(self._wanted))

    def hold(self) -> None:
        """Set nothing until ``go_on``: the type-setter must not load before the window's first paint."""
        self._held = True

    def go_on(self) -> None:
        """Set what has been ordered meanwhile."""
        self._held = False
        if self._wanted:
            self._job.submit(_paint_all, dict(self._wanted))

    def withdraw(self, key: object) -> None:
        """Deliver nothing more with ``key``."""
        self._wanted.pop(key, None)

    def awaits(self, key: object) -> bool:
        """Whether something has been ordered with ``key`` and not yet delivered."""
        return key in self._wanted

    def _deliver(self, batch: dict[object, tuple[tuple[Any, ...], QImage]]) -> None:
        for key, (arguments, image) in batch.items():
            if self._wanted.get(key) == arguments:
                del self._wanted[key]
                self.painted.emit(key, image)

    def _fail(self, error: Exception) -> None:
        self._wanted.clear()  # else the one that cannot be set would keep all others from being set
        raise error


def formula_press() -> FormulaPress:
    """The application's one press."""
    app = QCoreApplication.instance()
    press = app.findChild(FormulaPress)
    return press if press is not None else FormulaPress(app)


def _paint_all(wanted: dict[object, tuple[Any, ...]]) -> dict[object, tuple[tuple[Any, ...], QImage]]:
    return {key: (arguments, paint_formulas(*arguments)) for key, arguments in wanted.items()}


class MathView(QWidget):
    """Shows lines of LaTeX; what is too wide, or too high for a maximum height, shrinks to fit.

    A worker sets them: until it is done the formula before stays. ``description`` is what a screen reader says. After
    ``stop`` nothing is set any more. ``was_set`` tells that another formula is on show.
    """

    was_set = Signal()

    def __init__(self, parent: QWidget | None = None, *, text_pixels: float = TEXT_PIXELS) -> None:
        super().__init__(parent)
        self._text_pixels = text_pixels
        self._lines: tuple[str, ...] = ()
        self._image = QImage()
        self._whole = QSizeF()
        """Of the formula on show, before it shrinks."""
        self._sharpening = False
        self._key = object()
        self._press = formula_press()
        self._press.painted.connect(self._take)
        self._stopped = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme_hub().changed.connect(self._set)

    @property
    def is_set(self) -> bool:
        """Whether a formula is on show."""
        return not self._image.isNull()

    @property
    def is_sharp(self) -> bool:
        """Whether the formula on show has a pixel of its own for each pixel of the screen."""
        return is_painted_at(self._image, self._whole, self._share * self.devicePixelRatioF())

    def show_lines(self, lines: tuple[str, ...], description: str) -> None:
        """Show ``lines`` of LaTeX; ``description`` says the same in plain text."""
        self.setAccessibleName(description)
        if lines != self._lines:
            self._lines = lines
            self._set()

    def stop(self) -> None:
        """Take no more formulas: what is on show stays."""
        self._stopped = True
        self._press.withdraw(self._key)

    def _set(self, *_: object) -> None:
        self._sharpening = False
        # While only the numbers of a formula change, its size hardly does.
        self._order(self._share if self.is_set and self.isVisible() and self.is_sharp else 1.0)

    def _sharpen(self) -> None:
        """Have the formula on show painted once more at the size at which it is shown.

        Not while another is awaited, nor while a layout has not given it its height yet: it may be seen next when it
        has long grown.
        """
        settled = self._share >= self._share_within(self.maximumHeight()) - 1.5 / self._whole.width()
        if settled and (self._sharpening or not self._press.awaits(self._key)):
            self._sharpening = True
            self._order(self._share)

    def _order(self, share: float) -> None:
        if self._lines and not self._stopped:
            pixels, ratio = self._text_pixels * theme_hub().scale, self.devicePixelRatioF()
            self._press.order(self._key, self._lines, pixels, current_theme().text, share * ratio)

    def _take(self, key: object, image: QImage) -> None:
        if key is not self._key:
            return
        self._image = image
        if self._sharpening:
            self._sharpening = False
            self.update()
            return
        self._whole = image.deviceIndependentSize()
        self.updateGeometry()
        self.update()
        self.was_set.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._set()
        return super().event(event)

    def sizeHint(self) -> QSize:
        return self._whole.toSize() if self.is_set else QSize(0, round(self._text_pixels))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def heightForWidth(self, width: int) -> int:
        return self.drawn_height(width)

    def drawn_height(self, width: int) -> int:
        """How high the formula is drawn when there are ``width`` pixels for it."""
        size = self._whole if self.is_set else self.sizeHint().toSizeF()
        return ceil(size.height() * min(1.0, width / max(1.0, size.width())))

    @property
    def _share(self) -> float:
        """Of the formula's size, the one at which it is shown."""
        return self._share_within(self.height())

    def _share_within(self, height: int) -> float:
        size = self._whole
        # A size hint has whole pixels: a fraction of one is no reason to blur the formula.
        return min(1.0, self.width() / max(1.0, size.width()), (height + 1) / max(1.0, size.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_set:
            return
        share, ratio = self._share, self.devicePixelRatioF()
        size = self._whole * share
        top = round((self.height() - size.height()) / 2 * ratio) / ratio  # between two pixels it would be soft
        painter = QPainter(self)
        if self.is_sharp:
            size = QSizeF(self._image.size()) / ratio
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._sharpen()
        painter.drawImage(QRectF(QPointF(0.0, top), size), self._image)
        painter.end()
