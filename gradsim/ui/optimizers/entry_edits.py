"""Edits of one optimizer's settings. A label that names a value goes with it, or goes."""

from __future__ import annotations

import re

from msgspec.structs import replace

from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS, Rule
from gradsim.core.scene import AccumulatedGradient, ConstantSchedule, Domain, ExactGradient, OptimizerEntry
from gradsim.ui.line_up import value_label


def rule_of(entry: OptimizerEntry) -> Rule:
    return OPTIMIZERS[entry.name].rule(entry.convention)


def value_of(entry: OptimizerEntry, name: str) -> float:
    """The value of the hyperparameter ``name``, its default where the entry has none."""
    return entry.hyperparameters.get(name, rule_of(entry).defaults[name])


def with_value(entry: OptimizerEntry, name: str, value: float) -> OptimizerEntry:
    """``entry`` with another value of the hyperparameter ``name``."""
    return replace(entry, hyperparameters={**entry.hyperparameters, name: value}, label=_label_with(entry, name, value))


def with_default(entry: OptimizerEntry, name: str) -> OptimizerEntry:
    """``entry`` without a value of its own for the hyperparameter ``name``."""
    values = {other: value for other, value in entry.hyperparameters.items() if other != name}
    return replace(entry, hyperparameters=values, label=_label_with(entry, name, rule_of(entry).defaults[name]))


def with_convention(entry: OptimizerEntry, convention: str) -> OptimizerEntry:
    """``entry`` in another convention, which keeps the values that it knows."""
    known = OPTIMIZERS[entry.name].rule(convention).defaults
    values = {name: value for name, value in entry.hyperparameters.items() if name in known}
    return replace(entry, convention=convention, hyperparameters=values)


def with_method(entry: OptimizerEntry, name: str) -> OptimizerEntry:
    """``entry`` racing the method ``name`` (a key of OPTIMIZERS): it keeps its colour, and what that method knows, too.

    A learning rate that multiplies steps which have a length of their own, such as Newton's, says nothing about one
    that gives steps their length, nor the other way round. A label follows the method and the value that it names.
    """
    if name == entry.name:
        return entry
    old, new = OPTIMIZERS[entry.name], OPTIMIZERS[name]
    convention = entry.convention if entry.convention in new.conventions else None
    before, rule = rule_of(entry), new.rule(convention)
    values = {each: value for each, value in entry.hyperparameters.items() if each in rule.defaults}
    if _has_own_lengths(before) != _has_own_lengths(rule):
        values.pop("learning_rate", None)
    summed = isinstance(entry.gradient, AccumulatedGradient)
    changed = replace(
        entry,
        name=name,
        convention=convention,
        hyperparameters=values,
        gradient=ExactGradient() if summed and rule.probe is not None else entry.gradient,
    )
    lost = [
        each
        for each in before.defaults
        if each not in rule.defaults or value_of(changed, each) != value_of(entry, each)
    ]
    if entry.label is None or any(_names_value(entry, each) for each in lost):
        return replace(changed, label=None)
    return with_name(changed, re.sub(rf"(?<!\w){re.escape(old.title)}(?!\w)", lambda _: new.title, entry.label))


def with_setting(entry: OptimizerEntry, field: str, value: object, *, domain: Domain) -> OptimizerEntry:
    """``entry`` with another ``value`` of a field such as "schedule"; a box of True is the ``domain``."""
    if field == "convention":
        return with_convention(entry, str(value))
    return replace(entry, **{field: domain.axes if field == "box" and value is True else value})


def with_defaults(entry: OptimizerEntry) -> OptimizerEntry:
    """``entry`` with the defaults of every setting; a name that does not tell a value stays, and so does the colour."""
    return replace(
        entry,
        hyperparameters={},
        convention=None,
        gradient=ExactGradient(),
        clip=None,
        box=None,
        schedule=ConstantSchedule(),
        label=None if any(_names_value(entry, name) for name in rule_of(entry).defaults) else entry.label,
    )


def with_name(entry: OptimizerEntry, text: str) -> OptimizerEntry:
    """``entry`` called ``text``; after its method where that is empty or says the same."""
    return replace(entry, label=text if text and text != OPTIMIZERS[entry.name].title else None)


def _has_own_lengths(rule: Rule) -> bool:
    """Whether the steps of ``rule`` have a length of their own: the whole of it is its default."""
    return rule.defaults["learning_rate"] >= 1.0


def _label_with(entry: OptimizerEntry, name: str, value: float) -> str | None:
    before, named, after = (entry.label or "").rpartition(value_label(name, value_of(entry, name)))
    if named and not after and (not before or before.endswith(", ")):
        return before + value_label(name, value)  # "β₁ = 0.9" or "Adam, β₁ = 0.9" goes on being called after its value
    return None if _names_value(entry, name) else entry.label


def _names_value(entry: OptimizerEntry, name: str) -> bool:
    return f"{HYPERPARAMETERS[name].symbol} =" in (entry.label or "")
