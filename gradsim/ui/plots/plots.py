"""The two plots: losses, and distances to the nearest minimum, over the whole run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.ui.engine_calls import load_engine
from gradsim.ui.numbers import format_count, format_number
from gradsim.ui.playback import Playback
from gradsim.ui.plots.curve_plot import CurvePlot, CurveRequest
from gradsim.ui.plots.curves import BAND, Curves, distance_curves, loss_curves
from gradsim.ui.session import Session
from gradsim.ui.widgets.choice_switch import ChoiceSwitch
from gradsim.ui.widgets.forms import ElidedLabel, row

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.surface import Surface

SCALES = (
    ("log", "log", "Show powers of ten at equal distances."),
    ("linear", "linear", "Show equal differences alike."),
)


class PlotPanel(QFrame):
    """A plot under a line that says what it shows and chooses between a logarithmic and a linear axis.

    Args:
        name: of the plot, as a screen reader says it.
        tip: one sentence about it.
        scale_field: the field of the scene's view that holds the scale of its axis.
    """

    def __init__(
        self,
        session: Session,
        playback: Playback,
        *,
        name: str,
        tip: str,
        scale_field: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._scale_field = scale_field
        self.setObjectName("plotPanel")
        self.setAccessibleName(name)
        self.title = ElidedLabel("heading")
        self.scale_switch = ChoiceSwitch(f"Vertical axis of the {name.lower()}", SCALES)
        self.plot = CurvePlot(f"gradsim {name.lower()}", self)
        self.plot.setAccessibleName(name)
        self._tip = tip
        self._failure = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 8, 4)
        layout.setSpacing(2)
        head = row(self.title, self.scale_switch)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        self.scale_switch.chosen.connect(self._choose_scale)
        self.plot.scrubbed.connect(self._scrub)
        self.plot.drawn.connect(self._show_title)
        playback.step_changed.connect(self.plot.show_step)
        session.run_changed.connect(self.refresh)
        session.results.failed.connect(self._show_failure)
        session.critical_points_changed.connect(self.refresh)
        session.scene_changed.connect(self._follow_scene)
        self.plot.show_step(playback.step)
        self.refresh()

    def stop(self) -> None:
        """Stop the worker."""
        self.plot.stop()

    def refresh(self, *_: object) -> None:
        """Show what belongs to the run on show."""
        scale = getattr(self._session.scene.view, self._scale_field)
        self.scale_switch.show_value(scale)
        run = self._session.run
        if run is not None:
            self._failure = ""
        request, message = (None, self._failure) if run is None else self.request(run, scale)
        self.plot.show_request(request, message)

    def _show_failure(self, error: Exception) -> None:
        """A race that cannot be raced leaves nothing to draw but the reason."""
        if self._session.run is None and isinstance(error, GradsimError):
            self._failure = str(error)
            self.refresh()

    def request(self, run: Run, scale: str) -> tuple[CurveRequest | None, str]:
        """What to draw of ``run``, or why nothing is drawn."""
        raise NotImplementedError

    def title_texts(self, curves: Curves) -> tuple[str, ...]:
        """What the plot shows, in words, and in ever fewer words for where there is little room."""
        raise NotImplementedError

    def _show_title(self) -> None:
        curves = self.plot.curves
        text, *shorter = ("",) if curves is None else self.title_texts(curves)
        self.title.show_text(text, shorter=shorter)
        # Not the plot's own: there it would hide what is read out.
        self.title.setToolTip("\n".join(text for text in (self.title.full_text, self._tip) if text))

    def _choose_scale(self, scale: str) -> None:
        scene = self._session.scene
        view = replace(scene.view, **{self._scale_field: scale})
        self._session.try_edit(replace(scene, view=view), "change axis")

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if getattr(old.view, self._scale_field) != getattr(new.view, self._scale_field):
            self.refresh()

    def _scrub(self, step: float) -> None:
        self._playback.pause()
        self._playback.seek(step)


def _named(curves: Curves, what: str, *abouts: str) -> tuple[str, ...]:
    """``what`` with each of ``abouts``, which say ever less."""
    texts = tuple(what + about for about in abouts)
    if curves.run.n_particles == 1:
        return texts
    low, high = (round(100 * share) for share in BAND)
    sample = f" of {format_count(curves.run.n_particles)}" if curves.run.n_raced > curves.run.n_particles else ""
    medians = tuple(f"median {text}{sample}" for text in texts)
    long = " random particles" if sample else ""
    return (*(f"{median}{long}; band {low}–{high} %" for median in medians), *medians[-1:])


class LossPlot(PlotPanel):
    """Loss over steps; where losses are negative, a logarithmic axis shows them above the lowest known."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        tip = "The loss of every optimizer over the whole run; click or drag to move through the steps."
        super().__init__(session, playback, name="Loss plot", tip=tip, scale_field="loss_scale", parent=parent)

    def request(self, run: Run, scale: str) -> tuple[CurveRequest | None, str]:
        climbing = run.scene.goal == "maximize"
        values = [float(point.value) for point in self._session.critical_points or ()]
        best = (max if climbing else min)(values, default=None)
        sign, name = (-1.0, "value") if climbing else (1.0, "loss")
        return CurveRequest(run, partial(loss_curves, run), (run,), scale, sign, best, name), ""

    def title_texts(self, curves: Curves) -> tuple[str, ...]:
        axis = self.plot.picture.axis
        climbing, abouts = axis.sign < 0, ("",)
        if axis.unbounded:
            abouts = (f" (linear: it {'rises' if climbing else 'falls'} out of sight)", " (linear)")
        elif axis.is_log and climbing:
            floor = f" below {format_number(-axis.floor)}"
            abouts = (f"{floor}, the highest known", floor)
        elif axis.is_log and axis.floor:
            floor = f" above {format_number(axis.floor)}"
            abouts = (f"{floor}, the lowest known", floor)
        return _named(curves, "value" if climbing else "loss", *abouts)


class DistancePlot(PlotPanel):
    """Distance to the nearest minimum over steps; to the nearest maximum when the goal is to maximise."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        tip = "How far every optimizer is from the nearest minimum; click or drag to move through the steps."
        super().__init__(session, playback, name="Distance plot", tip=tip, scale_field="distance_scale", parent=parent)

    def request(self, run: Run, scale: str) -> tuple[CurveRequest | None, str]:
        points, surface, goal = self._session.critical_points, self._session.surface, run.scene.goal
        kind = "minimum" if goal == "minimize" else "maximum"
        if points is None or surface is None:
            return None, f"Looking for every {kind} …"
        if surface.dimension != run.dimension or any(len(point.position) != run.dimension for point in points):
            return None, ""
        summarise = partial(_distances, run, points, surface)
        return CurveRequest(run, summarise, (run, points), scale, 1.0, None, "distance", origin=0.0), ""

    def title_texts(self, curves: Curves) -> tuple[str, ...]:
        kind = "minimum" if curves.run.scene.goal == "minimize" else "maximum"
        return _named(curves, "distance", f" to the nearest {kind}", "")


def _distances(run: Run, points: CriticalPoints, surface: Surface, *, draft: bool) -> Curves | str:
    """The curves of the distances, or the line that says why there are none."""
    load_engine()
    from gradsim.core.critical_points.extrema import isolated_extrema

    if points.constant:
        return f"There is no distance to show: {points.summary}."
    goal = run.scene.goal
    kind = "minimum" if goal == "minimize" else "maximum"
    extrema = isolated_extrema(points, surface, run.scene.domain, goal)
    if not extrema:
        isolated = "isolated " if any(point.kind in ("degenerate", "nonsmooth") for point in points) else ""
        known = "" if points.proven else "known "
        return f"The domain holds no {known}{isolated}{kind}, so there is no distance to show."
    return distance_curves(run, np.array([point.position for point in extrema]), draft=draft)
