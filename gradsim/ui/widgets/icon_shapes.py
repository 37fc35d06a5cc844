"""The shapes of the icons: each adds to a path that is filled and to one that is stroked, on a 16 × 16 grid."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

GRID = 16


def _polygon(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
    path.closeSubpath()


def _line(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


def _play(filled: QPainterPath, stroked: QPainterPath) -> None:
    _polygon(filled, (4, 2.5), (13.5, 8), (4, 13.5))


def _pause(filled: QPainterPath, stroked: QPainterPath) -> None:
    filled.addRoundedRect(3.5, 2.5, 3.2, 11, 0.8, 0.8)
    filled.addRoundedRect(9.3, 2.5, 3.2, 11, 0.8, 0.8)


def _to_start(filled: QPainterPath, stroked: QPainterPath) -> None:
    filled.addRoundedRect(2.5, 3, 2, 10, 0.6, 0.6)
    _polygon(filled, (13.5, 3), (13.5, 13), (5.5, 8))


def _to_end(filled: QPainterPath, stroked: QPainterPath) -> None:
    filled.addRoundedRect(11.5, 3, 2, 10, 0.6, 0.6)
    _polygon(filled, (2.5, 3), (2.5, 13), (10.5, 8))


def _step_back(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (10, 3.5), (5.5, 8), (10, 12.5))


def _step_forwards(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (6, 3.5), (10.5, 8), (6, 12.5))


def _loop(filled: QPainterPath, stroked: QPainterPath) -> None:
    stroked.moveTo(2.5, 8)
    stroked.lineTo(2.5, 7)
    stroked.quadTo(2.5, 4.5, 5, 4.5)
    stroked.lineTo(12.5, 4.5)
    _line(stroked, (10.5, 2.2), (12.8, 4.5), (10.5, 6.8))
    stroked.moveTo(13.5, 8)
    stroked.lineTo(13.5, 9)
    stroked.quadTo(13.5, 11.5, 11, 11.5)
    stroked.lineTo(3.5, 11.5)
    _line(stroked, (5.5, 9.2), (3.2, 11.5), (5.5, 13.8))


def _undo(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (6, 3), (2.8, 6.2), (6, 9.4))
    stroked.moveTo(3.2, 6.2)
    stroked.lineTo(9.5, 6.2)
    stroked.cubicTo(14.6, 6.2, 14.6, 13, 9.5, 13)
    stroked.lineTo(7, 13)


def _redo(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (10, 3), (13.2, 6.2), (10, 9.4))
    stroked.moveTo(12.8, 6.2)
    stroked.lineTo(6.5, 6.2)
    stroked.cubicTo(1.4, 6.2, 1.4, 13, 6.5, 13)
    stroked.lineTo(9, 13)


def _plus(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (8, 3), (8, 13))
    _line(stroked, (3, 8), (13, 8))


def _close(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (4, 4), (12, 12))
    _line(stroked, (12, 4), (4, 12))


def _float(filled: QPainterPath, stroked: QPainterPath) -> None:
    stroked.addRoundedRect(6, 3, 7, 7, 1, 1)
    _line(stroked, (3.2, 6), (3.2, 12.8), (10, 12.8))


def _chevron_down(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (4, 6), (8, 10), (12, 6))


def _chevron_right(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (6, 4), (10, 8), (6, 12))


def _reset(filled: QPainterPath, stroked: QPainterPath) -> None:
    stroked.arcMoveTo(QRectF(3, 3, 10, 10), 150)
    stroked.arcTo(QRectF(3, 3, 10, 10), 150, -300)
    _line(stroked, (3.2, 2.4), (3.2, 5.8), (6.6, 5.8))


def _dice(filled: QPainterPath, stroked: QPainterPath) -> None:
    stroked.addRoundedRect(2.5, 2.5, 11, 11, 2.2, 2.2)
    for x, y in ((5.4, 5.4), (10.6, 5.4), (8, 8), (5.4, 10.6), (10.6, 10.6)):
        filled.addEllipse(QPointF(x, y), 1.05, 1.05)


def _theme(filled: QPainterPath, stroked: QPainterPath) -> None:
    stroked.addEllipse(2.5, 2.5, 11, 11)
    filled.moveTo(8, 2.5)
    filled.arcTo(QRectF(2.5, 2.5, 11, 11), 90, 180)
    filled.closeSubpath()


def _record(filled: QPainterPath, stroked: QPainterPath) -> None:
    filled.addEllipse(3.5, 3.5, 9, 9)


def _open(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (2, 12.5), (2, 3.5), (6, 3.5), (7.5, 5.5), (13, 5.5), (13, 7.5))
    _line(stroked, (2, 12.8), (4.5, 7.5), (15, 7.5), (12.5, 12.8), (2, 12.8))


def _save(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (8, 2.5), (8, 10))
    _line(stroked, (4.8, 7), (8, 10.2), (11.2, 7))
    _line(stroked, (2.8, 10.5), (2.8, 13.2), (13.2, 13.2), (13.2, 10.5))


def _menu(filled: QPainterPath, stroked: QPainterPath) -> None:
    for y in (4, 8, 12):
        _line(stroked, (2.5, y), (13.5, y))


def _move(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (8, 2), (8, 14))
    _line(stroked, (2, 8), (14, 8))
    for along, across in ((2, 8), (14, 8)):
        inner = along + (2 if along < 8 else -2)
        _line(stroked, (across - 2, inner), (across, along), (across + 2, inner))
        _line(stroked, (inner, across - 2), (along, across), (inner, across + 2))


def _flag(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (4, 14), (4, 2.5))
    _polygon(filled, (4, 2.2), (13.5, 5.4), (4, 8.8))


def _pointer(filled: QPainterPath, stroked: QPainterPath) -> None:
    _polygon(filled, (3.5, 1.8), (12.8, 9.4), (8.4, 9.7), (10.9, 14.1), (9.1, 15), (6.8, 10.5), (3.5, 13.6))


def _magnifier(filled: QPainterPath, stroked: QPainterPath) -> None:
    stroked.addEllipse(2, 2, 9.4, 9.4)
    _line(stroked, (10.2, 10.2), (14.2, 14.2))


def _zoom_in(filled: QPainterPath, stroked: QPainterPath) -> None:
    _zoom_out(filled, stroked)
    _line(stroked, (6.7, 4.7), (6.7, 8.7))


def _zoom_out(filled: QPainterPath, stroked: QPainterPath) -> None:
    _magnifier(filled, stroked)
    _line(stroked, (4.7, 6.7), (8.7, 6.7))


def _ruler(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (1.8, 10.6), (10.6, 1.8), (14.2, 5.4), (5.4, 14.2), (1.8, 10.6))
    for share in (0.25, 0.5, 0.75):
        x, y = 1.8 + 8.8 * share, 10.6 - 8.8 * share
        _line(stroked, (x, y), (x + 1.7, y + 1.7))


def _fit(filled: QPainterPath, stroked: QPainterPath) -> None:
    for x, inward_x in ((2.5, 3), (13.5, -3)):
        for y, inward_y in ((2.5, 3), (13.5, -3)):
            _line(stroked, (x + inward_x, y), (x, y), (x, y + inward_y))
    _line(stroked, (6, 6), (10, 6), (10, 10), (6, 10), (6, 6))


def _logarithmic(filled: QPainterPath, stroked: QPainterPath) -> None:
    _line(stroked, (2, 13), (14, 13))
    for x in (2, 7, 10, 12, 13.4):
        _line(stroked, (x, 4 if x == 2 else 7), (x, 13))


def _more(filled: QPainterPath, stroked: QPainterPath) -> None:
    for x in (3.2, 8, 12.8):
        filled.addEllipse(QPointF(x, 8), 1.4, 1.4)


DRAWINGS: dict[str, Callable[[QPainterPath, QPainterPath], None]] = {
    "play": _play,
    "pause": _pause,
    "to_start": _to_start,
    "to_end": _to_end,
    "step_back": _step_back,
    "step_forwards": _step_forwards,
    "loop": _loop,
    "undo": _undo,
    "redo": _redo,
    "plus": _plus,
    "close": _close,
    "float": _float,
    "chevron_down": _chevron_down,
    "chevron_right": _chevron_right,
    "reset": _reset,
    "dice": _dice,
    "theme": _theme,
    "record": _record,
    "open": _open,
    "save": _save,
    "menu": _menu,
    "move": _move,
    "flag": _flag,
    "pointer": _pointer,
    "zoom_in": _zoom_in,
    "zoom_out": _zoom_out,
    "ruler": _ruler,
    "fit": _fit,
    "logarithmic": _logarithmic,
    "more": _more,
}
