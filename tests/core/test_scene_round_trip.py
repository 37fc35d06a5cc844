"""Any valid scene survives being saved and loaded."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS
from gradsim.core.scene import (
    Clip,
    CosineRestartsSchedule,
    CosineSchedule,
    CyclicSchedule,
    Domain,
    ExactGradient,
    ExponentialSchedule,
    Export,
    FormulaSurface,
    GaussianStarts,
    GradientSequence,
    GridStarts,
    InverseSqrtSchedule,
    InverseTimeSchedule,
    LinearSchedule,
    LineStarts,
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

finite = st.floats(-1e6, 1e6)
lines = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=30)
counts = st.integers(1, 10**7)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[float, float]:
    low = draw(finite)
    return low, low + draw(st.floats(0.01, 1e6))


def points(dimension: int) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*[finite] * dimension)


@st.composite
def entries(draw: st.DrawFn) -> OptimizerEntry:
    optimizer = draw(st.sampled_from(list(OPTIMIZERS.values())))
    convention = draw(st.none() | st.sampled_from(list(optimizer.conventions)))
    names = list(optimizer.rule(convention).defaults)
    hyperparameters = {
        name: draw(
            st.floats(max(HYPERPARAMETERS[name].low, -1e6), min(HYPERPARAMETERS[name].high, 1e6), exclude_max=True)
        )
        for name in draw(st.lists(st.sampled_from(names), unique=True))
    }
    steady = {"warmup": draw(st.integers(0, 1000))}
    shares = st.floats(0, 1)
    schedules = st.one_of(
        st.builds(ExponentialSchedule, rate=st.floats(0, 10), **{k: st.just(v) for k, v in steady.items()}),
        st.builds(InverseTimeSchedule, rate=st.floats(0, 10)),
        st.builds(StepSchedule, every=counts, factor=st.floats(0, 1)),
        st.builds(CosineSchedule, min=st.floats(0, 10), period=st.none() | counts),
        st.builds(LinearSchedule, end_factor=shares, period=st.none() | counts),
        st.builds(PolynomialSchedule, power=st.floats(0, 100), min=st.floats(0, 10), period=st.none() | counts),
        st.builds(InverseSqrtSchedule, timescale=st.none() | counts),
        st.builds(WsdSchedule, decay_share=shares, shape=st.sampled_from(["linear", "1-sqrt"]), min=st.floats(0, 10)),
        st.builds(OneCycleSchedule, start_factor=shares, end_factor=shares, warm_share=shares),
        st.builds(CyclicSchedule, min=st.floats(0, 10), period=st.none() | counts),
        st.builds(CosineRestartsSchedule, period=st.none() | counts, period_factor=st.floats(1, 100)),
    )
    return OptimizerEntry(
        name=optimizer.name,
        convention=convention,
        hyperparameters=hyperparameters,
        schedule=draw(schedules),
        gradient=draw(
            st.builds(ExactGradient)
            | st.builds(NoisyGradient, std=st.floats(0, 10))
            | st.builds(GradientSequence, values=st.lists(st.floats(-10, 10), min_size=1).map(tuple))
        ),
        clip=draw(st.none() | st.builds(Clip, by=st.sampled_from(["value", "norm"]), limit=st.floats(0, 10))),
        label=draw(st.none() | lines),
        color=draw(st.none() | st.integers(0, 11) | st.from_regex("#[0-9A-F]{6}", fullmatch=True)),
        enabled=draw(st.booleans()),
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    dimension = draw(st.sampled_from([1, 2]))
    domain = Domain(x=draw(ranges()), y=draw(ranges()) if dimension == 2 else None)
    box = st.none() | st.tuples(*[ranges()] * dimension)
    starts: list[st.SearchStrategy[Any]] = [
        st.builds(PointStarts, points=st.lists(points(dimension), min_size=1, max_size=30).map(tuple)),
        st.builds(GridStarts, n=st.tuples(*[st.integers(1, 3000)] * dimension), box=box),
        st.builds(LineStarts, start=points(dimension), end=points(dimension), n=counts),
        st.builds(GaussianStarts, center=points(dimension), std=st.floats(0, 10), n=counts),
        st.builds(UniformStarts, n=counts, box=box),
    ]
    if dimension == 2:
        starts.append(st.builds(RingStarts, center=points(2), radius=st.floats(0, 10), n=counts))
    racing = draw(st.lists(entries(), min_size=1, max_size=4))
    return Scene(
        title=draw(lines),
        surface=FormulaSurface(formula="a*x^2 + y" if dimension == 2 else "sin(a*x)", parameters={"a": draw(finite)}),
        domain=domain,
        optimizers=(replace(racing[0], enabled=True), *racing[1:]),
        starts=draw(st.one_of(starts)),
        goal=draw(st.sampled_from(["minimize", "maximize"])),
        steps=draw(counts),
        seed=draw(st.integers(0, 2**63 - 1)),
        view=View(x=draw(st.none() | ranges()), trail=draw(st.integers(0, 10**6)), critical_points=draw(st.booleans())),
        playback=Playback(speed=draw(st.floats(0.01, 1e4)), loop=draw(st.booleans())),
        export=Export(fps=draw(st.integers(1, 240)), seconds=draw(st.none() | st.floats(0.1, 3600))),
    )


@given(scenes())
def test_scene_survives_saving_and_loading(scene: Scene) -> None:
    data = encode_scene(scene)
    assert decode_scene(data) == scene
    assert encode_scene(decode_scene(data)) == data
