"""The lesson scenes show what they claim: every number was computed independently in float64 before gradsim existed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.critical_points import find_critical_points
from gradsim.core.run import DIVERGED, LEFT_DOMAIN, RUNNING, Run
from gradsim.core.scene import ExactGradient, InverseSqrtSchedule, OptimizerEntry, PointStarts, Scene
from gradsim.core.scene_file import encode_scene, load_scene
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface

ASSETS = Path(__file__).parents[2] / "assets"
LESSONS = sorted(ASSETS.glob("lessons/*.gradsim"))
SCENES = [*LESSONS, *sorted(ASSETS.glob("presets/*.gradsim"))]
ROWS_WITH_SCENES = {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "18", "19"}

Array = np.ndarray


def lesson(name: str) -> Scene:
    return load_scene(ASSETS / "lessons" / f"{name}.gradsim")


def paths(run: Run) -> dict[str, Array]:
    """Label → positions (records, D) of the only particle."""
    assert run.n_particles == 1
    return dict(zip(run.labels, run.positions[:, :, 0, :], strict=True))


def first_step(condition: Array) -> int:
    assert condition.any()
    return int(np.argmax(condition))


def step_settled(distances: Array, tolerance: float) -> int:
    """The first step from which every distance stays within ``tolerance``."""
    outside = np.flatnonzero(distances > tolerance)
    assert outside[-1] + 1 < len(distances), "never settles"
    return int(outside[-1]) + 1


def n_flips(values: Array) -> int:
    return int(np.count_nonzero(np.diff(np.sign(values))))


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_every_shipped_scene_is_written_as_the_program_writes_it(path: Path) -> None:
    assert encode_scene(load_scene(path)) == path.read_bytes()


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_every_shipped_scene_has_titles_and_starts_inside_its_view(path: Path) -> None:
    scene = load_scene(path)
    assert scene.title
    assert all(entry.label for entry in scene.optimizers)
    assert isinstance(scene.starts, PointStarts)
    for point in scene.starts.points:
        for coordinate, (low, high) in zip(point, scene.domain.axes, strict=True):
            margin = 0.02 * (high - low)
            assert low + margin < coordinate < high - margin


def test_every_row_that_needs_only_formulas_has_a_scene() -> None:
    assert {path.stem[:2] for path in LESSONS} == ROWS_WITH_SCENES


def test_learning_rate_surface_has_its_limit_at_028() -> None:
    scene = lesson("01-learning-rate-limit")
    hessian = compile_surface(scene.surface).hessian(np.array([[2.0, 2.0]]))[0]
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [2, 50 / 7], rtol=1e-14)
    assert scene.optimizers[0].hyperparameters["learning_rate"] == pytest.approx(2 / (50 / 7), rel=1e-15)


def test_learning_rate_surface_is_the_mean_squared_error_of_its_regression() -> None:
    data = np.array([(-2, -2), (-2, -1), (-1, -1), (-1, 1), (-1, 2), (1, 1), (2, 2)], dtype=float)
    weights = np.random.default_rng(0).uniform(-3, 5, (50, 2))
    mean_squared_error = ((weights @ data.T - 2 * data.sum(axis=1)) ** 2).mean(axis=1)
    values = compile_surface(lesson("01-learning-rate-stable").surface).value(weights)
    np.testing.assert_allclose(values, mean_squared_error, rtol=1e-13)


def test_learning_rate_below_the_limit_settles() -> None:
    losses = simulate(lesson("01-learning-rate-stable")).losses[0, :, 0]
    assert len(losses) == 31
    assert losses[0] == pytest.approx(45.142857, abs=5e-7)
    assert losses[-1] < 1e-6


def test_learning_rate_at_the_limit_swings_for_ever() -> None:
    run = simulate(lesson("01-learning-rate-limit"))
    assert run.steps[-1] == 10_000
    ends = run.positions[0, -2:, 0]
    np.testing.assert_allclose(ends[np.argsort(ends[:, 0])], [[-0.5, -0.5], [4.5, 4.5]], atol=1e-6)
    assert run.losses[0, -1, 0] == pytest.approx(44.642857, abs=5e-7)
    assert run.outcomes[0, 0] == RUNNING


def test_learning_rate_above_the_limit_diverges() -> None:
    scene = lesson("01-learning-rate-diverges")
    run = simulate(scene)
    losses = run.losses[0, :, 0]
    # Along the steep direction every step multiplies the distance by 1 - 0.29 · 50/7, and the loss by its square.
    np.testing.assert_allclose(losses[21:] / losses[20:-1], (1 - 0.29 * 50 / 7) ** 2, rtol=1e-9)
    assert run.outcomes[0, 0] == LEFT_DOMAIN
    assert simulate(replace(scene, steps=6000), 6000).outcomes[0, 0] == DIVERGED


def test_learning_rates_compared_are_those_of_the_single_scenes() -> None:
    compared = simulate(lesson("01-learning-rate-compared"))
    for row, name in enumerate(("stable", "limit", "diverges")):
        alone = simulate(lesson(f"01-learning-rate-{name}"))
        n_records = min(len(alone.steps), len(compared.steps))
        np.testing.assert_array_equal(compared.positions[row, :n_records], alone.positions[0, :n_records])


@pytest.mark.parametrize("name", ["explodes", "vanishes", "adagrad"])
def test_regression_surface_is_the_mean_squared_error_of_its_five_points(name: str) -> None:
    scene = lesson(f"02-regression-{name}")
    weights = np.random.default_rng(0).uniform(-5, 5, (50, 2))
    x = np.arange(8.0, 13.0)
    mean_squared_error = ((weights[:, :1] + weights[:, 1:] * x - (2 + 0.5 * x)) ** 2).mean(axis=1)
    np.testing.assert_allclose(compile_surface(scene.surface).value(weights), mean_squared_error, rtol=1e-12)
    eigenvalues = np.linalg.eigvalsh(compile_surface(scene.surface).hessian([2.0, 0.5]))
    assert 2 / eigenvalues[1] == pytest.approx(0.00971, abs=5e-6)
    assert eigenvalues[1] / eigenvalues[0] == pytest.approx(5302, abs=1)


def regression_distances(run: Run, row: int = 0) -> Array:
    """How far the only particle of optimizer ``row`` is from the minimum, as a share of the first distance."""
    distances = np.linalg.norm(run.positions[row, :, 0] - [2.0, 0.5], axis=1)
    return distances / distances[0]


def test_regression_explodes_by_six_per_cent_a_step_until_numbers_end() -> None:
    scene = replace(lesson("02-regression-explodes"), steps=6200)
    losses = simulate(scene).losses[0, :, 0]
    assert losses[0] == pytest.approx(227)
    np.testing.assert_allclose(np.sqrt(losses[41:60] / losses[40:59]), 1.06, atol=1e-3)
    # 11 steps earlier where the squares are summed before they are divided by 5: the sum overflows first.
    assert first_step(~np.isfinite(losses)) == 6080
    steep = simulate(with_hyperparameter(scene, 0, learning_rate=0.009)).positions[0, :61, 0]
    assert np.abs(np.diff(steep[-2:], axis=0)).max() < 0.01


def test_regression_loss_falls_while_the_distance_remains() -> None:
    scene = lesson("02-regression-vanishes")
    run = simulate(scene)
    assert run.steps[-1] == 100_000
    np.testing.assert_allclose(run.losses[0, [0, -1], 0], [227, 4.145], atol=5e-4)
    assert regression_distances(run)[-1] == pytest.approx(0.957, abs=5e-4)
    assert regression_distances(run, 1)[-1] == pytest.approx(0.02, abs=5e-4)
    for learning_rate, remains in ((1e-5, 0.92), (1e-4, 0.65)):
        changed = simulate(with_hyperparameter(scene, 0, learning_rate=learning_rate))
        assert regression_distances(changed)[-1] == pytest.approx(remains, abs=5e-3)


def test_adagrad_needs_no_learning_rate_that_suits_both_weights_of_a_regression() -> None:
    scene = lesson("02-regression-adagrad")
    run = simulate(scene)
    assert step_settled(regression_distances(run, 1), 0.01) == 3737
    assert step_settled(regression_distances(run, 0), 0.01) == 12_104
    for learning_rate in (2.0, 3.0, 5.0, 10.0):
        changed = simulate(with_hyperparameter(scene, 1, learning_rate=learning_rate))
        assert step_settled(regression_distances(changed, 1), 0.01) < 3737
    assert regression_distances(simulate(with_hyperparameter(scene, 0, learning_rate=0.00485)))[-1] > 0.01
    assert simulate(with_hyperparameter(scene, 0, learning_rate=0.0098)).losses[0, -1, 0] > 1e100


def test_gradient_descent_stays_in_the_local_minimum_and_momentum_rolls_through() -> None:
    scene = lesson("03-local-minimum-rolls-through")
    run = simulate(scene)
    descent, momentum = paths(run).values()
    assert descent[4, 0] == pytest.approx(-0.9589, abs=5e-5)
    assert compile_surface(scene.surface).gradient(descent[4])[0] == pytest.approx(0.009, abs=5e-4)
    assert descent[-1, 0] == pytest.approx(-0.96015, abs=5e-6)
    assert momentum[-1, 0] == pytest.approx(1.0356, abs=5e-5)


def test_momentum_just_below_the_threshold_fails_and_just_above_succeeds() -> None:
    below, above = paths(simulate(lesson("03-local-minimum-threshold"))).values()
    assert below[:, 0].max() < 0
    assert below[-1, 0] == pytest.approx(-0.9602, abs=1e-4)
    assert above[-1, 0] == pytest.approx(1.0356, abs=5e-5)


def test_momentum_from_higher_up_crosses_rolls_back_and_fails() -> None:
    (ball,) = paths(simulate(lesson("03-local-minimum-rolls-back"))).values()
    hill = 0.0754
    assert ball[0, 0] == -1.6
    assert n_flips(ball[:, 0] - hill) == 2
    assert ball[-1, 0] == pytest.approx(-0.9602, abs=1e-4)


def test_momentum_by_hand() -> None:
    pytorch, ema, ema_scaled = paths(simulate(lesson("04-momentum-by-hand"))).values()
    np.testing.assert_allclose(pytorch[:4, 0], [1, 0.99, 0.9711, 0.944379], rtol=1e-14)
    np.testing.assert_allclose(ema[:3, 0], [1, 0.999, 0.997101], rtol=1e-14)
    np.testing.assert_allclose(ema_scaled, pytorch, atol=1e-13)


def test_ravine_settles_and_flips_as_often_as_each_method_does() -> None:
    run = simulate(lesson("05-ravine"))
    expected = {"gradient_descent": (395, 100), "momentum": (152, 35), "nesterov": (129, 1)}
    assert [entry.name for entry in run.scene.racing] == list(expected)
    for path, (n_steps, flips) in zip(paths(run).values(), expected.values(), strict=True):
        assert step_settled(np.linalg.norm(path, axis=1), 1e-3) == n_steps
        assert n_flips(path[:101, 1]) == flips


def test_ravine_has_nesterovs_limit_between_00135_and_00137() -> None:
    run = simulate(lesson("05-ravine-nesterov-limit"))
    below, above = (entry.hyperparameters["learning_rate"] for entry in run.scene.racing)
    limit = 2 * (1 + 0.9) / (1 + 2 * 0.9) / 100
    assert limit == pytest.approx(0.0136, abs=5e-5)
    assert below < limit < above
    settling, diverging = paths(run).values()
    assert np.abs(settling[-1]).max() < 1e-2
    assert np.abs(diverging[-1, 1]) > 1e3


def test_saddle_race_is_won_by_adagrad() -> None:
    run = simulate(lesson("06-saddle-race"))
    escapes = [first_step(np.abs(path[:, 1]) > 1) for path in paths(run).values()]
    expected = {"adagrad": 17, "rmsprop": 29, "adadelta": 31, "nesterov": 68, "momentum": 72, "gradient_descent": 349}
    assert dict(zip((entry.name for entry in run.scene.racing), escapes, strict=True)) == expected


def test_gradient_descent_never_leaves_a_saddle_it_sits_on() -> None:
    scene = lesson("07-saddle-stuck")
    np.testing.assert_array_equal(simulate(scene).positions, 0.0)
    eigenvalues, eigenvectors = np.linalg.eigh(compile_surface(scene.surface).hessian([0.0, 0.0]))
    np.testing.assert_allclose(eigenvalues, [-1, 1], rtol=1e-15)
    np.testing.assert_allclose(np.abs(eigenvectors[:, 0]), 0.5**0.5, rtol=1e-14)
    assert eigenvectors[0, 0] * eigenvectors[1, 0] > 0, "the escape direction is (1, 1)/√2"


def test_gradient_descent_escapes_a_saddle_along_one_diagonal_only() -> None:
    scene = lesson("07-saddle-escape")
    run = simulate(scene)
    escaping, falling = run.positions[0, :, 0], run.positions[0, :, 1]
    assert first_step(escaping[:, 0] > 0.5) == 35
    np.testing.assert_allclose(escaping[-1], [1, 1], atol=1e-9)
    np.testing.assert_allclose(falling[-1], [0, 0], atol=1e-9)
    eigenvalues = np.linalg.eigvalsh(compile_surface(scene.surface).hessian([0.0, 0.0]))
    np.testing.assert_allclose(eigenvalues, [-2, 2], rtol=1e-15)


@pytest.mark.parametrize("name", ["07-saddle-stuck", "07-saddle-escape"])
def test_the_saddle_lies_between_two_minima_until_their_valleys_are_levelled(name: str) -> None:
    scene = lesson(name)
    points = find_critical_points(compile_surface(scene.surface), scene.domain)
    assert points.proven
    places = {tuple(np.round(point.position, 9)): point.kind for point in points}
    assert places == {(-1.0, -1.0): "minimum", (0.0, 0.0): "saddle", (1.0, 1.0): "minimum"}
    # What lifts the valleys off the diagonals changes nothing on them, nor the curvature at the saddle: the numbers of
    # the lessons are those of (1 - xy)² alone.
    level = compile_surface(replace(scene.surface, parameters={**scene.surface.parameters, "b": 0.0}))
    x = np.linspace(-2.0, 2.0, 41)
    for diagonal in (np.stack((x, x), axis=1), np.stack((x, -x), axis=1)):
        np.testing.assert_array_equal(compile_surface(scene.surface).value(diagonal), level.value(diagonal))
        np.testing.assert_array_equal(compile_surface(scene.surface).gradient(diagonal), level.gradient(diagonal))
    np.testing.assert_array_equal(compile_surface(scene.surface).hessian([0.0, 0.0]), level.hessian([0.0, 0.0]))
    np.testing.assert_allclose(level.gradient([[0.5, 2.0], [-1.6, -0.625]]), 0.0, atol=1e-12)


def test_bump_on_the_way_is_passed_by_momentum_and_a_bold_adam_only() -> None:
    momentum, adam, timid_adam, rmsprop = paths(simulate(lesson("08-bump-on-the-way"))).values()
    assert momentum[:, 0].max() == pytest.approx(4.359, abs=5e-4)
    assert momentum[-1, 0] == pytest.approx(3, abs=1e-6)
    assert rmsprop[-1, 0] == pytest.approx(0.0851, abs=5e-5)
    assert adam[:, 0].max() == pytest.approx(3.024, abs=5e-4)
    assert adam[-1, 0] == pytest.approx(3, abs=1e-6)
    assert timid_adam[-1, 0] == pytest.approx(0.0851, abs=5e-5)


def test_ball_without_friction_oscillates_for_ever() -> None:
    scene = replace(lesson("09-no-friction"), steps=20_000)
    x = simulate(scene).positions[0, :, 0, 0]
    for part in (x[:2000], x[-2000:]):
        assert part.min() == pytest.approx(-1.407, abs=5e-4)
        assert part.max() == pytest.approx(1.537, abs=5e-4)
    # Kinetic energy ½v²/η with the velocity at the recorded moment, and the height of the surface as potential energy.
    velocity = (x[2:] - x[:-2]) / 2
    energy = velocity**2 / (2 * 0.01) + compile_surface(scene.surface).value(x[1:-1, None])
    assert energy.min() == pytest.approx(1.336, abs=5e-4)
    assert energy.max() == pytest.approx(1.397, abs=5e-4)


def test_uncorrected_adam_begins_with_steps_that_are_far_too_long() -> None:
    scene = lesson("10-bias-correction")
    lengths = -np.diff(simulate(scene).positions[:, :, 0, 0], axis=1) / 0.01
    np.testing.assert_allclose(lengths[0], 1, rtol=1e-6)
    for row, first, largest in ((1, 3.16, 6.57), (2, 10.0, 20.7)):
        assert lengths[row, 0] == pytest.approx(first, abs=5e-3)
        assert lengths[row].max() == pytest.approx(largest, abs=0.05)
        assert lengths[row].argmax() + 1 == 12
    changed = simulate(with_hyperparameter(scene, 1, beta2=0.99)).positions[1, :2, 0, 0]
    assert changed[0] - changed[1] == pytest.approx(0.01)


def test_uncorrected_adam_overshoots_on_a_bowl_and_other_conventions_do_not() -> None:
    scene = lesson("10-bias-correction-bowl")
    x = simulate(scene).positions[:, :, 0, 0]
    np.testing.assert_allclose(x.min(axis=1), [-0.27, -0.68, -0.90], atol=5e-3)
    assert x[2, 1] == pytest.approx(0, abs=1e-6), "the first step is the whole way"
    last = scene.optimizers[-1]
    for convention in ("paper", "pytorch"):
        corrected = replace(scene, optimizers=(*scene.optimizers[:-1], replace(last, convention=convention)))
        assert simulate(corrected).positions[2, :, 0, 0].min() == pytest.approx(-0.27, abs=0.01)


def test_adam_goes_where_the_loss_is_largest_and_amsgrad_does_not() -> None:
    scene = lesson("12-adam-need-not-converge")
    assert compile_surface(scene.surface).gradient([[0.0]])[0, 0] == pytest.approx((1010 - 100 * 10) / 101)
    adam, amsgrad = simulate(scene).positions[:, :, 0, 0]
    assert adam[-1] == pytest.approx(0.995, abs=5e-4)
    assert amsgrad[-1] == pytest.approx(-0.94, abs=5e-3)
    assert min(adam.min(), amsgrad.min()) >= -1
    assert max(adam.max(), amsgrad.max()) <= 1
    remembering = simulate(with_hyperparameter(scene, 0, beta2=0.9999)).positions[0, :, 0, 0]
    assert remembering[-1] < remembering[1000] < -0.6
    exact = replace(scene, optimizers=tuple(replace(each, gradient=ExactGradient()) for each in scene.optimizers))
    np.testing.assert_array_equal(simulate(exact).positions[:, 3:, 0, 0], -1)


def test_adagrad_by_the_sum_slows_down_and_by_the_mean_does_not() -> None:
    scene = lesson("18-adagrads-rate")
    of_sum, of_mean = simulate(scene).positions[:, :, 0, 0]
    np.testing.assert_allclose(np.diff(of_sum), -0.1 / np.sqrt(np.arange(1, 101)), rtol=1e-6)
    np.testing.assert_allclose(np.diff(of_mean), -0.1, rtol=1e-6)
    assert (of_sum[-1], of_mean[-1]) == (pytest.approx(-1.86, abs=5e-3), pytest.approx(-10))
    schedule = InverseSqrtSchedule(timescale=1)
    descent = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.1}, schedule=schedule)
    slowed = replace(scene, optimizers=(replace(scene.optimizers[1], schedule=schedule), descent))
    np.testing.assert_allclose(simulate(slowed).positions[:, :, 0, 0], [of_sum, of_sum], atol=1e-8)


def period(values: Array) -> float:
    """The mean time of a swing, from the changes of sign."""
    return 2.0 * float(np.diff(np.flatnonzero(np.diff(np.sign(values)))).mean())


def test_gradients_that_are_never_cleared_make_a_swing() -> None:
    scene = lesson("11-forgot-zero-grad")
    assert (np.abs(paths(simulate(scene))["zero_grad called"]) <= 1).all()
    long = replace(scene, steps=4000)
    for learning_rate, reach, time in ((0.01, 1.0012, 62.8), (0.1, 1.013, 19.8)):
        swing = simulate(with_hyperparameter(long, 1, learning_rate=learning_rate)).positions[1, :, 0, 0]
        assert swing.max() == pytest.approx(reach, abs=1e-3)
        assert swing.min() == pytest.approx(-reach, abs=1e-3)
        assert period(swing) == pytest.approx(time, abs=0.1)


def test_with_momentum_the_forgotten_line_explodes() -> None:
    scene = lesson("11-forgot-zero-grad-momentum")
    path = simulate(scene).positions[0, :, 0, 0]
    np.testing.assert_allclose(path[1:3], [0.99, 0.9611], rtol=1e-12)
    assert 1e6 < np.abs(path).max() < 2e6
    exact = replace(scene, optimizers=(replace(scene.optimizers[0], gradient=ExactGradient()),))
    assert abs(simulate(exact).positions[0, -1, 0, 0]) < 1e-3


def test_a_steady_gradient_adds_up_and_an_alternating_one_cancels() -> None:
    scene = lesson("13-accumulate-cancel")
    for momentum, steady, alternating in ((0.9, 10.0, 1 / 1.9), (0.5, 2.0, 1 / 1.5), (0.0, 1.0, 1.0)):
        changed = with_hyperparameter(with_hyperparameter(scene, 0, momentum=momentum), 1, momentum=momentum)
        steps = np.diff(simulate(changed).positions[:, :, 0, 0], axis=1)[:, -2:]
        np.testing.assert_allclose(steps[0], -0.01 * steady, rtol=1e-3)
        np.testing.assert_allclose(np.abs(steps[1]), 0.01 * alternating, rtol=1e-3)
        assert steps[1].prod() < 0


def test_adam_with_its_usual_learning_rate_needs_thousands_of_steps_on_a_bowl() -> None:
    scene = lesson("19-too-small-to-see")

    def arrives(scene: Scene) -> int:
        distances = np.linalg.norm(simulate(scene).positions[0, :, 0], axis=1)
        return first_step(distances < 0.01 * distances[0])

    assert arrives(scene) == 5910
    assert arrives(with_hyperparameter(scene, 0, learning_rate=0.1)) < 100
    descent = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.2})
    assert arrives(replace(scene, optimizers=(descent,))) <= 12
    moved = np.abs(np.diff(simulate(scene).positions[0, [0, 100], 0], axis=0))
    np.testing.assert_allclose(moved, 0.1, atol=1e-3)


def at(scene: Scene, *starts: tuple[float, ...]) -> Scene:
    return replace(scene, starts=PointStarts(points=starts))


def with_hyperparameter(scene: Scene, index: int, **values: float) -> Scene:
    entries = list(scene.optimizers)
    entries[index] = replace(entries[index], hyperparameters={**entries[index].hyperparameters, **values})
    return replace(scene, optimizers=tuple(entries))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_says_in_three_short_paragraphs_what_to_do_and_why(path: Path) -> None:
    description = load_scene(path).description
    assert description.count("\n\n") == 2
    assert 60 < len(description.split()) < 130
    sentences = [each for each in description.replace("\n\n", " ").split(". ") if each]
    assert max(len(each.split()) for each in sentences) < 40
    assert "Press Space" in description or "→" in description


def test_texts_tell_no_other_learning_rates_than_those_that_do_what_they_say() -> None:
    stable, limit = lesson("01-learning-rate-stable"), replace(lesson("01-learning-rate-limit"), steps=1000)
    assert pytest.approx(0) == 1 - 0.14 * 50 / 7, "above 0.14 every step overshoots"
    assert simulate(with_hyperparameter(stable, 0, learning_rate=0.27)).losses[0, -1, 0] < 1
    assert simulate(with_hyperparameter(limit, 0, learning_rate=0.27)).losses[0, -1, 0] < 1e-20
    assert simulate(with_hyperparameter(limit, 0, learning_rate=0.29)).losses[0, -1, 0] > 1e20
    ravine = simulate(with_hyperparameter(lesson("05-ravine"), 0, learning_rate=0.02))
    assert abs(ravine.positions[0, -1, 0, 1]) == pytest.approx(1), "it zigzags for ever"
    adam = simulate(with_hyperparameter(lesson("08-bump-on-the-way"), 2, learning_rate=0.05))
    assert adam.positions[2, -1, 0, 0] == pytest.approx(3, abs=1e-3)
    rubbed = simulate(with_hyperparameter(lesson("09-no-friction"), 0, momentum=0.99))
    assert np.ptp(rubbed.positions[0, -200:, 0, 0]) < 1e-3


def test_texts_tell_no_other_starts_than_those_that_do_what_they_say() -> None:
    threshold = lesson("03-local-minimum-threshold")
    assert (simulate(at(threshold, (-1.41,))).positions[:, -1] > 1).all()
    assert (simulate(at(threshold, (-1.39,))).positions[:, -1] < 0).all()
    assert simulate(at(lesson("03-local-minimum-rolls-back"), (-1.4,))).positions[0, -1, 0, 0] > 1
    saddle = simulate(at(lesson("06-saddle-race"), (1.2, 0.1)))
    steps = {
        entry.name: first_step(np.abs(path[:, 1]) > 1)
        for entry, path in zip(saddle.scene.racing, paths(saddle).values(), strict=True)
    }
    assert (steps["gradient_descent"], steps["adagrad"]) == (117, 16)
    np.testing.assert_array_equal(simulate(at(lesson("06-saddle-race"), (1.2, 0.0))).positions[..., 1], 0.0)
    stuck = simulate(at(lesson("07-saddle-stuck"), (0.01, 0.01)))
    np.testing.assert_allclose(stuck.positions[0, -1, 0], [1, 1], atol=1e-4)
    distances = np.linalg.norm(simulate(at(lesson("07-saddle-escape"), (0.001, -0.0009))).positions[0, :, 0], axis=1)
    assert distances.min() < 0.5 * distances[0] < 1.4 < distances[-1], "first closer to the saddle, then away"


def test_opening_race_is_worth_watching() -> None:
    run = simulate(load_scene(ASSETS / "presets" / "opening.gradsim"))
    names = ["gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]
    assert [entry.name for entry in run.scene.racing] == names
    assert (run.losses[:, -1] < 1e-4).all(), "each ends in a minimum"
    ends = run.positions[:, -1, 0]
    assert len({tuple(np.round(end, 1)) for end in ends}) == 3, "and not all in the same one"
    low, high = np.array(run.scene.domain.axes).T
    assert ((run.positions > low) & (run.positions < high)).all(), "no path leaves the view"
    arrivals = [step_settled(losses, 1.0) for losses in run.losses[:, :, 0]]
    assert min(arrivals) > 30, "slow enough to follow"
    assert max(arrivals) < run.last_step, "none is cut off"
