"""What PyTorch and optax call the methods: the single table of their constructors, with our hyperparameters in them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gradsim.core.optimizers import OPTIMIZERS, Rule
from gradsim.core.scene import OptimizerEntry

Table = Mapping[tuple[str, str], str]
"""By name and convention of a method, its constructor; {names} in it are hyperparameters."""

TORCH: Table = MappingProxyType(
    {
        ("gradient_descent", "pytorch"): "SGD(points, lr={learning_rate}, weight_decay={weight_decay})",
        ("momentum", "pytorch"): ("SGD(points, lr={learning_rate}, momentum={momentum}, weight_decay={weight_decay})"),
        ("nesterov", "pytorch"): (
            "SGD(points, lr={learning_rate}, momentum={momentum}, weight_decay={weight_decay}, nesterov=True)"
        ),
        ("asgd", "pytorch"): "ASGD(points, lr={learning_rate}, lambd={lambd}, alpha={power})",
        ("rprop", "pytorch"): (
            "Rprop(points, lr={learning_rate}, etas=({eta_minus}, {eta_plus}),"
            " step_sizes=({min_step_size}, {max_step_size}))"
        ),
        ("adagrad", "pytorch"): "Adagrad(points, lr={learning_rate}, eps={epsilon}, weight_decay={weight_decay})",
        ("rmsprop", "pytorch"): (
            "RMSprop(points, lr={learning_rate}, alpha={decay}, eps={epsilon}, weight_decay={weight_decay},"
            " momentum={momentum})"
        ),
        ("rmsprop", "centered"): (
            "RMSprop(points, lr={learning_rate}, alpha={decay}, eps={epsilon}, weight_decay={weight_decay},"
            " momentum={momentum}, centered=True)"
        ),
        ("adadelta", "pytorch"): (
            "Adadelta(points, lr={learning_rate}, rho={decay}, eps={epsilon}, weight_decay={weight_decay})"
        ),
        ("adam", "pytorch"): (
            "Adam(points, lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay})"
        ),
        ("adamw", "pytorch"): (
            "AdamW(points, lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay})"
        ),
        ("nadam", "pytorch"): (
            "NAdam(points, lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay},"
            " momentum_decay={momentum_decay})"
        ),
        ("radam", "pytorch"): (
            "RAdam(points, lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay})"
        ),
        ("amsgrad", "pytorch"): (
            "Adam(points, lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay},"
            " amsgrad=True)"
        ),
        ("adamax", "pytorch"): (
            "Adamax(points, lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay})"
        ),
        ("lbfgs", "pytorch"): "LBFGS(points, lr={learning_rate}, max_iter=1, history_size=5)",
    }
)
OPTAX: Table = MappingProxyType(
    {
        ("gradient_descent", "optax"): "optax.sgd({learning_rate})",
        ("momentum", "optax"): "optax.sgd({learning_rate}, momentum={momentum})",
        ("nesterov", "optax"): "optax.sgd({learning_rate}, momentum={momentum}, nesterov=True)",
        ("sign_descent", "optax"): "optax.sign_sgd({learning_rate})",
        ("signum", "optax"): "optax.signum({learning_rate}, beta={momentum})",
        ("lion", "optax"): "optax.lion({learning_rate}, b1={beta1}, b2={beta2}, weight_decay={weight_decay})",
        ("rprop", "optax"): (
            "optax.rprop({learning_rate}, eta_minus={eta_minus}, eta_plus={eta_plus},"
            " min_step_size={min_step_size}, max_step_size={max_step_size})"
        ),
        ("lars", "optax"): (
            "optax.lars({learning_rate}, weight_decay={weight_decay}, trust_coefficient={trust_coefficient},"
            " eps={epsilon}, momentum={momentum})"
        ),
        ("adagrad", "optax"): (
            "optax.adagrad({learning_rate}, initial_accumulator_value={initial_accumulator}, eps={epsilon})"
        ),
        ("rmsprop", "optax"): "optax.rmsprop({learning_rate}, decay={decay}, eps={epsilon})",
        ("adadelta", "optax"): "optax.adadelta({learning_rate}, rho={decay}, eps={epsilon})",
        ("adam", "optax"): "optax.adam({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("adamw", "optax"): (
            "optax.adamw({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon}, weight_decay={weight_decay})"
        ),
        ("nadam", "optax"): "optax.nadam({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("radam", "optax"): "optax.radam({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("amsgrad", "optax"): "optax.amsgrad({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("adamax", "optax"): "optax.adamax({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("adabelief", "optax"): (
            "optax.adabelief({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon}, eps_root={epsilon_root})"
        ),
        # optax.yogi does not pass on where its means start.
        ("yogi", "optax"): (
            "optax.chain(optax.scale_by_yogi(b1={beta1}, b2={beta2}, eps={epsilon},"
            " initial_accumulator_value={initial_accumulator}), optax.scale_by_learning_rate({learning_rate}))"
        ),
        ("adan", "optax"): (
            "optax.adan({learning_rate}, b1={beta1}, b2={beta2}, b3={beta3}, eps={epsilon},"
            " eps_root={epsilon_root}, weight_decay={weight_decay})"
        ),
        ("lamb", "optax"): "optax.lamb({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("novograd", "optax"): "optax.novograd({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("adopt", "optax"): "optax.contrib.adopt({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon})",
        ("ademamix", "optax"): (
            "optax.contrib.ademamix({learning_rate}, b1={beta1}, b2={beta2}, b3={beta3}, alpha={alpha}, eps={epsilon})"
        ),
        ("schedule_free", "optax"): "optax.contrib.schedule_free_sgd({learning_rate}, b1={interpolation})",
        ("schedule_free_adam", "optax"): (
            "optax.contrib.schedule_free_adamw({learning_rate}, b1={interpolation}, b2={beta2}, eps={epsilon})"
        ),
        ("prodigy", "optax"): (
            "optax.contrib.prodigy({learning_rate}, betas=({beta1}, {beta2}), eps={epsilon},"
            " estim_lr0={initial_distance})"
        ),
        ("lbfgs", "optax"): "optax.lbfgs({learning_rate}, memory_size=5, linesearch=None)",
        ("sophia", "optax"): (
            "optax.contrib.sophia({learning_rate}, b1={beta1}, b2={beta2}, eps={epsilon}, gamma={gamma},"
            " weight_decay={weight_decay}, update_interval={interval}, hessian_diagonal_fn=exact_diagonal())"
        ),
    }
)


def constructor(table: Table, entry: OptimizerEntry) -> str | None:
    """Return the constructor in ``table`` that makes the updates of ``entry``, or None if there is none.

    That may be one of another convention, if that has the same rule: what the entry's own rule does not know is 0.
    """
    rule = OPTIMIZERS[entry.name].rule(entry.convention)
    for (name, convention), written in table.items():
        theirs = OPTIMIZERS[name].rule(convention)
        if name == entry.name and theirs.functions == rule.functions and _covers(theirs, rule, entry):
            return written
    return None


def values_of(entry: OptimizerEntry) -> dict[str, float]:
    """Return every hyperparameter that a constructor may name; those that the entry's rule does not know are 0."""
    optimizer = OPTIMIZERS[entry.name]
    known = {name: 0.0 for rule in optimizer.conventions.values() for name in rule.defaults}
    return {**known, **optimizer.rule(entry.convention).defaults, **entry.hyperparameters}


def _covers(theirs: Rule, rule: Rule, entry: OptimizerEntry) -> bool:
    """Whether the library's rule has every hyperparameter of ``rule`` that is not 0."""
    values = values_of(entry)
    return all(name in theirs.defaults or values[name] == 0.0 for name in rule.defaults)
