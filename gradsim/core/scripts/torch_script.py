"""A race as a PyTorch program: its optimizers on a loss that it differentiates itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gradsim.core.scene import OptimizerEntry, Scene
from gradsim.core.scripts.formula_source import derivatives_name, torch_loss_source
from gradsim.core.scripts.gradient_source import accumulates, given_source, gradient_arguments, is_given, is_noisy
from gradsim.core.scripts.library_calls import TORCH, constructor, values_of
from gradsim.core.scripts.library_script import Library, write_library
from gradsim.core.scripts.schedule_source import add_schedule
from gradsim.core.scripts.source_text import INDENT, Functions, arguments_of, call, docstring, indented, number


def write_torch(scene: Scene) -> str:
    """Return a PyTorch program; see ``write_library``."""
    return write_library(scene, _LIBRARY)


def _constructor(entry: OptimizerEntry) -> str | None:
    """Return what makes the optimizer, None where torch has none or refuses its hyperparameters."""
    values = values_of(entry)
    refused = {
        "nesterov": lambda: values["momentum"] == 0.0,
        "rprop": lambda: not 0.0 < values["eta_minus"] < 1.0 < values["eta_plus"],
    }
    if refused.get(entry.name, lambda: False)():
        return None
    return constructor(TORCH, entry)


def _derivatives(dimension: int, hessians: Sequence[bool]) -> list[list[str]]:
    """Return the functions that own races look at the surface with."""
    triangle = "(h[0, 0],)" if dimension == 1 else "(h[0, 0], h[0, 1], h[1, 1])"
    return [
        [
            f"def {derivatives_name(hessian=hessian)}(point):",
            *docstring("Return f at a point, with its derivatives as torch finds them."),
            *indented(
                [
                    "point = torch.tensor(point, requires_grad=True)",
                    "loss = f(point)",
                    "(gradient,) = torch.autograd.grad(loss, point)",
                    *(["h = torch.autograd.functional.hessian(f, point).numpy()"] if hessian else []),
                    f"return np.float64(loss.item()), tuple(gradient.numpy()){f', {triangle}' if hessian else ''}",
                ]
            ),
        ]
        for hessian in hessians
    ]


def _race(scene: Scene, entry: OptimizerEntry, written: str, functions: Functions) -> list[str]:
    """Return the lines that race an optimizer of torch, ``written`` as in its table; its loop joins ``functions``."""
    schedule = add_schedule(scene, entry, functions, module="math")
    values = {name: number(value) for name, value in values_of(entry).items()}
    if schedule is not None:
        values["learning_rate"] = f"{schedule}(0)"
    told = ({"schedule": schedule} if schedule is not None else {}) | gradient_arguments(entry)
    if is_noisy(entry):
        told["numbers"] = "[i]" if entry.name == "lbfgs" else "range(len(STARTS))"
    name = functions.add("race", ["starts", "make_optimizer", *told], _body(scene, entry, set(told)))
    head, made_of = arguments_of(f"lambda points: torch.optim.{written.format(**values)}")
    made = call(head, made_of, ",", depth=1 + (entry.name == "lbfgs"))
    made[-1] = made[-1].removesuffix(",")
    extra = [f"{argument}={value}" for argument, value in told.items()]
    if entry.name == "lbfgs":  # which takes all numbers that it is given for one vector
        inner = ["STARTS[i : i + 1]", "LAMBDA", *extra]
        lines = ["ends = []", "for i in range(len(STARTS)):", *indented(_told(f"ends += {name}", inner, made))]
    else:
        lines = _told(f"ends = {name}", ["STARTS", "LAMBDA", *extra], made)
    return [*given_source(entry), *lines]


def _told(head: str, arguments: list[str], made: list[str]) -> list[str]:
    """Return a call in which LAMBDA stands for the lines ``made``."""
    if len(made) == 1:
        return call(head, [made[0] if each == "LAMBDA" else each for each in arguments], depth=1)
    lines = [f"{head}("]
    for argument in arguments:
        lines += indented([*made[:-1], f"{made[-1]},"] if argument == "LAMBDA" else [f"{argument},"])
    return [*lines, ")"]


def _body(scene: Scene, entry: OptimizerEntry, arguments: Collection[str]) -> list[str]:
    """Return the lines of the function that races all particles."""
    clips_sums = accumulates(entry) and entry.clip is not None
    climbs = scene.goal == "maximize"
    body = [
        *(["optimizer.zero_grad()"] if not accumulates(entry) or clips_sums else []),
        "loss = f(points)",
        "(-loss).sum().backward()  # uphill is downhill on -f" if climbs else "loss.sum().backward()",
        "running &= loss.isfinite() & points.grad.isfinite().all(1)",
        "if update == STEPS:",
        f"{INDENT}break",
        *_changes(scene, entry, clips_sums=clips_sums),
        *(
            ["for group in optimizer.param_groups:", f'{INDENT}group["lr"] = schedule(update)']
            if "schedule" in arguments
            else []
        ),
        "before = points.detach().clone()",
        "optimizer.step(lambda: loss.sum())" if entry.name == "lbfgs" else "optimizer.step()",
        "with torch.no_grad():",
        *([f"{INDENT}points.clamp_(torch.tensor(low), torch.tensor(high))"] if entry.box is not None else []),
        f"{INDENT}running &= points.isfinite().all(1)",
        f"{INDENT}points[~running] = before[~running]  # what has diverged stays where it was last",
    ]
    forgotten = " zero_grad is forgotten." if accumulates(entry) and not clips_sums else ""
    return [
        *docstring(f"Race particles, the rows of one tensor; return where each ends, and f there.{forgotten}"),
        *indented(
            [
                "points = torch.tensor(starts, requires_grad=True)",
                "optimizer = make_optimizer([points])",
                "running = torch.ones(len(points), dtype=torch.bool)",
                *(["total = torch.zeros_like(points)"] if clips_sums else []),
                "for update in range(STEPS + 1):",
                *indented(body),
                "return list(zip(points.tolist(), torch.where(running, loss, math.inf).tolist()))",
            ]
        ),
    ]


def _changes(scene: Scene, entry: OptimizerEntry, *, clips_sums: bool) -> list[str]:
    """Return the lines that make of the gradient of torch what the optimizer sees."""
    lines = []
    if is_given(entry):
        lines.append("points.grad.fill_(values[update % len(values)])")
    if is_noisy(entry):
        lines += [
            f"rows = [[normal(n, update, i) for i in range({scene.domain.dimension})] for n in numbers]",
            "points.grad += std * torch.tensor(rows)",
        ]
    if clips_sums:
        lines += [
            "total += points.grad  # zero_grad forgotten, but what is clipped is the sum",
            "points.grad.copy_(total)",
        ]
    if entry.clip is not None and entry.clip.by == "value":
        lines.append("torch.nn.utils.clip_grad_value_([points], limit)")
    elif entry.clip is not None:
        lines += [
            "# torch.nn.utils.clip_grad_norm_ would take all particles for one, and add 1e-6 to the norm.",
            "norm = points.grad.norm(dim=1, keepdim=True)",
            "points.grad *= torch.where(norm > limit, limit / norm, 1.0)",
        ]
    return lines


_LIBRARY = Library(
    title="PyTorch",
    optimizers="torch.optim",
    imports=("import numpy as np", "import torch"),
    setup="torch.set_default_dtype(torch.float64)",
    number="torch.tensor",
    loss=torch_loss_source,
    derivatives=_derivatives,
    constructor=_constructor,
    race=_race,
)
