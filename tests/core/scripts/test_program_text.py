"""Programs are for reading: their text is tidy, and nothing of a user's can become code in them."""

from __future__ import annotations

import ast
import builtins
import keyword
import tokenize
from io import BytesIO, StringIO

import pytest
from msgspec.structs import replace
from programs import assert_same_digits, ends_printed, ends_simulated, printed_by

import gradsim
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.scene import (
    Clip,
    Domain,
    FormulaSurface,
    GradientSequence,
    NoisyGradient,
    OneCycleSchedule,
    OptimizerEntry,
    PointStarts,
    Scene,
)
from gradsim.core.scripts import SCRIPTS
from gradsim.core.scripts.library_calls import OPTAX, TORCH

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]
HOSTILE = (
    '"; import os; os.abort() #\'\'\'"""\\',
    "coding: utf-7",
    "# -*- coding: rot13 -*-",
    "\u202egnirts\u2066",
    "{0} %s {learning_rate} \\N{BULLET} \\x41",
    "'" * 3 + '"' * 3,
)
BOWL = Scene(
    surface=FormulaSurface(formula="x^2 + 3*y^2"),
    domain=Domain(x=(-2.0, 2.0), y=(-2.0, 2.0)),
    starts=PointStarts(points=((1.0, 1.5),)),
    steps=3,
    optimizers=(OptimizerEntry(name="adam"), OptimizerEntry(name="newton")),
)


def of_all_methods(**settings: object) -> list[Scene]:
    half = len(METHODS) // 2 + 1
    return [
        replace(
            BOWL,
            optimizers=tuple(OptimizerEntry(name=name, convention=convention, **settings) for name, convention in part),
        )
        for part in (METHODS[:half], METHODS[half:])
    ]


@pytest.mark.parametrize("library", SCRIPTS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"schedule": OneCycleSchedule(warmup=5), "clip": Clip(by="norm", limit=1.0), "box": ((-1.0, 2.0),) * 2},
        {"gradient": GradientSequence(values=tuple(0.123456789 * number for number in range(30)))},
    ],
    ids=["plain", "with everything", "with given gradients"],
)
def test_programs_are_python_within_a_page_s_width(library: str, settings: dict[str, object]) -> None:
    for scene in of_all_methods(**settings):
        program = gradsim.write_code(scene, library)
        ast.parse(program)
        assert max(map(len, program.splitlines())) <= 100
        assert not any(line != line.rstrip() for line in program.splitlines())
        assert program.endswith(")\n")


@pytest.mark.parametrize("library", SCRIPTS)
def test_programs_import_and_define_nothing_that_they_do_not_use(library: str) -> None:
    noisy = (OptimizerEntry(name="adam", gradient=NoisyGradient(std=0.1)), *BOWL.optimizers)
    for scene in (
        *of_all_methods(),
        BOWL,
        replace(BOWL, optimizers=BOWL.optimizers[:1]),
        replace(BOWL, optimizers=noisy),
    ):
        program = gradsim.write_code(scene, library)
        tree = ast.parse(program)
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        imported = {
            each.asname or each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names
        }
        assigned = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        assert imported
        assert (defined | imported | assigned) - read == set()


@pytest.mark.parametrize("library", SCRIPTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_a_user_are_nothing_but_words(text: str, library: str) -> None:
    scene = replace(BOWL, title=text, optimizers=(OptimizerEntry(name="adam", label=text),))
    program = gradsim.write_code(scene, library)
    assert tokenize.detect_encoding(BytesIO(program.encode()).readline)[0] == "utf-8"
    plain = gradsim.write_code(
        replace(scene, title="", optimizers=(OptimizerEntry(name="adam", label="Adam"),)), library
    )
    expected = ast.parse(plain)
    for node in ast.walk(expected):
        if isinstance(node, ast.Constant) and node.value == "Adam":
            node.value = text
    assert ast.dump(ast.parse(program)) == ast.dump(expected)
    assert all(character.isprintable() or character == "\n" for character in program)


def test_a_hostile_label_is_printed_as_it_is() -> None:
    scene = replace(BOWL, optimizers=(OptimizerEntry(name="adam", label=HOSTILE[0]),))
    printed = printed_by(gradsim.write_code(scene, "numpy"))
    assert printed.startswith(HOSTILE[0] + "\n    x = ")


TAKEN = (
    "t1",
    "np",
    "adam",
    "race_adam",
    "report",
    "STEPS",
    "STARTS",
    "print",
    "zip",
    "learning_rate",
    "loss",
    "point",
    "match",
)


def test_parameters_have_their_names_unless_these_are_taken() -> None:
    formula = " + ".join(f"{name}*x^{power}" for power, name in enumerate(("depth", *TAKEN), start=1))
    scene = replace(
        BOWL,
        surface=FormulaSurface(formula=formula, parameters={"depth": 0.25, "np": 0.5}),
        domain=Domain(x=(-2.0, 2.0)),
        starts=PointStarts(points=((0.1,),)),
        optimizers=BOWL.optimizers[:1],
    )
    program = gradsim.write_code(scene, "numpy")
    assert "\ndepth = 0.25\n" in program
    assert "\nnp_ = 0.5\n" in program
    assert_same_digits(scene)
    words = {token.string for token in tokenize.generate_tokens(StringIO(program).readline)}
    assert {f"{name}_" for name in TAKEN} <= words


@pytest.mark.parametrize("value", [0.0, -2.0])
def test_parameters_that_make_no_number_of_a_formula_end_no_program(value: float) -> None:
    formula = "x^2 + y^2 + 1/a + a^0.5 + sin(a)"
    scene = replace(BOWL, surface=FormulaSurface(formula=formula, parameters={"a": value}))
    printed = printed_by(gradsim.write_code(scene, "numpy"))
    assert ends_printed(printed, scene).tolist() == ends_simulated(scene).tolist()


def test_every_convention_of_a_library_is_said_in_the_library_s_words() -> None:
    for table, conventions in ((TORCH, {"pytorch", "centered"}), (OPTAX, {"optax"})):
        assert set(table) == {each for each in METHODS if each[1] in conventions}


@pytest.mark.parametrize(("library", "table"), [("pytorch", TORCH), ("optax", OPTAX)])
def test_constructors_name_every_hyperparameter(library: str, table: dict[tuple[str, str], str]) -> None:
    for (name, convention), written in table.items():
        assert all(f"{{{each}}}" in written for each in OPTIMIZERS[name].rule(convention).defaults), name


def test_a_method_is_said_in_a_library_s_words_if_another_convention_has_the_same_rule() -> None:
    scene = replace(BOWL, optimizers=(OptimizerEntry(name="adam", convention="paper"),))
    assert "torch.optim.Adam(" in gradsim.write_code(scene, "pytorch")
    decaying = OptimizerEntry(name="adam", convention="pytorch", hyperparameters={"weight_decay": 0.1})
    program = gradsim.write_code(replace(scene, optimizers=(decaying,)), "optax")
    assert "optax.adam(" not in program  # which has no such decay
    assert "def race_adam(" in program


@pytest.mark.parametrize("library", ["pytorch", "optax"])
def test_what_a_library_does_not_have_follows_its_own_rule_and_says_so(library: str) -> None:
    program = gradsim.write_code(BOWL, library)
    assert "so by the rules as gradsim has them: Newton." in program
    assert "def newton(position, gradient, hessian, learning_rate):" in program


def test_no_name_of_a_rule_hides_a_name_of_python_or_of_the_loop_around_it() -> None:
    names = {
        name for optimizer in OPTIMIZERS.values() for rule in optimizer.conventions.values() for name in rule.reads
    }
    assert not names & (
        {*dir(builtins), *keyword.kwlist} | {"math", "np", "update", "place", "asks", "moved", "answer"}
    )
