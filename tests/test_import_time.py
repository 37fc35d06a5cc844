"""Light commands and the import of the package load nothing heavy, so that they answer at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("PySide6", "numba", "llvmlite", "numpy", "av", "ziamath")

LIGHT_PROGRAMS = {
    "import": "import gradsim",
    "directory": "import gradsim; dir(gradsim)",
    "errors": "import gradsim; gradsim.GradsimError",
    "optimizers table": "import gradsim; gradsim.OPTIMIZERS",
    "library check": "import gradsim.ui.system_libraries",
    "--help": "from gradsim.cli import main; main(['--help'])",
    "--version": "from gradsim.cli import main; main(['--version'])",
    "simulate --help": "from gradsim.cli import main; main(['simulate', '--help'])",
    "optimizers": "from gradsim.cli import main; main(['optimizers'])",
    "optimizers --json": "from gradsim.cli import main; main(['optimizers', '--json'])",
    "surfaces": "from gradsim.cli import main; main(['surfaces'])",
    "surfaces --json": "from gradsim.cli import main; main(['surfaces', '--json'])",
    "missing scene": "from gradsim.cli import main; assert main(['simulate', 'nowhere', '-o', 'x.npz']) == 1",
}

REPORT = """
import contextlib, json, os, sys
with contextlib.redirect_stdout(open(os.devnull, "w")), contextlib.suppress(SystemExit):
    {program}
print(json.dumps([name for name in {heavy!r} if name in sys.modules]))
"""


@pytest.mark.parametrize("program", LIGHT_PROGRAMS.values(), ids=LIGHT_PROGRAMS)
def test_nothing_heavy_is_imported(program: str) -> None:
    script = REPORT.format(program=program, heavy=HEAVY)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == []


FIRST_PAINT = """
import json, os, sys
from gradsim.ui import app
from gradsim.ui.window import main_window

class Window(main_window.MainWindow):
    def paintEvent(self, event):
        print(json.dumps([name for name in {slow!r} if name in sys.modules]), flush=True)
        os._exit(0)

app.MainWindow = Window
app.run_window()
"""


def test_the_window_is_painted_before_the_engine_and_the_type_setter_are_loaded(tmp_path: Path) -> None:
    script = FIRST_PAINT.format(slow=("numba", "llvmlite", "av", "ziamath"))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == []


def test_the_check_would_see_a_heavy_import() -> None:
    script = REPORT.format(program="import numpy", heavy=HEAVY)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == ["numpy"]
