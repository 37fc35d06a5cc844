"""Whatever is clicked, dragged and typed in the window: nothing raises, Qt has nothing to say, and undo leads back."""

from __future__ import annotations

from pathlib import Path

import pytest
from monkey import CHECK_EVERY, Monkey, small
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme
from gradsim.ui.window.main_window import MainWindow
from gradsim.ui.window.scene_files import opening_scene

N_EVENTS = 300


@pytest.mark.parametrize("seed", [1, 2])
def test_random_events_do_no_harm(
    qtbot: QtBot, dressed: QApplication, playback: Playback, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(small(opening_scene()))
    window = MainWindow(session, playback)
    window.show()
    with qtbot.waitSignal(session.run_changed, timeout=RUN_TIMEOUT_MS):
        session.start()
    monkey = Monkey(window, session, tmp_path, seed=seed)
    monkey.run(N_EVENTS)
    assert monkey.n_checks > N_EVENTS // CHECK_EVERY
    assert len(monkey.log) > N_EVENTS / 2
    window.presentation.end()
    window.stop()
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.close()
    window.deleteLater()
    apply_theme(dressed, "dark")
