"""Jobs of the command line that are interrupted or killed leave no half-written file behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import BOWL, PATIENCE_S, without_display

LONG_JOBS = {
    "simulate": (
        BOWL.replace('"steps": 20', '"steps": 10000000').replace(
            "[[1.5, 1.0]", "[" + "[1.5, 1.0]," * 4000 + "[1.5, 1.0]"
        ),
        ("simulate", "bowl.gradsim", "-o", "run.npz", "--every", "1000000"),
    ),
    "export": (BOWL, ("export", "bowl.gradsim", "-o", "race.mp4", "--seconds", "600", "--size", "640x360")),
}


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """What a script starts in the background has Ctrl-C ignored, and so would its children: tests may be started so."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("job", LONG_JOBS)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_killed_job_leaves_no_file_under_the_final_name(job: str, name: str, bowl: Path) -> None:
    scene, words = LONG_JOBS[job]
    bowl.write_text(scene)
    number = getattr(signal, name)
    command = [sys.executable, "-m", "gradsim", *words]
    with subprocess.Popen(command, cwd=bowl.parent, env=without_display(), stderr=subprocess.PIPE) as process:
        try:
            wait_until_busy(process, started=lambda: job == "simulate" or len(list(bowl.parent.iterdir())) > 1)
            process.send_signal(number)
            _, error = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    left = {path.name for path in bowl.parent.iterdir()}
    assert not left & {"run.npz", "race.mp4"}
    if name == "SIGKILL":
        assert process.returncode == -number
        return
    assert process.returncode == 128 + number
    assert left == {"bowl.gradsim"}, "a job that was asked to end tidies up"
    assert error.decode() == ("gradsim: interrupted\n" if name == "SIGINT" else "")


def wait_until_busy(process: subprocess.Popen[bytes], *, started: Callable[[], bool]) -> None:
    """Wait until the job is well under way: its modules are loaded, and ``started`` holds."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the job ended before it could be killed"
        status = Path(f"/proc/{process.pid}/maps")
        loaded = not status.exists() or "llvmlite" in status.read_text()
        if loaded and started():
            time.sleep(1.5)
            return
        time.sleep(0.05)
    pytest.fail("the job did not start")


SIGNAL_AMID_PAINTING = """
import signal, sys
from gradsim import cli
from gradsim.ui.drawing.picture import FramePicture

paint_map = FramePicture.paint_map

def interrupted(picture, painter, drawn):
    signal.raise_signal(signal.Signals[sys.argv[1]])
    paint_map(picture, painter, drawn)
    assert painter.isActive()
    print("painted")

FramePicture.paint_map = interrupted
sys.exit(cli.main(["export", "bowl.gradsim", "-o", "race.mp4", "--seconds", "1", "--size", "320x180"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_amid_painting_waits_for_the_end_of_the_frame(name: str, bowl: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGNAL_AMID_PAINTING, name],
        cwd=bowl.parent,
        env=without_display(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.stdout == "painted\n", done.stderr
    assert done.returncode == 128 + getattr(signal, name)
    assert done.stderr == ("gradsim: interrupted\n" if name == "SIGINT" else "")
    assert {path.name for path in bowl.parent.iterdir()} == {"bowl.gradsim"}


SIGNAL_AMID_LOADING = """
import signal, sys
from gradsim import cli

_, name, module, disposition, *words = sys.argv

class Destroyed:
    def __del__(self):
        signal.raise_signal(signal.Signals[name])

class Finder:
    def find_spec(self, wanted, *_):
        if wanted == module:
            print("loading")
            Destroyed()

sys.meta_path.insert(0, Finder())
signal.signal(signal.Signals[name], getattr(signal, disposition))
sys.exit(cli.main(words))
"""
JOBS = {
    "simulate": ("platformdirs", "simulate", "bowl.gradsim", "-o", "run.npz"),
    "export": ("platformdirs", "export", "bowl.gradsim", "-o", "race.mp4", "--seconds", "1", "--size", "320x180"),
    "critical-points": ("platformdirs", "critical-points", "bowl.gradsim"),
    "verify": ("platformdirs", "verify", "adam"),
    "code": ("gradsim.core.scripts", "code", "bowl.gradsim", "--for", "numpy", "-o", "race.py"),
}
"""The module of each is loaded when it is under way; platformdirs when that of kernels is half loaded."""


def run_amid_loading(name: str, disposition: str, job: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SIGNAL_AMID_LOADING, name, JOBS[job][0], disposition, *JOBS[job][1:]],
        cwd=folder,
        env=without_display(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_in_a_destructor_while_modules_are_loaded_ends_the_job(name: str, job: str, bowl: Path) -> None:
    done = run_amid_loading(name, "SIG_DFL", job, bowl.parent)
    assert done.stdout == "loading\n"
    assert done.stderr == ("gradsim: interrupted\n" if name == "SIGINT" else "")
    assert done.returncode == 128 + getattr(signal, name)
    assert {path.name for path in bowl.parent.iterdir()} == {"bowl.gradsim"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_job_in_the_background_of_a_script_does_not_hear_ctrl_c(bowl: Path) -> None:
    done = run_amid_loading("SIGINT", "SIG_IGN", "simulate", bowl.parent)
    assert (done.stdout, done.stderr, done.returncode) == ("loading\n", "", 0)
    assert bowl.with_name("run.npz").exists()
