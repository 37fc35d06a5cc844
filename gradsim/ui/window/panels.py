"""The table of panels: what lies around the map, where it lies at first, and how it is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtWidgets import QWidget

from gradsim.ui.map.map_options import MapOptions
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.playback import Playback
from gradsim.ui.plots.plots import DistancePlot, LossPlot
from gradsim.ui.session import Session
from gradsim.ui.surface.race_editor import RaceEditor
from gradsim.ui.surface.starts_editor import StartsEditor
from gradsim.ui.surface.surface_editor import SurfaceEditor


@dataclass(frozen=True)
class Panel:
    """One panel.

    The widget that ``factory`` makes may have ``stop()``, which is called before the application ends, and
    ``title_widget``, a widget that stands at the right end of the panel's title, such as a button that adds something.

    Attributes:
        name: object name, and key in settings; saved layouts know it, so it never changes.
        title: what the user reads, in the panel's title, its tab, and the View menu.
        area: "column" is a foldable section of the scrolling column on the left, in the order of the table; the others
            are docks of their own at that edge of the map.
        factory: builds the panel from (session, playback). A panel that is not shown at first is built when it is first
            shown: let its factory import what is heavy.
        shown: whether it is there (a section: unfolded) before the user has chosen.
        tabbed_with: name of the panel behind whose tab it lies at first.
    """

    name: str
    title: str
    area: Literal["column", "left", "right", "bottom"]
    factory: Callable[[Session, Playback], QWidget]
    shown: bool = True
    tabbed_with: str | None = None


# Panels that are not in sight at first are imported when they are: the window's first paint does not wait for them.


def _lesson(session: Session, playback: Playback) -> QWidget:
    from gradsim.ui.window.lesson_panel import LessonPanel

    return LessonPanel(session)


def _update(session: Session, playback: Playback) -> QWidget:
    from gradsim.ui.map.anatomy_panel import AnatomyPanel

    return AnatomyPanel(session, playback)


def _critical_points(session: Session, playback: Playback) -> QWidget:
    from gradsim.ui.plots.critical_point_table import CriticalPointTable

    return CriticalPointTable(session)


def _shares(session: Session, playback: Playback) -> QWidget:
    from gradsim.ui.plots.share_panel import SharePanel

    return SharePanel(session, playback)


PANELS = (
    Panel("surface", "Surface", "column", lambda session, playback: SurfaceEditor(session)),
    Panel("starts", "Starts", "column", lambda session, playback: StartsEditor(session)),
    Panel("race", "Race", "column", lambda session, playback: RaceEditor(session)),
    Panel("map", "Map", "column", lambda session, playback: MapOptions(session)),
    Panel("lesson", "Lesson", "right", _lesson, shown=False),
    Panel("optimizers", "Optimizers", "right", OptimizerPicker),
    Panel("update", "Update", "right", _update, shown=False, tabbed_with="optimizers"),
    Panel("loss", "Loss", "bottom", LossPlot),
    Panel("distance", "Distance", "bottom", DistancePlot),
    Panel("critical_points", "Critical points", "bottom", _critical_points, tabbed_with="loss"),
    Panel("shares", "Final shares", "bottom", _shares, tabbed_with="distance"),
)
