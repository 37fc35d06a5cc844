"""What a desktop lacks is named with the package that brings it, before Qt can abort the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradsim.cli import main
from gradsim.ui import system_libraries

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the wheels carry all that Qt needs")

MISSING = {"libgradsim-none.so.1": "libgradsim-none1", "libgradsim-gone.so.2": "libgradsim-gone2"}


@pytest.mark.parametrize("table", ["DRAWING_LIBRARIES", "X11_LIBRARIES"])
def test_every_missing_package_is_named(
    table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_libraries, table, {**getattr(system_libraries, table), **MISSING})
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert main([]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.endswith("apt-get install libgradsim-none1 libgradsim-gone2\n")


def test_an_export_needs_no_library_of_x11(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "X11_LIBRARIES", MISSING)
    system_libraries.check_drawing()


def test_wayland_needs_no_library_of_x11(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "X11_LIBRARIES", MISSING)
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    system_libraries.check_window()


def test_the_tables_cover_what_qt_links_to() -> None:
    import PySide6

    plugins = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
    linked = set()
    for plugin in ("libqxcb.so", "libqoffscreen.so"):
        listing = subprocess.run(
            ["ldd", plugins / plugin], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}
        )
        linked |= {line.split()[0] for line in listing.stdout.splitlines() if "=>" in line}
    listed = {*system_libraries.DRAWING_LIBRARIES, *system_libraries.X11_LIBRARIES}
    assert listed <= linked, "a library is asked for that Qt does not use"
    assert {name for name in linked if name.startswith(("libxcb-", "libX", "libxkb", "libEGL", "libGL."))} <= {
        *listed,
        *("libXau.so.6", "libXdmcp.so.6", "libxcb-util.so.1"),  # brought along by libx11-6 and libxcb-image0
    }
