"""What every test gets: Qt without a display, folders of its own for settings, and the command line in a process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from command_line import BOWL, PATIENCE_S, CommandLine, without_display
from hypothesis import HealthCheck, settings

from gradsim.core.precompile import precompile

# Before pytest-qt loads Qt: no test may depend on a desktop, nor read or write the settings of whoever runs it.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
_home = tempfile.TemporaryDirectory(prefix="gradsim-tests-")
os.environ["XDG_CONFIG_HOME"] = str(Path(_home.name, "config"))
os.environ["XDG_DATA_HOME"] = str(Path(_home.name, "data"))
os.environ["XDG_STATE_HOME"] = str(Path(_home.name, "state"))

# The same examples everywhere, however slow the machine: `--hypothesis-profile=default` looks for others.
settings.register_profile("gradsim", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gradsim")


@pytest.fixture
def bowl(tmp_path: Path) -> Path:
    """A scene file: two optimizers, two particles and 20 steps on a bowl."""
    path = tmp_path / "bowl.gradsim"
    path.write_text(BOWL, encoding="utf-8")
    return path


@pytest.fixture
def gradsim(tmp_path: Path) -> CommandLine:
    """Run ``gradsim`` with the given words, in a process of its own and in a folder that is not the checkout."""

    def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gradsim", *map(str, words)],
            cwd=tmp_path,
            env={**without_display(), **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            check=False,
        )

    return run


def pytest_configure(config: pytest.Config) -> None:
    """Compile the kernels once, before tests are dealt out to several processes that would each compile them."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        precompile(lambda: False)


def pytest_unconfigure() -> None:
    """Remove the folders for settings."""
    _home.cleanup()
