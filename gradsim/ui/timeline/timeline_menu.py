"""The menu of the timeline: range, scale and events."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gradsim.ui.timeline.playback_keys import PLAYBACK_KEYS, PlaybackKey
from gradsim.ui.timeline.transport import Transport


class TimelineMenu(QMenu):
    """What else can be done with the timeline; each entry names the key that does the same."""

    def __init__(self, transport: Transport, *, fit: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._transport = transport
        self.setToolTipsVisible(True)
        self.actions_by_text: dict[str, QAction] = {}
        for text in ("Range from here", "Range up to here", "No range"):
            self._add_key(text)
        self.addSeparator()
        self._add_key("Previous event")
        self._add_key("Next event")
        self.all_events = self._add_switch(
            "Show events in advance",
            "Show events of the whole race, also those that have not been on show yet.",
            lambda on: transport.set_view(all_events=on),
        )
        self.addSeparator()
        self.logarithmic = self._add_switch(
            "Logarithmic",
            "Give every decade of steps the same room, so that the first steps of a long race are within reach.",
            lambda on: transport.set_playback(timeline="log" if on else "linear"),
        )
        self.fit = self._add("Whole race", "Show the whole race on the timeline.", fit, "Double-click")
        self.aboutToShow.connect(self._show_scene)

    def _add_key(self, text: str) -> None:
        entry: PlaybackKey = next(each for each in PLAYBACK_KEYS if each.text == text)
        self._add(text, entry.tip, lambda: entry.run(self._transport), entry.keys[0])

    def _add(self, text: str, tip: str, run: Callable[[], object], keys: str) -> QAction:
        action = self.addAction(f"{text}\t{keys}")
        action.setToolTip(tip)
        action.triggered.connect(lambda: run())
        self.actions_by_text[text] = action
        return action

    def _add_switch(self, text: str, tip: str, switch: Callable[[bool], None]) -> QAction:
        action = self.addAction(text)
        action.setCheckable(True)
        action.setToolTip(tip)
        action.triggered.connect(switch)
        self.actions_by_text[text] = action
        return action

    def _show_scene(self) -> None:
        scene = self._transport.session.scene
        self.all_events.setChecked(scene.view.all_events)
        self.logarithmic.setChecked(scene.playback.timeline == "log")
        self.actions_by_text["No range"].setEnabled(scene.playback.range is not None)
