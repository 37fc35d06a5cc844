"""Checks: scenes built in Python are held to everything that scene files are held to, and quickly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.checks import build_surface_formula, check_scene
from gradsim.core.errors import FormulaError, SceneError
from gradsim.core.number_checks import MAX_PARTICLES
from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS
from gradsim.core.scene import (
    AccumulatedGradient,
    Clip,
    CosineRestartsSchedule,
    CosineSchedule,
    CyclicSchedule,
    Domain,
    ExponentialSchedule,
    FormulaSurface,
    GaussianStarts,
    GradientSequence,
    GridStarts,
    InverseSqrtSchedule,
    InverseTimeSchedule,
    LinearSchedule,
    LineStarts,
    MinibatchGradient,
    NoisyGradient,
    OneCycleSchedule,
    OptimizerEntry,
    Playback,
    PointStarts,
    PolynomialSchedule,
    RingStarts,
    Scene,
    StepSchedule,
    UniformStarts,
    View,
    WsdSchedule,
)
from gradsim.core.scene_file import decode_scene, encode_scene

ENTRY = "$.optimizers[0]"
SCHEDULE = "$.optimizers[0].schedule"
NAN, INF = float("nan"), float("inf")
PLANE = Scene(
    title="A bowl",
    surface=FormulaSurface(formula="a*x^2 + y^2", parameters={"a": 2.0}),
    domain=Domain(x=(-2.0, 2.0), y=(-1.0, 1.0)),
    optimizers=(OptimizerEntry(name="adam"), OptimizerEntry(name="momentum", hyperparameters={"momentum": 1.0})),
    starts=PointStarts(points=((1.0, 1.5),)),
)
LINE = replace(
    PLANE,
    surface=FormulaSurface(formula="x^2"),
    domain=Domain(x=(-2.0, 2.0)),
    starts=PointStarts(points=((1.0,),)),
)


def racing(**changes: Any) -> dict[str, Any]:
    return {"optimizers": (OptimizerEntry(**{"name": "adam", **changes}),)}


def starting(starts: Any) -> dict[str, Any]:
    return {"starts": starts}


GOOD: dict[str, tuple[Scene, dict[str, Any]]] = {
    "plane": (PLANE, {}),
    "line": (LINE, {}),
    "starts outside the domain": (PLANE, starting(PointStarts(points=((100.0, -100.0),)))),
    "one that is switched off": (
        PLANE,
        {"optimizers": (OptimizerEntry(name="adam"), OptimizerEntry(name="newton", enabled=False))},
    ),
    "64 optimizers": (PLANE, {"optimizers": (OptimizerEntry(name="adam"),) * 64}),
    "ten million particles": (PLANE, starting(UniformStarts(n=MAX_PARTICLES))),
    "a grid of ten million": (PLANE, starting(GridStarts(n=(5000, 2000)))),
    "a grid on a line": (PLANE, starting(GridStarts(n=(5, 1), box=((0.0, 1.0), (0.5, 0.5))))),
    "a point of a ring": (PLANE, starting(RingStarts(center=(0.0, 0.0), radius=0.0, n=1))),
    "color": (PLANE, racing(color="#a0B1c2")),
    "label in Greek": (PLANE, racing(label="η = 0,1 — 勾配\u00a0☺")),
    "gradients that are given": (PLANE, racing(gradient=GradientSequence(values=(1010.0, *[-10.0] * 100)))),
    "a sum of gradients": (PLANE, racing(gradient=AccumulatedGradient())),
    "nothing let through": (PLANE, racing(clip=Clip(by="value", limit=0.0))),
    "a box without an inside": (PLANE, racing(box=((1.0, 1.0), (-1e100, 1e100)))),
    "a box on a line": (LINE, racing(box=((0.0, 1.0),))),
    "rates of zero": (PLANE, racing(hyperparameters={"learning_rate": 0.0}, schedule=StepSchedule(every=1, factor=0))),
    "view of a curve": (LINE, {"view": View(x=(0.0, 1.0), y=(0.0, 1e6))}),
    "whole numbers": (PLANE, {"domain": Domain(x=(-2, 2), y=(-1, 1))}),
}

BAD: dict[str, tuple[Scene, dict[str, Any], str, str]] = {
    "title of two lines": (PLANE, {"title": "a\nb"}, "$.title", "one line of printable text"),
    "title of separators": (PLANE, {"title": "a\u2028b"}, "$.title", r"'\u2028' at 2"),
    "label too long": (PLANE, racing(label="a" * 201), "$.optimizers[0].label", "201 characters"),
    "schema": (PLANE, {"schema": 2}, "$.schema", "expected 1, got 2"),
    "steps": (PLANE, {"steps": 2.5}, "$.steps", "expected a whole number"),
    "no steps": (PLANE, {"steps": 0}, "$.steps", "≥ 1"),
    "seed": (PLANE, {"seed": 2**63}, "$.seed", "got 9223372036854775808"),
    "NumPy array": (PLANE, {"steps": np.array([3])}, "$", "plain Python data"),
    "text for a number": (
        PLANE,
        racing(hyperparameters={"beta1": "0.9"}),
        "$.optimizers[0].hyperparameters.beta1",
        "'0",
    ),
    "unknown parameter": (
        PLANE,
        {"surface": FormulaSurface(formula="sigma*x*y", parameters={"sigm": 1.0})},
        "$.surface.parameters.sigm",
        "did you mean 'sigma'?",
    ),
    "parameter of a formula without": (
        LINE,
        {"surface": FormulaSurface(formula="x", parameters={"a": 1.0})},
        "$.surface.parameters.a",
        "it has none",
    ),
    "formula": (LINE, {"surface": FormulaSurface(formula="sn(x)")}, "$.surface.formula", "(column 1)"),
    "domain NaN": (LINE, {"domain": Domain(x=(NAN, 1.0))}, "$.domain.x[0]", "finite, got nan"),
    "domain infinite": (LINE, {"domain": Domain(x=(0.0, INF))}, "$.domain.x[1]", "finite, got inf"),
    "domain huge": (LINE, {"domain": Domain(x=(0.0, 1e101))}, "$.domain.x[1]", "must be in [-1e+100, 1e+100]"),
    "domain empty": (LINE, {"domain": Domain(x=(1.0, 1.0))}, "$.domain.x", "must be below"),
    "domain too narrow": (LINE, {"domain": Domain(x=(1e9, 1e9 + 1e-3))}, "$.domain.x", "too narrow"),
    "domain too thin": (LINE, {"domain": Domain(x=(0.0, 1e-200))}, "$.domain.x", "too narrow"),
    "domain with a y": (LINE, {"domain": PLANE.domain}, "$.domain.y", "the formula has no y: leave it out"),
    "domain without a y": (PLANE, {"domain": LINE.domain}, "$.domain.y", "is missing: the formula has a y"),
    "65 optimizers": (PLANE, {"optimizers": (OptimizerEntry(name="adam"),) * 65}, "$.optimizers", "65 are too many"),
    "name": (PLANE, racing(name="nestrov"), "$.optimizers[0].name", "did you mean 'nesterov'?"),
    "convention": (PLANE, racing(convention="ema"), "$.optimizers[0].convention", "unknown convention 'ema'"),
    "color": (PLANE, racing(color="#12345"), "$.optimizers[0].color", "'#12345'"),
    "color with a line": (PLANE, racing(color="#123456\n"), "$.optimizers[0].color", r"'#123456\n'"),
    "color slot": (PLANE, racing(color=True), "$.optimizers[0].color", "got true"),
    "noise": (PLANE, racing(gradient=NoisyGradient(std=-1.0)), "$.optimizers[0].gradient.std", "got -1.0"),
    "noise NaN": (PLANE, racing(gradient=NoisyGradient(std=NAN)), "$.optimizers[0].gradient.std", "finite"),
    "no gradients": (PLANE, racing(gradient=GradientSequence(values=())), f"{ENTRY}.gradient.values", "1 to 100,000 n"),
    "gradient of text": (
        PLANE,
        racing(gradient=GradientSequence(values=(1.0, "2"))),
        f"{ENTRY}.gradient.values[1]",
        "expected a number, got '2'",
    ),
    "gradient NaN": (PLANE, racing(gradient=GradientSequence(values=(NAN,))), f"{ENTRY}.gradient.values[0]", "finite"),
    "gradient huge": (
        PLANE,
        racing(gradient=GradientSequence(values=(0.0, 2e100))),
        f"{ENTRY}.gradient.values[1]",
        "must be in [-1e+100, 1e+100]",
    ),
    "mini-batch of a formula": (
        PLANE,
        racing(gradient=MinibatchGradient(batch_size=8)),
        f"{ENTRY}.gradient.kind",
        "a mini-batch needs a surface made from data, and this one is a formula; use 'exact' or 'noise'",
    ),
    "mini-batch of a half": (
        PLANE,
        racing(gradient=MinibatchGradient(batch_size=0.5)),
        f"{ENTRY}.gradient.batch_size",
        "0.5",
    ),
    "sum of gradients of several places": (
        PLANE,
        racing(name="sam", gradient=AccumulatedGradient()),
        f"{ENTRY}.gradient.kind",
        "sam takes several gradients in one update",
    ),
    "clip by length": (PLANE, racing(clip=Clip(by="length", limit=1.0)), f"{ENTRY}.clip.by", "'norm' or 'value'"),
    "clip below nothing": (PLANE, racing(clip=Clip(by="norm", limit=-1.0)), f"{ENTRY}.clip.limit", "got -1.0"),
    "clip at infinity": (PLANE, racing(clip=Clip(by="norm", limit=INF)), f"{ENTRY}.clip.limit", "finite"),
    "clip as a number": (PLANE, racing(clip=1.0), f"{ENTRY}.clip", "expected an object or null, got 1.0"),
    "box of a line on a plane": (PLANE, racing(box=((0.0, 1.0),)), f"{ENTRY}.box", "[[low, high], [low, high]]"),
    "box as a number": (PLANE, racing(box=1.0), f"{ENTRY}.box", "a list of 1 or 2 pairs of numbers or null"),
    "box turned round": (LINE, racing(box=((1.0, 0.0),)), f"{ENTRY}.box[0]", "1.0 is above the high end 0.0"),
    "rate": (PLANE, racing(schedule=ExponentialSchedule(rate=-1.0)), "$.optimizers[0].schedule.rate", "got -1.0"),
    "rate infinite": (PLANE, racing(schedule=InverseTimeSchedule(rate=INF)), "$.optimizers[0].schedule.rate", "finite"),
    "factor": (PLANE, racing(schedule=StepSchedule(every=1, factor=2)), "$.optimizers[0].schedule.factor", "in [0, 1]"),
    "every": (PLANE, racing(schedule=StepSchedule(every=0)), "$.optimizers[0].schedule.every", "≥ 1"),
    "minimum": (PLANE, racing(schedule=CosineSchedule(min=-1.0)), "$.optimizers[0].schedule.min", "got -1.0"),
    "warm-up": (PLANE, racing(schedule=CosineSchedule(warmup=10**9)), "$.optimizers[0].schedule.warmup", "1000000000"),
    "end of a fall": (PLANE, racing(schedule=LinearSchedule(end_factor=1.5)), f"{SCHEDULE}.end_factor", "in [0, 1]"),
    "power": (PLANE, racing(schedule=PolynomialSchedule(power=-1)), f"{SCHEDULE}.power", "in [0, 100], got -1"),
    "period": (PLANE, racing(schedule=CyclicSchedule(period=0)), f"{SCHEDULE}.period", "≥ 1"),
    "period factor": (
        PLANE,
        racing(schedule=CosineRestartsSchedule(period_factor=0.5)),
        f"{SCHEDULE}.period_factor",
        "in [1, 100], got 0.5",
    ),
    "start factor": (PLANE, racing(schedule=OneCycleSchedule(start_factor=25)), f"{SCHEDULE}.start_factor", "[0, 1]"),
    "warm share": (PLANE, racing(schedule=OneCycleSchedule(warm_share=30)), f"{SCHEDULE}.warm_share", "got 30"),
    "decay share": (PLANE, racing(schedule=WsdSchedule(decay_share=-0.1)), f"{SCHEDULE}.decay_share", "got -0.1"),
    "shape": (PLANE, racing(schedule=WsdSchedule(shape="sqrt")), f"{SCHEDULE}.shape", "'1-sqrt' or 'linear'"),
    "timescale": (
        PLANE,
        racing(schedule=InverseSqrtSchedule(timescale=10**9)),
        f"{SCHEDULE}.timescale",
        "a whole number ≥ 1 and ≤ 10,000,000",
    ),
    "epochs": (PLANE, racing(schedule=CosineSchedule(unit="epoch")), "$.optimizers[0].schedule.unit", "use 'step'"),
    "no points": (PLANE, starting(PointStarts(points=())), "$.starts.points", "got 0"),
    "point of a line": (PLANE, starting(PointStarts(points=((1.0,),))), "$.starts.points[0]", "expected [x, y]"),
    "point of a plane": (LINE, starting(PointStarts(points=((1.0, 2.0),))), "$.starts.points[0]", "1-D: expected [x]"),
    "point far away": (LINE, starting(PointStarts(points=((1.0,), (-2e100,)))), "$.starts.points[1][0]", "got -2e+100"),
    "point NaN": (LINE, starting(PointStarts(points=((NAN,),))), "$.starts.points[0][0]", "finite"),
    "ring on a line": (LINE, starting(RingStarts(center=(0.0,), radius=1.0, n=3)), "$.starts", "in x and y"),
    "radius": (PLANE, starting(RingStarts(center=(0.0, 0.0), radius=-1.0, n=3)), "$.starts.radius", "got -1.0"),
    "line": (PLANE, starting(LineStarts(start=(0.0,), end=(1.0, 1.0), n=3)), "$.starts.from", "2-D"),
    "line's end": (PLANE, starting(LineStarts(start=(0.0, 0.0), end=(1.0, NAN), n=3)), "$.starts.to[1]", "finite"),
    "std": (PLANE, starting(GaussianStarts(center=(0.0, 0.0), std=-0.1, n=3)), "$.starts.std", "got -0.1"),
    "center": (LINE, starting(GaussianStarts(center=(0.0, 0.0), std=0.1, n=3)), "$.starts.center", "1-D"),
    "no particles": (PLANE, starting(UniformStarts(n=0)), "$.starts.n", "≥ 1"),
    "box backwards": (LINE, starting(UniformStarts(n=3, box=((1.0, 0.0),))), "$.starts.box[0]", "above the high end"),
    "box of a plane": (LINE, starting(GridStarts(n=(3,), box=((0.0, 1.0),) * 2)), "$.starts.box", "1-D"),
    "grid of a line": (PLANE, starting(GridStarts(n=(3,))), "$.starts.n", "expected [nx, ny]"),
    "grid too large": (PLANE, starting(GridStarts(n=(10**4, 10**4))), "$.starts.n", "got 100,000,000"),
    "view": (PLANE, {"view": View(x=(1.0, 0.0))}, "$.view.x", "must be below"),
    "view NaN": (PLANE, {"view": View(y=(NAN, 0.0))}, "$.view.y[0]", "finite"),
    "speed": (PLANE, {"playback": Playback(speed=INF)}, "$.playback.speed", "finite"),
}


@pytest.mark.parametrize(("scene", "changes"), GOOD.values(), ids=GOOD)
def test_good_scene_is_accepted(scene: Scene, changes: dict[str, Any]) -> None:
    check_scene(replace(scene, **changes))


@pytest.mark.parametrize(("scene", "changes", "path", "holds"), BAD.values(), ids=BAD)
def test_bad_scene_is_refused_with_its_place(scene: Scene, changes: dict[str, Any], path: str, holds: str) -> None:
    with pytest.raises(SceneError) as caught:
        check_scene(replace(scene, **changes))
    assert caught.value.path == path
    assert holds in caught.value.reason
    assert str(caught.value).isprintable()


RULES = {
    (name, convention): rule
    for name, optimizer in OPTIMIZERS.items()
    for convention, rule in ((None, optimizer.rule()), *optimizer.conventions.items())
}


@pytest.mark.parametrize(("name", "convention"), RULES)
def test_every_rule_is_accepted_with_its_own_hyperparameters_and_no_other(name: str, convention: str | None) -> None:
    defaults = RULES[name, convention].defaults
    check_scene(replace(PLANE, **racing(name=name, convention=convention, hyperparameters=dict(defaults))))
    for other in HYPERPARAMETERS.keys() - defaults.keys():
        scene = replace(PLANE, **racing(name=name, convention=convention, hyperparameters={other: 0.5}))
        with pytest.raises(SceneError, match=f"hyperparameters.{other}: unknown key"):
            check_scene(scene)


@pytest.mark.parametrize(("name", "convention"), RULES)
def test_every_hyperparameter_is_held_to_its_range(name: str, convention: str | None) -> None:
    for hyperparameter in RULES[name, convention].defaults:
        for value in (HYPERPARAMETERS[hyperparameter].low - 0.1, HYPERPARAMETERS[hyperparameter].high + 0.1):
            scene = replace(PLANE, **racing(name=name, convention=convention, hyperparameters={hyperparameter: value}))
            with pytest.raises(SceneError, match=f"hyperparameters.{hyperparameter}: (must be|every number)"):
                check_scene(scene)


def test_mistake_in_the_formula_keeps_its_place() -> None:
    with pytest.raises(SceneError) as caught:
        build_surface_formula(FormulaSurface(formula="x + sn(x)"))
    cause = caught.value.__cause__
    assert isinstance(cause, FormulaError)
    assert (cause.start, cause.end, cause.suggestion) == (4, 6, "sin")


def test_every_one_of_many_points_is_checked() -> None:
    points = [(float(i), 0.0) for i in range(300_000)]
    check_scene(replace(PLANE, starts=PointStarts(points=tuple(points))))
    points[299_999] = (0.0, NAN)
    with pytest.raises(SceneError, match=r"points\[299999\]\[1\]"):
        check_scene(replace(PLANE, starts=PointStarts(points=tuple(points))))


def test_numbers_may_come_from_numpy() -> None:
    entries = tuple(
        OptimizerEntry(name="adam", hyperparameters={"learning_rate": rate}) for rate in np.logspace(-3, -1, 3)
    )
    scene = replace(PLANE, optimizers=entries, steps=np.int64(7))
    check_scene(scene)
    assert decode_scene(encode_scene(scene)) == scene
