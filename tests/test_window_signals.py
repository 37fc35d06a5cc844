"""A window that is killed politely puts everything away, keeps what is not saved, and asks nobody."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import PATIENCE_S, without_display

from gradsim.ui.window.unsaved_scenes import unsaved_scenes

SIGNALS = {"SIGINT": "gradsim: interrupted\n", "SIGTERM": "", "SIGHUP": ""}
"""What each makes the program say."""

EDITED_WINDOW = """
import signal, sys
from msgspec.structs import replace
from gradsim import cli
from gradsim.ui.window.main_window import MainWindow

build = MainWindow.__init__

def build_and_edit(window, session, playback):
    build(window, session, playback)
    def edit():
        session.edit(replace(session.scene, steps=77))
        {then}
        print("ready", flush=True)
    window.painted.connect(edit)

MainWindow.__init__ = build_and_edit
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(cli.main(["bowl.gradsim"]))
"""
EXPORT = """
        window.dialogs.show_export()
        window.export_dialog.form.seconds_field.setText("600")
        window.export_dialog.form.seconds_field.editingFinished.emit()
        window.export_dialog.start()
"""
ASK = "__import__('PySide6.QtCore').QtCore.QTimer.singleShot(0, window.close)"


def kill_window(name: str, bowl: Path, *, then: str = "", n_files: int = 1) -> subprocess.CompletedProcess:
    """Open the window on ``bowl``, edit the scene, do what ``then`` says; send ``name`` once there are ``n_files``."""
    environment = without_display() | {"QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-c", EDITED_WINDOW.format(then=then)],
        cwd=bowl.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n", process.stderr.read()
            while len(list(bowl.parent.iterdir())) < n_files:
                time.sleep(0.05)
            process.send_signal(getattr(signal, name))
            output, error = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    error = "".join(line for line in error.splitlines(keepends=True) if "This plugin does not support" not in line)
    return subprocess.CompletedProcess(process.args, process.returncode, output, error)


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("name", SIGNALS)
def test_a_killed_window_keeps_what_is_not_saved(name: str, bowl: Path) -> None:
    before = bowl.read_bytes()
    done = kill_window(name, bowl)
    assert (done.returncode, done.stderr) == (128 + getattr(signal, name), SIGNALS[name])
    (kept,) = unsaved_scenes()
    assert (kept.title, kept.path) == ("Bowl", bowl)
    assert kept.read().steps == 77
    assert bowl.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_window_that_is_killed_while_it_exports_leaves_no_part_of_the_video(bowl: Path) -> None:
    done = kill_window("SIGTERM", bowl, then=EXPORT, n_files=2)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")
    assert {path.name for path in bowl.parent.iterdir()} == {"bowl.gradsim"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_question_on_show_does_not_hold_up_a_kill(bowl: Path) -> None:
    done = kill_window("SIGTERM", bowl, then=ASK)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")
    assert len(unsaved_scenes()) == 1
