"""Every library convention retraces what PyTorch and optax did themselves (``make_references.py`` recorded it)."""

from __future__ import annotations

import numpy as np
import pytest
from interpreted import follow
from problems import PROBLEMS, STEPS, UNUSUAL, VARIANTS, relative_error
from stored_references import stored_references

from gradsim.core.optimizers import OPTIMIZERS

TOLERANCE = 1e-12
LIBRARIES = ("pytorch", "optax", "centered")  # and a convention that is an option of a library
METHODS = [
    (name, convention)
    for name, optimizer in OPTIMIZERS.items()
    for convention in optimizer.conventions
    if convention in LIBRARIES
]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("problem_name", PROBLEMS)
@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_rule_retraces_the_library(name: str, convention: str, problem_name: str, variant: str) -> None:
    problem, key = PROBLEMS[problem_name], f"{name}/{problem_name}/{variant}"
    references = stored_references(convention)
    theirs, h = references.paths[key], references.hyperparameters[key]
    assert theirs.shape == (STEPS + 1, 2)
    assert np.abs(theirs[-1] - theirs[0]).max() > 0.01  # the library did move
    ours = follow(OPTIMIZERS[name].rule(convention), problem, problem.start, h, STEPS)
    assert relative_error(ours, theirs) <= TOLERANCE


@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_left_out_hyperparameters_take_the_defaults_of_the_library(name: str, convention: str) -> None:
    theirs = stored_references(convention).hyperparameters[f"{name}/ravine/default"]
    ours = OPTIMIZERS[name].rule(convention).defaults
    assert {**theirs, "learning_rate": None} == {**ours, "learning_rate": None}


@pytest.mark.parametrize("library", LIBRARIES)
def test_references_are_of_today_s_problems(library: str) -> None:
    references = stored_references(library)
    for metadata in references.metadata:
        assert metadata["problems"] == {n: {"formula": p.formula, "start": list(p.start)} for n, p in PROBLEMS.items()}
    unusual = {k: v for h in references.hyperparameters.values() for k, v in h.items() if v == UNUSUAL.get(k)}
    assert unusual, "no reference was made with unusual hyperparameters"
