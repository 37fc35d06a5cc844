"""Where steps lie on the timeline: linear or logarithmic, the whole race or a part of it, and round ticks for each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from gradsim.ui.numbers import format_count, nice_ticks

FEWEST_VISIBLE_STEPS = 8
LABEL_GAP = 14.0  # pixels between two labels
MARK_GAP = 4.0
FEWEST_LABELS = 3
WIDE_VIEW = 30.0


@dataclass(frozen=True)
class Tick:
    """A mark at ``step``, which lies at ``x``; ``text`` is "" where there is no room for a label."""

    step: int
    x: float
    text: str


@dataclass(frozen=True)
class TimelineScale:
    """Maps steps 0 … ``last_step`` to pixels ``left`` … ``left + width``, and back.

    A step's share of the way is linear, or log(1 + step) where ``is_log``: logarithmic, and yet step 0 is there. The
    shares ``low`` … ``high`` are in view.
    """

    last_step: int
    left: float
    width: float
    is_log: bool = False
    low: float = 0.0
    high: float = 1.0

    @property
    def is_zoomed(self) -> bool:
        return (self.low, self.high) != (0.0, 1.0)

    @property
    def visible(self) -> tuple[float, float]:
        """The first and the last step in view, real numbers."""
        return self._step_of(self.low), self._step_of(self.high)

    def share(self, step: float) -> float:
        """How much of the whole way lies before ``step``: 0 at the start, 1 at the end."""
        if self.last_step == 0:
            return 0.0
        return math.log1p(step) / math.log1p(self.last_step) if self.is_log else step / self.last_step

    def x_of(self, step: float) -> float:
        """Where ``step`` lies, in pixels; outside of the widget for one that is out of view."""
        return self.left + (self.share(step) - self.low) / (self.high - self.low) * self.width

    def step_at(self, x: float) -> float:
        """The step at ``x``, a real number, moved into the race."""
        if x >= self.left + self.width and self.high == 1.0:
            return float(self.last_step)  # exactly
        return self._step_of(self.low + (x - self.left) / max(self.width, 1.0) * (self.high - self.low))

    def shows(self, step: float) -> bool:
        return self.low <= self.share(step) <= self.high

    def zoomed(self, factor: float, x: float) -> TimelineScale:
        """``factor`` times as large (smaller below 1) about ``x``, no further than a few steps fill the view."""
        fixed = min(max((x - self.left) / max(self.width, 1.0), 0.0), 1.0)
        extent = min((self.high - self.low) / factor, 1.0)
        low = self.low + fixed * (self.high - self.low) - fixed * extent
        result = self._at(low, extent)
        first, last = result.visible
        if factor > 1.0 and last - first < min(FEWEST_VISIBLE_STEPS, self.last_step):
            return self
        return result

    def placed(self, left: float, width: float) -> TimelineScale:
        """The same steps in view in another place."""
        return replace(self, left=left, width=width)

    def panned(self, pixels: float) -> TimelineScale:
        """The view moved on by ``pixels``, within the race."""
        extent = self.high - self.low
        return self._at(self.low + pixels / max(self.width, 1.0) * extent, extent)

    def centered(self, share: float) -> TimelineScale:
        """The view moved so that ``share`` of the whole way is in its middle, as far as the race goes."""
        extent = self.high - self.low
        return self._at(share - extent / 2, extent)

    def fitted(self) -> TimelineScale:
        """The whole race in view."""
        return replace(self, low=0.0, high=1.0)

    def turned(self, is_log: bool) -> TimelineScale:
        """The same steps in view, the other way."""
        result = replace(self.fitted(), is_log=is_log)
        if not self.is_zoomed:
            return result
        low, high = (result.share(step) for step in self.visible)
        return result._at(low, high - low)

    def revealing(self, step: float) -> TimelineScale:
        """The view moved no further than it takes to show ``step``."""
        share = self.share(step)
        return self._at(min(max(self.low, share - (self.high - self.low)), share), self.high - self.low)

    def turned_over(self, step: float, *, backwards: bool = False) -> TimelineScale:
        """The next page: a view that ``step`` begins, but for a margin; ``backwards``, one that it ends."""
        extent = self.high - self.low
        return self._at(self.share(step) - (0.95 if backwards else 0.05) * extent, extent)

    def _at(self, low: float, extent: float) -> TimelineScale:
        if extent >= 1.0:
            return self.fitted()
        low = min(max(low, 0.0), 1.0 - extent)
        high = low + extent if low < 1.0 - extent else 1.0
        return replace(self, low=low, high=high)

    def _step_of(self, share: float) -> float:
        if share <= 0.0:
            return 0.0
        if share >= 1.0:
            return float(self.last_step)
        step = math.expm1(share * math.log1p(self.last_step)) if self.is_log else share * self.last_step
        return min(step, float(self.last_step))


def timeline_ticks(scale: TimelineScale, text_width: Callable[[str], float]) -> list[Tick]:
    """Marks at round steps in view, by step, with labels (``text_width`` gives their pixels) that do not touch."""
    if scale.last_step == 0:
        return [Tick(0, scale.x_of(0), "0")]
    steps = _linear_steps(scale, text_width)
    if scale.is_log:
        ticks = _labelled(scale, _log_steps(scale), text_width, is_named=_is_said_aloud if _is_wide(scale) else None)
        if sum(bool(tick.text) for tick in ticks) >= FEWEST_LABELS:
            return ticks
    ticks = _labelled(scale, steps, text_width)
    if sum(bool(tick.text) for tick in ticks) >= FEWEST_LABELS:
        return ticks
    low, high = scale.visible  # too narrow, or too unevenly spaced, for round steps: its ends tell where it is
    return _labelled(scale, list(dict.fromkeys([math.ceil(low), math.floor(high), *steps])), text_width)


def _linear_steps(scale: TimelineScale, text_width: Callable[[str], float]) -> list[int]:
    low, high = scale.visible
    widest = text_width(format_count(math.floor(high))) + 2 * LABEL_GAP
    ticks, _ = nice_ticks(low, high, n_most=max(1, int(scale.width / widest)))
    return [round(tick) for tick in ticks if tick == round(tick)]


def _log_steps(scale: TimelineScale) -> list[int]:
    """0, then powers of ten, then 5, 2 and the others times those: in this order they get their labels."""
    low, high = scale.visible
    decades = [10**exponent for exponent in range(len(str(scale.last_step)))]
    ranked = [0, *decades]
    for factor in (5, 2, 3, 4, 6, 7, 8, 9):
        ranked += [factor * decade for decade in decades]
    return [step for step in ranked if low <= step <= high]


def _is_wide(scale: TimelineScale) -> bool:
    """Whether the view spans decades: labels at 1, 2 and 5 times powers of ten then tell enough."""
    low, high = scale.visible
    return high > WIDE_VIEW * max(low, 1.0)


def _is_said_aloud(step: int) -> bool:
    return str(step).rstrip("0") in ("", "1", "2", "5")


def _labelled(
    scale: TimelineScale,
    ranked: list[int],
    text_width: Callable[[str], float],
    *,
    is_named: Callable[[int], bool] | None = None,
) -> list[Tick]:
    """Ticks at the steps that find room, first come first served; only those that ``is_named`` get a label."""
    taken: list[tuple[float, float]] = []
    marks: list[float] = []
    ticks = []
    for step in ranked:
        x = scale.x_of(step)
        if any(abs(x - mark) < MARK_GAP for mark in marks):
            continue
        marks.append(x)
        text = format_count(step) if is_named is None or is_named(step) else ""
        begin, end = label_extent(scale, x, text_width(text))
        if not text or any(
            begin < other_end + LABEL_GAP and other_begin < end + LABEL_GAP for other_begin, other_end in taken
        ):
            text = ""
        else:
            taken.append((begin, end))
        ticks.append(Tick(step, x, text))
    return sorted(ticks, key=lambda tick: tick.step)


def label_extent(scale: TimelineScale, x: float, width: float) -> tuple[float, float]:
    """Where a label of ``width`` about ``x`` begins and ends when it stays within the widget, margins included."""
    begin = min(max(x - width / 2, 0.0), max(0.0, scale.width + 2 * scale.left - width))
    return begin, begin + width
