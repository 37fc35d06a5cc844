"""Where the plane lies on the screen: the linear map between data and device pixels, and zooming and panning it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Range = tuple[float, float]

# A view so narrow that neighbouring pixels share a float64, or so wide that it overflows, is refused.
MIN_RELATIVE_SPAN = 1e-12
MAX_SPAN = 1e100


@dataclass(frozen=True)
class Viewport:
    """A rectangle of data shown on ``width`` × ``height`` device pixels.

    Pixel coordinates are continuous: (0, 0) is the outer corner of the top left pixel, its centre is (0.5, 0.5). Data y
    grows upwards, pixel y downwards.

    Attributes:
        x, y: (low, high) of the data shown, low < high.
        width, height: device pixels, at least 1.
    """

    x: Range
    y: Range
    width: int
    height: int

    @classmethod
    def fit(
        cls,
        x: Range,
        y: Range,
        width: int,
        height: int,
        *,
        equal_scale: bool = True,
        margins: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0),
    ) -> Viewport:
        """Return the viewport that shows all of ``x`` × ``y`` inside the margins.

        Args:
            x, y: (low, high) of the data; an empty range is widened around its middle.
            width, height: device pixels, margins included.
            equal_scale: whether a unit of x is as long as a unit of y (gradients are then perpendicular to contours);
                the data is centred in the direction that has room to spare.
            margins: (left, top, right, bottom) device pixels kept free; they shrink when they leave no room.
        """
        width, height = max(1, width), max(1, height)
        left, right = _shrink(margins[0], margins[2], width)
        top, bottom = _shrink(margins[1], margins[3], height)
        inner_width, inner_height = width - left - right, height - top - bottom
        x, y = _widen(x), _widen(y)
        scale_x, scale_y = (x[1] - x[0]) / inner_width, (y[1] - y[0]) / inner_height
        if equal_scale:
            scale_x = scale_y = max(scale_x, scale_y)
        spare_x = inner_width * scale_x - (x[1] - x[0])
        spare_y = inner_height * scale_y - (y[1] - y[0])
        return cls(
            (x[0] - left * scale_x - spare_x / 2, x[1] + right * scale_x + spare_x / 2),
            (y[0] - bottom * scale_y - spare_y / 2, y[1] + top * scale_y + spare_y / 2),
            width,
            height,
        )

    @property
    def scale(self) -> tuple[float, float]:
        """Data units per device pixel along x and y, both positive."""
        return (self.x[1] - self.x[0]) / self.width, (self.y[1] - self.y[0]) / self.height

    def to_pixels(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the device pixels (..., 2) of data ``points`` (..., 2), float64; inf and nan stay what they are."""
        points = np.asarray(points, dtype=np.float64)
        pixels = np.empty_like(points)
        with np.errstate(over="ignore"):
            pixels[..., 0] = (points[..., 0] - self.x[0]) / (self.x[1] - self.x[0]) * self.width
            pixels[..., 1] = (self.y[1] - points[..., 1]) / (self.y[1] - self.y[0]) * self.height
        return pixels

    def to_data(self, pixels: ArrayLike) -> NDArray[np.float64]:
        """Return the data (..., 2) at device ``pixels`` (..., 2), float64: the inverse of ``to_pixels``."""
        pixels = np.asarray(pixels, dtype=np.float64)
        points = np.empty_like(pixels)
        points[..., 0] = self.x[0] + pixels[..., 0] / self.width * (self.x[1] - self.x[0])
        points[..., 1] = self.y[1] - pixels[..., 1] / self.height * (self.y[1] - self.y[0])
        return points

    def zoomed(self, factor: float, about_pixels: tuple[float, float]) -> Viewport:
        """Return the view magnified by ``factor`` (> 1 goes in) with the data under ``about_pixels`` kept in place.

        Returns the same viewport where float64 could not tell neighbouring pixels apart, or would overflow.
        """
        about_x, about_y = (float(value) for value in self.to_data(about_pixels))
        x = (about_x + (self.x[0] - about_x) / factor, about_x + (self.x[1] - about_x) / factor)
        y = (about_y + (self.y[0] - about_y) / factor, about_y + (self.y[1] - about_y) / factor)
        return replace(self, x=x, y=y) if _is_usable(x) and _is_usable(y) else self

    def panned(self, dx: float, dy: float) -> Viewport:
        """Return the view after the data was dragged by (``dx``, ``dy``) device pixels, y downwards."""
        scale_x, scale_y = self.scale
        x = (self.x[0] - dx * scale_x, self.x[1] - dx * scale_x)
        y = (self.y[0] + dy * scale_y, self.y[1] + dy * scale_y)
        return replace(self, x=x, y=y) if _is_usable(x) and _is_usable(y) else self


def _shrink(before: float, after: float, size: int) -> tuple[float, float]:
    """Scale two margins down until at least half of ``size`` is left between them."""
    before, after = max(0.0, before), max(0.0, after)
    factor = min(1.0, 0.5 * size / (before + after)) if before + after > 0.0 else 1.0
    return before * factor, after * factor


def _widen(span: Range) -> Range:
    low, high = span
    if low < high and _is_usable(span):
        return span
    middle = (low + high) / 2
    half = max(0.5, abs(middle) * 1e-3)
    return middle - half, middle + half


def _is_usable(span: Range) -> bool:
    low, high = span
    width = high - low
    return math.isfinite(width) and 0.0 < width <= MAX_SPAN and width > MIN_RELATIVE_SPAN * max(abs(low), abs(high))
