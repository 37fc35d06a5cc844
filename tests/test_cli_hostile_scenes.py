"""Scenes that are broken or mean harm: one clear line from every command, and nothing run or written."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import BOWL, assert_one_line

from gradsim.cli import main

HOSTILE_SCENES = {
    "empty": b"",
    "no JSON": b"{",
    "no object": b"[1, 2]",
    "bad UTF-8": b'{"title": "\xff"}',
    "NUL": b'{"title": "\x00"}',
    "NaN": BOWL.replace("0.1", "NaN").encode(),
    "infinity": BOWL.replace("[-2, 2]", "[-2, 1e999]").encode(),
    "nested deeply": b"[" * 100_000,
    "newer schema": BOWL.replace('"schema": 1', '"schema": 99').encode(),
    "unknown key": BOWL.replace("steps", "stepps").encode(),
    "unknown optimizer": BOWL.replace('"adam"', '"adamm"').encode(),
    "wrong type": BOWL.replace('"steps": 20', '"steps": "many"').encode(),
    "no steps": BOWL.replace('"steps": 20', '"steps": 0').encode(),
    "too many steps": BOWL.replace('"steps": 20', '"steps": 99999999').encode(),
    "wrong dimension": BOWL.replace("[1.5, 1.0]", "[1.5]").encode(),
    "attribute access": BOWL.replace("x^2 + 3*y^2", "x.__class__ + y").encode(),
    "import": BOWL.replace("x^2 + 3*y^2", "__import__('os').getcwd() + x + y").encode(),
    "tower of powers": BOWL.replace("x^2 + 3*y^2", "9**9**9 + x*y").encode(),
    "100,000 minus signs": BOWL.replace("x^2 + 3*y^2", "-" * 100_000 + "x + y").encode(),
    "line break in the formula": BOWL.replace("x^2 + 3*y^2", "x +\\n y) \\u001b[31m").encode(),
}

SCENE_COMMANDS = {
    "simulate": ("simulate", "{scene}", "-o", "{folder}/run.npz"),
    "export": ("export", "{scene}", "-o", "{folder}/race.mp4"),
    "critical-points": ("critical-points", "{scene}"),
    "window": ("{scene}",),
}


def words_of(command: str, scene: Path) -> list[str]:
    return [word.format(scene=scene, folder=scene.parent) for word in SCENE_COMMANDS[command]]


@pytest.mark.parametrize("command", SCENE_COMMANDS)
@pytest.mark.parametrize("content", HOSTILE_SCENES.values(), ids=HOSTILE_SCENES)
def test_a_bad_scene_gets_one_line_and_writes_nothing(
    command: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = tmp_path / "bad.gradsim"
    scene.write_bytes(content)
    assert main(words_of(command, scene)) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert_one_line(printed.err)
    assert list(tmp_path.iterdir()) == [scene]


@pytest.mark.parametrize("command", SCENE_COMMANDS)
@pytest.mark.parametrize("name", ["missing.gradsim", "missing/folder.gradsim", ".", "a\nb.gradsim", "a\0b.gradsim"])
def test_a_scene_that_cannot_be_read_gets_one_line(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words_of(command, tmp_path / name)) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert_one_line(printed.err)
    assert list(tmp_path.iterdir()) == []
