"""The table of tools on the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from gradsim.ui.map.map_tool import Hand, MapTool
from gradsim.ui.map.measuring import MeasureTool
from gradsim.ui.map.select_tool import SelectTool
from gradsim.ui.map.start_tools import MoveTool, StartTool
from gradsim.ui.map.zoom_box import ZoomTool


@dataclass(frozen=True)
class ToolRow:
    """One tool.

    Attributes:
        name: by which the program knows it.
        title, tip: what the user reads; the tip is a sentence that says what it does.
        key: takes it into the hand.
        icon: of its button.
        factory: makes it.
    """

    name: str
    title: str
    tip: str
    key: str
    icon: str
    factory: Callable[[Hand, QObject], MapTool]


MAP_TOOLS = (
    ToolRow("move", "Move", "Drag starts by their rings and the map by any other place.", "V", "move", MoveTool),
    ToolRow("start", "Start", "Click to put the start there, with Shift to add one.", "S", "flag", StartTool),
    ToolRow("select", "Select", "Click a particle to see what each of its updates does.", "P", "pointer", SelectTool),
    ToolRow("zoom", "Zoom", "Drag a box to zoom into; the right button zooms out.", "Z", "zoom_in", ZoomTool),
    ToolRow(
        "measure", "Measure", "Drag to measure a distance, the change of f and its slope.", "M", "ruler", MeasureTool
    ),
)
"""The first is the one at rest."""
