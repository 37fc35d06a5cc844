"""What every test of the window stands on: settings of its own, and a small race."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hands import is_finished, is_up_to_date, let_go_of_the_mouse
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from small_races import finished_session
from waiting import RUN_TIMEOUT_MS, PatientQtBot

from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, PointStarts, Scene
from gradsim.ui.map.map_view import MapView
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme, load_fonts


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientQtBot:
    return PatientQtBot(request)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own settings, nor finds what the one before has not saved."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def mouse_is_elsewhere(qapp: QApplication) -> None:
    """No test begins with a button that another has held down, nor with the mouse over what it opens."""
    let_go_of_the_mouse()


@pytest.fixture(autouse=True, scope="session")
def no_collection_on_workers() -> Iterator[None]:
    """A widget that a worker's garbage collection destroys takes the process with it; see ``gradsim.ui.garbage``."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def collected_on_the_gui_thread() -> Iterator[None]:
    """What a test leaves behind goes at its end: a style sheet would be applied to every window of the tests before."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # which wait for an event loop otherwise
    gc.collect(1)


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> QApplication:
    """The application with its fonts and the dark theme."""
    QApplication.setOrganizationName("gradsim")
    QApplication.setApplicationName("gradsim tests")
    load_fonts()
    apply_theme(qapp, "dark")
    return qapp


@pytest.fixture
def scene() -> Scene:
    """Three optimizers on a slope with a parameter, over 60 steps."""
    return Scene(
        title="Bowl",
        surface=FormulaSurface(formula="x^2 + a*y^2", parameters={"a": 4.0}),
        domain=Domain(x=(-3.0, 3.0), y=(-2.0, 2.0)),
        optimizers=(
            OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.05}),
            OptimizerEntry(name="momentum", hyperparameters={"learning_rate": 0.02}),
            OptimizerEntry(name="adam", hyperparameters={"learning_rate": 0.1}),
        ),
        starts=PointStarts(points=((-2.5, 1.5),)),
        steps=60,
    )


@pytest.fixture
def session(dressed: QApplication, scene: Scene) -> Iterator[Session]:
    """A session that has not started to work."""
    session = Session(scene)
    yield session
    session.stop()


@pytest.fixture
def playback(dressed: QApplication) -> Iterator[Playback]:
    playback = Playback()
    yield playback
    playback.pause()


@pytest.fixture
def run_session(qtbot: QtBot, session: Session) -> Session:
    """The session with its run, its surface and its critical points."""
    session.start()
    qtbot.waitUntil(lambda: is_finished(session))
    return session


@pytest.fixture
def show(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Scene], MapView]]:
    """Show a scene on a map, without the session's workers; the map has its ``session`` and ``playback``."""
    shown = []

    def build(scene: Scene) -> MapView:
        session = finished_session(scene)
        monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
        playback = Playback()
        playback.set_last_step(scene.steps)
        view = MapView(session, playback)
        view.session, view.playback = session, playback
        qtbot.addWidget(view)
        view.resize(700, 500)
        view.show()
        qtbot.waitUntil(lambda: is_up_to_date(view), timeout=RUN_TIMEOUT_MS)  # the first compiles kernels
        shown.append(view)
        return view

    yield build
    for view in shown:
        view.stop()
        view.session.stop()
