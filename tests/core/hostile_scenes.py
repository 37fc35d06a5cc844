"""Scene files that are broken or mean harm, each with what the one line about it must say."""

from __future__ import annotations

import copy
import json
from typing import Any

from gradsim.core.scene_file import MAX_BYTES

COMPLETE: dict[str, Any] = {
    "schema": 1,
    "title": "Beale",
    "surface": {
        "kind": "formula",
        "formula": "(1.5 - x + x*y)**2 + a*(2.25 - x + x*y**2)**2",
        "parameters": {"a": 1.0},
    },
    "domain": {"x": [-4.5, 4.5], "y": [-4.5, 4.5]},
    "optimizers": [
        {
            "name": "adam",
            "convention": "pytorch",
            "hyperparameters": {"learning_rate": 0.1, "beta1": 0.9},
            "schedule": {"kind": "constant"},
            "gradient": {"kind": "exact"},
            "label": "Adam",
            "color": 2,
        },
        {"name": "momentum", "color": "#FF8800", "gradient": {"kind": "noise", "std": 0.1}},
        {"name": "gradient_descent", "schedule": {"kind": "cosine", "period": 100, "warmup": 10}},
    ],
    "starts": {"kind": "points", "points": [[1.0, 1.5]]},
    "goal": "minimize",
    "steps": 500,
    "seed": 0,
    "view": {"trail": 50},
    "playback": {},
    "export": {"seconds": 10},
}


def edited(path: str, value: object) -> bytes:
    """``COMPLETE`` with ``value`` at a dotted path, as JSON."""
    raw = copy.deepcopy(COMPLETE)
    *parents, last = path.split(".")
    target: Any = raw
    for key in parents:
        target = target[int(key) if key.isdigit() else key]
    target[int(last) if last.isdigit() else last] = value
    return json.dumps(raw).encode()


def without(key: str) -> bytes:
    return json.dumps({name: value for name, value in COMPLETE.items() if name != key}).encode()


def formula(text: str) -> bytes:
    return edited("surface.formula", text)


TEXT = json.dumps(COMPLETE)

# What it is → (content, what the line must hold).
NO_SCENES_AT_ALL: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\t", "the file is empty"),
    "cut off": (TEXT.encode()[:100], "not JSON at line 1, column"),
    "text": (b"hello", "not JSON at line 1, column 1"),
    "binary": (bytes(range(128)), "not JSON at line 1, column 1"),
    "trailing comma": (b'{"steps": 3,\n}', "not JSON at line"),  # before Python 3.13 the place is the brace's
    "bad UTF-8": (TEXT.encode().replace(b"Beale", b"Be\xffle"), "byte 0xff at offset 26"),
    "UTF-16": (TEXT.encode("utf-16"), "not UTF-8: byte 0xff at offset 0"),
    "deep list": (b"[" * 100_000, "nested too deeply"),
    "deep object": (b'{"a":' * 100_000, "nested too deeply"),
    "duplicate key": (TEXT.replace('"seed": 0', '"steps": 7').encode(), "the key 'steps' is given twice"),
    "duplicate key within": (TEXT.replace('"beta1": 0.9', '"learning_rate": 1').encode(), "'learning_rate' is given"),
    "too many digits": (TEXT.replace('"steps": 500', '"steps": ' + "9" * 10_000).encode(), "too many digits"),
    "too large": (b" " * (MAX_BYTES + 1), "holds at most 33,554,432 bytes"),
}

# What it is → (content, path, what the reason must hold).
BAD_SCENES: dict[str, tuple[bytes, str, str]] = {
    "list": (b"[]", "$", "expected an object, got an empty list"),
    "number": (b"3", "$", "expected an object, got 3"),
    "null": (b"null", "$", "expected an object, got null"),
    "newer schema": (edited("schema", 2), "$.schema", "made by a newer gradsim: schema 2; this one reads up to 1"),
    "newer schema with unknown things": (b'{"schema": 3, "universe": {}}', "$.schema", "newer gradsim: schema 3"),
    "schema 0": (edited("schema", 0), "$.schema", "expected a whole number ≥ 1, got 0"),
    "negative schema": (edited("schema", -1), "$.schema", "got -1"),
    "schema true": (edited("schema", True), "$.schema", "got true"),
    "schema as text": (edited("schema", "1"), "$.schema", "got '1'"),
    "schema 1.5": (edited("schema", 1.5), "$.schema", "got 1.5"),
    "no surface": (without("surface"), "$.surface", "is missing"),
    "surface misspelt": (TEXT.replace('"surface"', '"surfaces"').encode(), "$.surfaces", "did you mean 'surface'?"),
    "surface null": (edited("surface", None), "$.surface", "expected an object, got null"),
    "surface without formula": (edited("surface", {"kind": "formula"}), "$.surface.formula", "is missing"),
    "unknown surface": (edited("surface.kind", "mesh"), "$.surface.kind", "unknown kind 'mesh'"),
    "formula number": (edited("surface.formula", 3), "$.surface.formula", "expected text, got 3"),
    "formula mistake": (formula("sin(x"), "$.surface.formula", "column"),
    "formula attribute": (formula("x.__class__"), "$.surface.formula", "column"),
    "formula import": (formula("__import__('os').getcwd()"), "$.surface.formula", "column"),
    "formula tower": (formula("9**9**9*x"), "$.surface.formula", "column"),
    "formula minus signs": (formula("-" * 100_000 + "x"), "$.surface.formula", "10,000"),
    "formula parentheses": (formula("(" * 4_000 + "x" + ")" * 4_000), "$.surface.formula", "column"),
    "formula NUL": (formula("x\x00+y"), "$.surface.formula", "column"),
    "formula surrogate": (TEXT.replace("1.5 - x", "\\ud800 - x").encode(), "$.surface.formula", "column"),
    "formula empty": (formula(""), "$.surface.formula", "column"),
    "formula line break": (formula("x +\n\u2028 q)"), "$.surface.formula", "column"),
    "parameter of no formula": (edited("surface.parameters.b", 1), "$.surface.parameters.b", "no parameter 'b'"),
    "parameter text": (edited("surface.parameters.a", "1"), "$.surface.parameters.a", "expected a number, got '1'"),
    "parameter huge": (edited("surface.parameters.a", 1e101), "$.surface.parameters.a", "must be in [-1e+100, 1e+100]"),
    "parameter NaN": (edited("surface.parameters.a", float("nan")), "$.surface.parameters.a", "finite, got nan"),
    "number too large": (TEXT.replace("[-4.5", "[-1e999").encode(), "$.domain.x[0]", "finite, got -inf"),
    "integer too large": (
        edited("domain.x", [0, 10**400]),
        "$.domain.x[1]",
        "expected a number, got a whole number of",
    ),
    "hyperparameter unknown": (
        edited("optimizers.2.hyperparameters", {"beta": 0.9}),
        "$.optimizers[2].hyperparameters.beta",
        "unknown key 'beta'",
    ),
    "hyperparameter misspelt": (
        edited("optimizers.0.hyperparameters", {"beta_1": 0.9}),
        "$.optimizers[0].hyperparameters.beta_1",
        "did you mean 'beta1'?",
    ),
    "hyperparameter text": (
        edited("optimizers.0.hyperparameters.beta1", "0.9"),
        "$.optimizers[0].hyperparameters.beta1",
        "expected a number, got '0.9'",
    ),
    "hyperparameter true": (
        edited("optimizers.0.hyperparameters.beta1", True),
        "$.optimizers[0].hyperparameters.beta1",
        "got true",
    ),
    "hyperparameter out of range": (
        edited("optimizers.0.hyperparameters.beta1", 1.0),
        "$.optimizers[0].hyperparameters.beta1",
        "must be in [0, 1), got 1.0",
    ),
    "learning rate infinite": (
        edited("optimizers.0.hyperparameters.learning_rate", float("inf")),
        "$.optimizers[0].hyperparameters.learning_rate",
        "finite, got inf",
    ),
    "optimizer unknown": (edited("optimizers.1.name", "adamm"), "$.optimizers[1].name", "did you mean 'adam'?"),
    "optimizer a list": (edited("optimizers.1", []), "$.optimizers[1]", "expected an object, got an empty list"),
    "optimizer nameless": (edited("optimizers.1", {}), "$.optimizers[1].name", "is missing"),
    "optimizer key": (edited("optimizers.1.lable", "M"), "$.optimizers[1].lable", "did you mean 'label'?"),
    "convention unknown": (edited("optimizers.0.convention", "pytorsch"), "$.optimizers[0].convention", "'pytorch'"),
    "schedule unknown": (
        edited("optimizers.0.schedule", {"kind": "cosinus"}),
        "$.optimizers[0].schedule.kind",
        "did you mean 'cosine'?",
    ),
    "schedule nearly known": (
        edited("optimizers.0.schedule", {"kind": "cosine_restart"}),
        "$.optimizers[0].schedule.kind",
        "did you mean 'cosine_restarts'?",
    ),
    "schedule field nearly known": (
        edited("optimizers.0.schedule", {"kind": "one_cycle", "warmshare": 0.3}),
        "$.optimizers[0].schedule.warmshare",
        "did you mean 'warm_share'?",
    ),
    "schedule without kind": (edited("optimizers.0.schedule", {}), "$.optimizers[0].schedule.kind", "is missing"),
    "schedule kind a list": (
        edited("optimizers.0.schedule", {"kind": ["cosine"]}),
        "$.optimizers[0].schedule.kind",
        "unknown kind a list of 1",
    ),
    "schedule key": (edited("optimizers.0.schedule.rate", 1), "$.optimizers[0].schedule.rate", "unknown key 'rate'"),
    "epochs": (edited("optimizers.0.schedule.unit", "epoch"), "$.optimizers[0].schedule.unit", "no epochs"),
    "minibatch": (
        edited("optimizers.0.gradient", {"kind": "minibatch", "batch_size": 8}),
        "$.optimizers[0].gradient.kind",
        "a mini-batch needs a surface made from data",
    ),
    "minibatch of nothing": (
        edited("optimizers.0.gradient", {"kind": "minibatch", "batch_size": 0}),
        "$.optimizers[0].gradient.batch_size",
        "got 0",
    ),
    "clip without a way": (edited("optimizers.0.clip", {"limit": 1}), "$.optimizers[0].clip.by", "is missing"),
    "clip with a kind": (
        edited("optimizers.0.clip", {"by": "norm", "limit": 1, "kind": "norm"}),
        "$.optimizers[0].clip.kind",
        "unknown key 'kind'; known are by, limit",
    ),
    "clip by text": (
        edited("optimizers.0.clip", {"by": "norm", "limit": "1"}),
        "$.optimizers[0].clip.limit",
        "expected a number, got '1'",
    ),
    "box of three ends": (
        edited("optimizers.0.box", [[0, 1], [0, 1, 2]]),
        "$.optimizers[0].box[1]",
        "expected a list of 2 numbers, got a list of 3",
    ),
    "color slot": (edited("optimizers.0.color", 12), "$.optimizers[0].color", "got 12"),
    "color word": (edited("optimizers.0.color", "red"), "$.optimizers[0].color", "'#RRGGBB', got 'red'"),
    "too many optimizers": (edited("optimizers", [{"name": "adam"}] * 65), "$.optimizers", "at most 64"),
    "optimizers an object": (edited("optimizers", {}), "$.optimizers", "expected a list, got an object"),
    "domain backwards": (edited("domain.x", [1, -1]), "$.domain.x", "must be below"),
    "domain of three": (edited("domain.x", [1, 2, 3]), "$.domain.x", "expected a list of 2 numbers, got a list of 3"),
    "domain key": (edited("domain.z", [1, 2]), "$.domain.z", "unknown key 'z'"),
    "domain text": (edited("domain.y", "wide"), "$.domain.y", "expected a list of 2 numbers or null, got 'wide'"),
    "domain list": (edited("domain", [[-1, 1]]), "$.domain", "expected an object, got a list of 1"),
    "starts unknown": (edited("starts.kind", "pints"), "$.starts.kind", "did you mean 'points'?"),
    "starts none": (edited("starts.points", []), "$.starts.points", "expected 1 to 10,000,000 particles, got 0"),
    "starts of 3-D": (edited("starts.points", [[1, 2, 3]]), "$.starts.points[0]", "expected a list of 1 or 2"),
    "starts of 1-D": (edited("starts.points", [[1, 2], [1]]), "$.starts.points[1]", "the surface is 2-D"),
    "starts text": (edited("starts.points", [[1, "2"]]), "$.starts.points[0][1]", "expected a number, got '2'"),
    "starts NaN": (edited("starts.points", [[1, 2], [float("nan"), 1]]), "$.starts.points[1][0]", "finite, got nan"),
    "particles": (edited("starts", {"kind": "uniform", "n": 10**7 + 1}), "$.starts.n", "≤ 10,000,000, got 10000001"),
    "no particles": (edited("starts", {"kind": "uniform", "n": 0}), "$.starts.n", "≥ 1"),
    "grid": (edited("starts", {"kind": "grid", "n": [10**4, 10**4]}), "$.starts.n", "got 100,000,000"),
    "line key": (
        edited("starts", {"kind": "line", "start": [0, 0], "to": [1, 1], "n": 2}),
        "$.starts.start",
        "unknown key 'start'",
    ),
    "steps text": (edited("steps", "many"), "$.steps", "expected a whole number ≥ 1 and ≤ 10,000,000, got 'many'"),
    "steps fraction": (edited("steps", 1.5), "$.steps", "got 1.5"),
    "steps zero": (edited("steps", 0), "$.steps", "got 0"),
    "steps too many": (edited("steps", 10**7 + 1), "$.steps", "got 10000001"),
    "steps NaN": (edited("steps", float("nan")), "$.steps", "got nan"),
    "seed negative": (edited("seed", -1), "$.seed", "got -1"),
    "goal": (edited("goal", "win"), "$.goal", "expected 'maximize' or 'minimize', got 'win'"),
    "title of lines": (edited("title", "a\nb"), "$.title", "one line of printable text"),
    "title surrogate": (TEXT.replace("Beale", "\\udc80").encode(), "$.title", "one line of printable text"),
    "title too long": (edited("title", "a" * 201), "$.title", "201 characters are too long"),
    "title number": (edited("title", 5), "$.title", "expected text, got 5"),
    "view": (edited("view.x", [1, 1]), "$.view.x", "must be below"),
    "speed": (edited("playback.speed", 0), "$.playback.speed", "expected a number > 0, got 0"),
    "speed near zero": (edited("playback.speed", 1e-310), "$.playback.speed", "must be in [1e-100, 1e+100]"),
    "size": (edited("export.width", 10**6), "$.export.width", "≤ 7,680, got 1000000"),
    "theme": (edited("export.theme", "Dark"), "$.export.theme", "expected 'dark' or 'light', got 'Dark'"),
    "unknown key": (edited("stepps", 5), "$.stepps", "did you mean 'steps'?"),
    "unknown key of control characters": (edited("\x1b[31m\n", 5), "$['\\x1b[31m\\n']", "unknown key '\\x1b[31m\\n'"),
    "unknown key, endless": (edited("k" * 1_000_000, 5), "$['", "unknown key 'kkk"),
    "unknown key, surrogate": (TEXT.replace('"title"', '"\\ud800"').encode(), "$['\\ud800']", "unknown key '\\ud800'"),
}
