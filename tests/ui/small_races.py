"""Small races that tests of the map look at."""

from __future__ import annotations

from msgspec.structs import replace

from gradsim.core.critical_points import find_critical_points
from gradsim.core.scene import (
    Domain,
    Export,
    FormulaSurface,
    GridStarts,
    OptimizerEntry,
    Playback,
    PointStarts,
    Scene,
)
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface
from gradsim.ui.session import Session


def competitors(n: int) -> tuple[OptimizerEntry, ...]:
    """``n`` optimizers that differ in label and learning rate."""
    return tuple(
        OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.001 * (i + 1)}, label=f"Racer {i}")
        for i in range(n)
    )


def valley(n_optimizers: int = 2, **changes: object) -> Scene:
    """Himmelblau's function: four minima, four saddles, one maximum."""
    fields = {
        "title": "Four minima",
        "surface": FormulaSurface(formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2"),
        "domain": Domain(x=(-6.0, 6.0), y=(-6.0, 6.0)),
        "optimizers": competitors(n_optimizers),
        "starts": PointStarts(points=((0.5, 0.5),)),
        "steps": 40,
        "playback": Playback(speed=40.0),
        "export": Export(width=320, height=180, fps=10, seconds=1.0),
    }
    return Scene(**{**fields, **changes})


def two_wells(**changes: object) -> Scene:
    """A 1-D surface with two minima and a maximum."""
    fields = {
        "title": "Two wells",
        "surface": FormulaSurface(formula="x**4 - 3*x**2 + x"),
        "domain": Domain(x=(-2.2, 2.2)),
        "starts": PointStarts(points=((2.0,),)),
    }
    return valley(**{**fields, **changes})


def cloud(**changes: object) -> Scene:
    """A grid of 30 × 40 particles for each of two optimizers."""
    return valley(starts=GridStarts(n=(30, 40)), **changes)


def with_learning_rate(scene: Scene, value: float) -> Scene:
    """``scene`` with another learning rate for its first optimizer."""
    first = replace(scene.optimizers[0], hyperparameters={"learning_rate": value})
    return replace(scene, optimizers=(first, *scene.optimizers[1:]))


def finished_session(scene: Scene) -> Session:
    """A session that has everything about ``scene``, made here and now instead of by its workers."""
    session = Session(scene)
    session.results.surface = compile_surface(scene.surface)
    session.results.run = simulate(scene)
    session.results.critical_points = find_critical_points(session.surface, scene.domain)
    return session
