"""A race as an optax program: its optimizers on a loss that JAX differentiates."""

from __future__ import annotations

from collections.abc import Sequence

from gradsim.core.scene import ConstantSchedule, OptimizerEntry, Scene
from gradsim.core.scripts.formula_source import derivatives_name, jax_loss_source
from gradsim.core.scripts.gradient_source import accumulates, given_source, gradient_arguments, is_given, is_noisy
from gradsim.core.scripts.library_calls import OPTAX, constructor, values_of
from gradsim.core.scripts.library_script import Library, write_library
from gradsim.core.scripts.schedule_source import add_schedule
from gradsim.core.scripts.source_text import Functions, arguments_of, call, docstring, indented, number

_AVERAGING = ("schedule_free", "schedule_free_adam")
"""They take the gradient at one place and are to be used at another."""
_EXACT_DIAGONAL = [
    '    """The diagonal of the Hessian, which Sophia would estimate from random vectors."""',
    "    def update(gradient, state, params=None, *, obj_fn, **_):",
    "        return jnp.diag(jax.hessian(obj_fn)(params)), state",
    "",
    "    return optax.GradientTransformationExtraArgs(lambda params: (), update)",
]


def write_optax(scene: Scene) -> str:
    """Return an optax program; see ``write_library``."""
    return write_library(scene, _LIBRARY)


def _constructor(entry: OptimizerEntry) -> str | None:
    """Return what makes the optimizer, None where optax has none that does the same.

    Schedule-free methods of optax hold in a box the place where they take gradients, and not the one that is used; and
    they weigh their average by the learning rate of the next step.
    """
    if entry.name in _AVERAGING and (entry.box is not None or entry.schedule != ConstantSchedule()):
        return None
    return constructor(OPTAX, entry)


def _derivatives(dimension: int, hessians: Sequence[bool]) -> list[list[str]]:
    """Return the functions that own races look at the surface with."""
    triangle = "(h[0, 0],)" if dimension == 1 else "(h[0, 0], h[0, 1], h[1, 1])"
    compiled = ["value_and_gradient = jax.jit(jax.value_and_grad(f))"]
    if True in hessians:
        compiled.append("hessian_of = jax.jit(jax.hessian(f))")
    functions = [
        [
            f"def {derivatives_name(hessian=hessian)}(point):",
            *docstring("Return f at a point, with its derivatives as JAX finds them."),
            *indented(
                [
                    "loss, gradient = value_and_gradient(jnp.array(point))",
                    *(["h = np.asarray(hessian_of(jnp.array(point)))"] if hessian else []),
                    f"return np.float64(loss), tuple(np.asarray(gradient)){f', {triangle}' if hessian else ''}",
                ]
            ),
        ]
        for hessian in hessians
    ]
    return [compiled, *functions]


def _race(scene: Scene, entry: OptimizerEntry, written: str, functions: Functions) -> list[str]:
    """Return the lines that race an optimizer of optax, ``written`` as in its table; its loop joins ``functions``."""
    if "exact_diagonal()" in written:
        functions.add("exact_diagonal", [], _EXACT_DIAGONAL)
    values = {name: number(value) for name, value in values_of(entry).items()}
    schedule = add_schedule(scene, entry, functions, module="math")
    lines = given_source(entry)
    if schedule is not None:
        values["learning_rate"] = "lambda update: rates[update]"
        if entry.name == "rprop":  # which has it for the first step alone
            values["learning_rate"] = f"{schedule}(0)"
        else:
            lines.append(f"rates = jnp.array([{schedule}(update) for update in range(STEPS)])")
    told = [f"{argument}={value}" for argument, value in gradient_arguments(entry).items()]
    if is_noisy(entry):
        lines += [
            "noise = np.array([",
            f"    [[normal(particle, update, i) for i in range({scene.domain.dimension})] for update in range(STEPS)]",
            "    for particle in range(len(STARTS))",
            "])",
        ]
        told.append("noise=noise")
    lines += call(*arguments_of(f"optimizer = {written.format(**values)}"))
    parameters = [argument.partition("=")[0] for argument in told]
    name = functions.add("race", ["optimizer", "starts", *parameters], _body(scene, entry))
    return [*lines, *call(f"ends = {name}", ["optimizer", "STARTS", *told])]


def _body(scene: Scene, entry: OptimizerEntry) -> list[str]:
    """Return the lines of the function that races all particles."""
    noisy = is_noisy(entry)
    averages, sums, climbs = entry.name in _AVERAGING, accumulates(entry), scene.goal == "maximize"
    carried = ", ".join(["point", "state", "running", *(["total"] if sums else [])])
    target = "lambda point: -f(point)" if climbs else "f"
    extra = f", obj_fn={target}" if entry.name == "sophia" else ""
    update = [
        f"{carried} = carry",
        "loss, gradient = jax.value_and_grad(f)(point)",
        "running &= jnp.isfinite(loss) & jnp.isfinite(gradient).all()",
        *_changes(entry, climbs=climbs),
        f"updates, new_state = optimizer.update(gradient, state, point{extra})",
        "moved = optax.apply_updates(point, updates)",
        *(["moved = jnp.clip(moved, jnp.array(low), jnp.array(high))"] if entry.box is not None else []),
        "running &= jnp.isfinite(moved).all()",
        "# What has diverged stays where it was last.",
        "point, state = jax.tree.map(",
        "    lambda new, old: jnp.where(running, new, old), (moved, new_state), (point, state)",
        ")",
        f"return ({carried}), None",
    ]
    steps = "noise" if noisy else "jnp.arange(STEPS)"
    begin = ["start", "optimizer.init(start)", "True", *(["jnp.zeros_like(start)"] if sums else [])]
    one = [
        f"def update(carry, {'noise' if noisy else 't' if is_given(entry) else '_'}):",
        *indented(update),
        "",
        f"begin = ({', '.join(begin)})",
        f"({carried}), _ = jax.lax.scan(update, begin, {steps})",
        *(["point = optax.contrib.schedule_free_eval_params(state, point)"] if averages else []),
        "loss, gradient = jax.value_and_grad(f)(point)",
        "running &= jnp.isfinite(loss) & jnp.isfinite(gradient).all()",
        "return point, jnp.where(running, loss, jnp.inf)",
    ]
    return [
        *docstring("Race all particles; return where each ends, and f there."),
        *indented(
            [
                f"def race_one({'start, noise' if noisy else 'start'}):",
                *indented(one),
                "",
                f"points, losses = jax.jit(jax.vmap(race_one))({'starts, noise' if noisy else 'starts'})",
                "return list(zip(points.tolist(), losses.tolist()))",
            ]
        ),
    ]


def _changes(entry: OptimizerEntry, *, climbs: bool) -> list[str]:
    """Return the lines that make of the gradient of JAX what the optimizer sees."""
    lines = []
    if climbs:
        lines.append("gradient = -gradient  # uphill is downhill on -f")
    if is_given(entry):
        lines.append("gradient = jnp.full_like(gradient, jnp.array(values)[t % len(values)])")
    if is_noisy(entry):
        lines.append("gradient += std * noise")
    if accumulates(entry):
        lines.append("gradient = total = total + gradient")
    if entry.clip is not None and entry.clip.by == "value":
        lines.append("gradient = jnp.clip(gradient, -limit, limit)")
    elif entry.clip is not None:
        lines += [
            "norm = jnp.linalg.norm(gradient)",
            "gradient = jnp.where(norm > limit, gradient * (limit / norm), gradient)",
        ]
    return lines


_LIBRARY = Library(
    title="optax",
    optimizers="optax",
    imports=("import jax", "import jax.numpy as jnp", "import numpy as np", "import optax"),
    setup='jax.config.update("jax_enable_x64", True)',
    number="jnp.float64",
    loss=jax_loss_source,
    derivatives=_derivatives,
    constructor=_constructor,
    race=_race,
)
