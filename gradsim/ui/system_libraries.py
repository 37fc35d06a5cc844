"""Names what a Linux desktop lacks before Qt is loaded, because Qt itself dies with words that no user can act upon.

Wheels of PySide6 carry Qt, but not the system libraries that Qt links to; minimal installations lack some of them. Qt
also aborts the process when it cannot reach a display. Both are looked at here, without importing Qt.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from types import MappingProxyType

from gradsim.core.errors import GradsimError

DRAWING_LIBRARIES: Mapping[str, str] = MappingProxyType(
    {
        "libEGL.so.1": "libegl1",
        "libGL.so.1": "libgl1",
        "libX11.so.6": "libx11-6",
        "libxkbcommon.so.0": "libxkbcommon0",
        "libdbus-1.so.3": "libdbus-1-3",
        "libfontconfig.so.1": "libfontconfig1",
        "libglib-2.0.so.0": "libglib2.0-0",
    }
)
"""What Qt needs to draw at all, even without a display: shared library → Debian package."""

X11_LIBRARIES: Mapping[str, str] = MappingProxyType(
    {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
    }
)
"""What Qt needs for a window under X11 besides."""


class WindowError(GradsimError):
    """The desktop lacks something that Qt needs."""


def check_drawing() -> None:
    """Check that Qt can draw pictures without a display. Raises WindowError, which names the missing packages."""
    if sys.platform == "linux":
        _check_libraries(DRAWING_LIBRARIES, purpose="drawing")


def check_window() -> None:
    """Check that Qt can open a window. Raises WindowError, which names the missing packages or display."""
    if sys.platform != "linux":
        return
    on_x11 = _platform_is_x11()
    _check_libraries({**DRAWING_LIBRARIES, **(X11_LIBRARIES if on_x11 else {})}, purpose="the window")
    if on_x11:
        _check_display()


def _platform_is_x11() -> bool:
    """Whether Qt will open its windows through X11, judged by the variables that Qt itself looks at."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform:
        return platform.split(";")[0].split(":")[0] == "xcb"
    return not os.environ.get("WAYLAND_DISPLAY")


def _check_libraries(packages: Mapping[str, str], *, purpose: str) -> None:
    missing = [package for library, package in packages.items() if not _loads(library)]
    if missing:
        raise WindowError(
            f"{purpose} needs system libraries that are missing; "
            f"on Debian or Ubuntu: sudo apt-get install {' '.join(missing)}"
        )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _check_display() -> None:
    """Connect to the X server once, as Qt will; Qt's own failure to do so aborts the process."""
    display = os.environ.get("DISPLAY", "")
    remedy = "start gradsim from a desktop; simulate, export and critical-points need none"
    if not display:
        raise WindowError(f"the window needs a display, but neither DISPLAY nor WAYLAND_DISPLAY is set; {remedy}")
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if failed:
        raise WindowError(f"the window cannot reach the display {display!r} (DISPLAY); {remedy}")
