"""The panel of final shares: which part of each optimizer's particles ends in which minimum, told at the end only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from gradsim.core.render.palette import Theme
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.ui.drawing.competitors import badges
from gradsim.ui.engine_calls import load_engine
from gradsim.ui.jobs import LatestJob
from gradsim.ui.numbers import format_number, format_vector
from gradsim.ui.playback import Playback
from gradsim.ui.plots.share_bars import ShareBar, ShareBars, SharePart
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import Button, is_seen, label, row
from gradsim.ui.widgets.scroll_area import ScrollArea

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint, CriticalPoints
    from gradsim.core.shares import Shares
    from gradsim.core.surface import Surface

N_PARTS = 6
REST = (("elsewhere", "elsewhere"), ("left the domain", "left"), ("diverged", "diverged"))
SAME_VALUE = 1e-9  # minima whose values differ by less, as part of the losses at the start, are equally deep
FAILED = "The scene cannot be raced, so nobody ends anywhere."
HINT = "Where the particles end is shown once the race has been played to its end."


@dataclass(frozen=True, eq=False)
class CountedShares:
    """How many particles of each optimizer of ``scene`` have ended in each of ``parts``.

    Attributes:
        names: of the optimizers that race.
        counts: int64 (optimizers, parts).
    """

    scene: Scene
    names: tuple[str, ...]
    parts: tuple[SharePart, ...]
    counts: np.ndarray

    def bars(self, theme: Theme) -> tuple[ShareBar, ...]:
        """Return a bar for each optimizer in its colour."""
        colors = (badge.color for badge in badges(self.scene, theme))
        return tuple(map(ShareBar, self.names, colors, self.counts))


class SharePanel(QFrame):
    """Shows shares of a run whose end has been on show, or of any when the user asks; it works only while visible."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._reached: Run | None = None
        self._asked = False
        self._counted: tuple[Run, CriticalPoints] | None = None
        self.result: CountedShares | None = None
        self._job = LatestJob(self, name="gradsim final shares")
        self.setObjectName("plotPanel")
        self.setAccessibleName("Final shares")
        self.bars = ShareBars()
        self.hint = label(HINT)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_now = Button(
            "Show now", "Show final shares now", "Show where the particles end without playing the race.", name="link"
        )
        self._place()
        self.show_now.clicked.connect(self._ask)
        self._job.finished.connect(self._take)
        session.run_changed.connect(self._follow_run)
        session.critical_points_changed.connect(self.refresh)
        session.scene_opened.connect(self._begin)
        playback.step_changed.connect(self._follow_step)
        theme_hub().changed.connect(self._dress)
        self._follow_run(session.run)

    def _place(self) -> None:
        waiting = QWidget()
        column = QVBoxLayout(waiting)
        column.addStretch(1)
        column.addWidget(self.hint)
        column.addLayout(row(None, self.show_now, None))
        column.addStretch(1)
        scroll = ScrollArea(self.bars)
        scroll.setObjectName("clear")
        self._stack = QStackedWidget()
        self._stack.addWidget(waiting)
        self._stack.addWidget(scroll)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 10, 6)
        layout.addWidget(self._stack)

    @property
    def revealed(self) -> bool:
        """Whether the end may be told."""
        return self._asked or (self._session.run is not None and self._reached is self._session.run)

    def stop(self) -> None:
        """Stop the worker."""
        self._job.stop()

    def refresh(self, *_: object) -> None:
        """Count anew if that is needed, and show what there is."""
        session = self._session
        run, points, surface = session.run, session.critical_points, session.surface
        self.show_now.setEnabled(run is not None)
        ready = run is not None and points is not None and surface is not None
        if ready and self.revealed and is_seen(self) and self._counted != (run, points):
            self._counted = (run, points)
            self._job.submit(_count, run, points, surface)
        self._show()

    def _show(self) -> None:
        shown = self.revealed and self.result is not None
        self._stack.setCurrentIndex(1 if shown else 0)
        failed = self._session.run is None and self._session.results.race_failed
        self.hint.setText(FAILED if failed else "Counting …" if self.revealed else HINT)
        self.show_now.setVisible(not self.revealed)
        if shown and self.result is not None:
            self.bars.show_bars(self.result.parts, self.result.bars(current_theme()))

    def _take(self, result: CountedShares) -> None:
        self.result = result
        self._show()

    def _ask(self) -> None:
        self._asked = True
        self.refresh()

    def _begin(self, scene: Scene) -> None:
        self._asked = False
        self.result = None
        self.refresh()

    def _follow_run(self, run: Run | None) -> None:
        # While a slider is dragged at the end of the race, every new run is at its end as well.
        at_end = run is not None and self._playback.step >= run.last_step
        self._reached = run if at_end else None
        if run is None:
            self._job.cancel()
        if run is None or not self.revealed or not is_seen(self):
            self.result = self._counted = None  # they would keep a run in memory that nobody looks at
        self.refresh()

    def _follow_step(self, step: float) -> None:
        run = self._session.run
        if run is not None and self._reached is not run and step >= run.last_step:
            self._reached = run
            self.refresh()

    def _dress(self, *_: object) -> None:
        self._show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._counted is None:
            self.refresh()  # it has come back from behind a tab


def _count(run: Run, points: CriticalPoints, surface: Surface) -> CountedShares:
    load_engine()
    from gradsim.core.critical_points.extrema import isolated_extrema
    from gradsim.core.shares import final_shares

    dimension = run.dimension
    known = [point for point in points if len(point.position) == dimension]
    ends = isolated_extrema(points, surface, run.scene.domain, run.scene.goal) if len(known) == len(points) else ()
    others = [point.position for point in known if all(point is not end for end in ends)]
    minima = np.array([end.position for end in ends]).reshape(-1, dimension)
    return count_parts(run, ends, final_shares(run, minima, np.array(others).reshape(-1, dimension)))


def count_parts(run: Run, ends: tuple[CriticalPoint, ...], shares: Shares) -> CountedShares:
    """Return what the bars show: a part for each minimum, best first, or for each depth where there are many; the rest.

    Beyond the best few depths, the others are one part. Of what is no minimum, only what occurs is a part.
    """
    counts, n = shares.counts, len(ends)
    groups = _groups(run, ends)
    shown, others = (groups, []) if len(groups) <= N_PARTS + 1 else (groups[:N_PARTS], groups[N_PARTS:])
    parts = [SharePart(name, "minimum") for name, _ in shown]
    columns = [counts[:, chosen].sum(axis=1) for _, chosen in shown]
    if others:
        chosen = [k for _, group in others for k in group]
        parts.append(SharePart(f"{len(chosen)} other {_kinds(run)}", "others"))
        columns.append(counts[:, chosen].sum(axis=1))
    for k, (name, role) in enumerate(REST):
        if counts[:, n + k].any():
            parts.append(SharePart(name, role))
            columns.append(counts[:, n + k])
    table = np.stack(columns, axis=1) if columns else np.empty((len(counts), 0), dtype=np.int64)
    return CountedShares(run.scene, run.labels, tuple(parts), table)


def _groups(run: Run, ends: tuple[CriticalPoint, ...]) -> list[tuple[str, list[int]]]:
    """Name minima by their places, and by their values where these tell them apart; many are put together by value."""
    values = np.array([end.value for end in ends])
    starts = np.abs(run.losses[:, 0])
    scale = max(np.abs(values).max(initial=0.0), float(np.median(starts)) if starts.size else 0.0)
    levels = np.cumsum(np.abs(np.diff(values, prepend=values[:1])) > SAME_VALUE * scale)
    depths = [f"f = {format_number(end.value, digits=3)}" for end in ends]
    if len(ends) > N_PARTS + 1:
        groups = [np.flatnonzero(levels == level).tolist() for level in np.unique(levels)]
        return [(f"{depths[group[0]]} ({_counted(run, len(group))})", group) for group in groups]
    places = [format_vector(end.position.tolist(), digits=3) for end in ends]
    names = [f"x = {place}" if run.dimension == 1 else place for place in places]
    if levels.size and levels[-1] > 0:
        names = [f"{name}: {depth}" for name, depth in zip(names, depths, strict=True)]
    return [(name, [k]) for k, name in enumerate(names)]


def _kinds(run: Run, n: int = 2) -> str:
    kind = "minim" if run.scene.goal == "minimize" else "maxim"
    return kind + ("um" if n == 1 else "a")


def _counted(run: Run, n: int) -> str:
    return f"{n} {_kinds(run, n)}"
