"""The command line's contract: exit statuses, what goes where, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from command_line import BOWL, PATIENCE_S, CommandLine, assert_one_line

import gradsim as api
from gradsim.cli import COMMANDS, LIBRARIES, main
from gradsim.core.conformance.checks import CHECKS, Check
from gradsim.core.conformance.findings import measured
from gradsim.core.gallery import GALLERY
from gradsim.core.scripts import SCRIPTS
from gradsim.ui.session import CODE_LIBRARIES

WRONG_USAGE = {
    "unknown option": ("--frobnicate",),
    "two scenes": ("one.gradsim", "two.gradsim"),
    "no output": ("simulate", "bowl.gradsim"),
    "no scene": ("export", "-o", "race.mp4"),
    "record nothing": ("simulate", "bowl.gradsim", "-o", "run.npz", "--every", "0"),
    "record a fraction": ("simulate", "bowl.gradsim", "-o", "run.npz", "--every", "1.5"),
    "size in words": ("export", "bowl.gradsim", "-o", "race.mp4", "--size", "large"),
    "size of one number": ("export", "bowl.gradsim", "-o", "race.mp4", "--size", "640"),
    "size too large": ("export", "bowl.gradsim", "-o", "race.mp4", "--size", "99999x100"),
    "no frames": ("export", "bowl.gradsim", "-o", "race.mp4", "--fps", "0"),
    "endless": ("export", "bowl.gradsim", "-o", "race.mp4", "--seconds", "inf"),
    "code for nobody": ("code", "bowl.gradsim"),
    "code for an unknown library": ("code", "bowl.gradsim", "--for", "tensorflow"),
    "no time": ("export", "bowl.gradsim", "-o", "race.mp4", "--seconds", "nan"),
}


@pytest.mark.parametrize("words", WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_wrong_usage_exits_with_2(words: tuple[str, ...], bowl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bowl.parent)
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert list(bowl.parent.iterdir()) == [bowl]


def test_a_mistyped_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulat"]) == 1
    printed = capsys.readouterr()
    assert_one_line(printed.err)
    assert "'simulate'" in printed.err


def test_a_file_named_like_a_command_is_reached_by_its_path(gradsim: CommandLine, bowl: Path) -> None:
    scene = bowl.rename(bowl.with_name("optimizers"))
    ended = gradsim("simulate", f"./{scene.name}", "-o", "run.npz")
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"gradsim {name}" in capsys.readouterr().out


def test_simulate_writes_the_run_of_the_library(gradsim: CommandLine, bowl: Path) -> None:
    ended = gradsim("simulate", bowl, "-o", "run.npz")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    run = api.simulate(api.load_scene(bowl))
    with np.load(bowl.with_name("run.npz")) as file:
        for name in ("positions", "losses", "steps", "outcomes"):
            np.testing.assert_array_equal(file[name], getattr(run, name), strict=True)
        texts = {name: file[name] for name in file.files if file[name].dtype.kind == "U"}
        assert all(text.ndim == 0 for text in texts.values())
        plain = {name: json.loads(str(text)) for name, text in texts.items()}
    assert run.positions.shape == (2, 21, 2, 2)
    assert plain["labels"] == ["Downhill", "Adam"]
    assert plain["names"] == ["gradient_descent", "adam"]
    assert plain["hyperparameters"][0] == {"learning_rate": 0.1, "weight_decay": 0.0}
    assert plain["hyperparameters"][1] == dict(api.OPTIMIZERS["adam"].rule().defaults)
    assert plain["conventions"] == ["pytorch", "pytorch"]
    assert plain["versions"]["gradsim"] == api.__version__
    assert plain["scene"]["surface"]["formula"] == "x^2 + 3*y^2"


def test_every_thins_the_records_and_keeps_the_last_step(gradsim: CommandLine, bowl: Path) -> None:
    assert gradsim("simulate", bowl, "-o", "run.npz", "--every", "7").returncode == 0
    with np.load(bowl.with_name("run.npz")) as file:
        assert file["steps"].tolist() == [0, 7, 14, 20]


@pytest.mark.parametrize("output", ["missing/run.npz", "run.csv", "run", ".", "folder.npz"])
def test_an_output_that_cannot_be_written_is_refused_before_the_race(
    output: str, bowl: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bowl.parent / "folder.npz").mkdir()
    monkeypatch.chdir(bowl.parent)
    monkeypatch.setattr(api, "simulate", lambda *_, **__: pytest.fail("raced before the output was looked at"))
    assert main(["simulate", str(bowl), "-o", output]) == 1
    assert_one_line(capsys.readouterr().err)
    assert sorted(path.name for path in bowl.parent.iterdir()) == ["bowl.gradsim", "folder.npz"]


def test_a_scene_file_of_the_largest_size_can_be_simulated(bowl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradsim.core.scene_file.MAX_BYTES", bowl.stat().st_size)  # saving it would take more
    assert main(["simulate", str(bowl), "-o", str(bowl.with_name("run.npz"))]) == 0


def test_the_output_may_have_the_longest_name_that_a_folder_takes(bowl: Path) -> None:
    output = bowl.with_name("r" * 251 + ".npz")
    assert main(["simulate", str(bowl), "-o", str(output)]) == 0
    assert sorted(bowl.parent.iterdir()) == sorted([bowl, output])


def test_a_full_disk_keeps_the_former_file(
    bowl: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill_the_disk(file: object, **_: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    output = bowl.with_name("run.npz")
    output.write_bytes(b"the former run")
    monkeypatch.setattr(np, "savez", fill_the_disk)
    assert main(["simulate", str(bowl), "-o", str(output)]) == 1
    error = capsys.readouterr().err
    assert_one_line(error)
    assert "No space left" in error
    assert output.read_bytes() == b"the former run"
    assert sorted(path.name for path in bowl.parent.iterdir()) == ["bowl.gradsim", "run.npz"]


def test_too_large_a_run_names_the_remedy(
    bowl: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bowl.write_text(
        BOWL.replace('"steps": 20', '"steps": 100000').replace(
            '"kind": "points", "points": [[1.5, 1.0], [-1.0, 0.5]]', '"kind": "uniform", "n": 10000'
        )
    )
    assert main(["simulate", str(bowl), "-o", str(bowl.with_name("run.npz"))]) == 1
    error = capsys.readouterr().err
    assert_one_line(error)
    assert "--every" in error


def test_code_is_offered_for_every_library() -> None:
    assert list(LIBRARIES) == list(CODE_LIBRARIES) == list(SCRIPTS)


@pytest.mark.parametrize("library", SCRIPTS)
def test_code_is_printed_or_written(library: str, bowl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = api.write_code(api.load_scene(bowl), library)
    assert main(["code", str(bowl), "--for", library]) == 0
    assert capsys.readouterr() == (program, "")
    output = bowl.with_name("race.py")
    assert main(["code", str(bowl), "--for", library, "-o", str(output)]) == 0
    assert capsys.readouterr() == ("", "")
    assert output.read_text(encoding="utf-8") == program


def test_code_prints_where_the_race_ends(gradsim: CommandLine, bowl: Path) -> None:
    assert gradsim("code", bowl, "--for", "numpy", "-o", "race.py").returncode == 0
    ended = subprocess.run(
        [sys.executable, "race.py"], cwd=bowl.parent, capture_output=True, encoding="utf-8", check=True
    )
    run = api.simulate(api.load_scene(bowl))
    (x, y), loss = run.positions[0, -1, 0].tolist(), float(run.losses[0, -1, 0])
    assert ended.stdout.startswith(f"Downhill\n    x = {x!r}, y = {y!r}, f = {loss!r}\n")


def test_code_that_cannot_be_written_gets_one_line(bowl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", str(bowl), "--for", "numpy", "-o", str(bowl.with_name("missing") / "race.py")]) == 1
    assert_one_line(capsys.readouterr().err)
    points = ", ".join(["[1, 1]"] * 10_001)
    bowl.write_text(BOWL.replace("[1.5, 1.0], [-1.0, 0.5]", points))
    assert main(["code", str(bowl), "--for", "numpy"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert_one_line(printed.err)
    assert "10,001 points" in printed.err


def test_critical_points_as_json(gradsim: CommandLine, bowl: Path) -> None:
    ended = gradsim("critical-points", bowl, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    (point,) = json.loads(ended.stdout)
    assert point["kind"] == "minimum"
    assert point["proven"] is True
    np.testing.assert_allclose(point["position"], [0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(point["eigenvalues"], [2.0, 6.0])
    np.testing.assert_allclose(np.abs(point["eigenvectors"]), np.eye(2), atol=1e-12)
    assert point["value"] == pytest.approx(0.0, abs=1e-12)
    assert point["gradient_norm"] == pytest.approx(0.0, abs=1e-12)


def test_critical_points_as_a_table(gradsim: CommandLine, bowl: Path) -> None:
    ended = gradsim("critical-points", bowl)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "all 1 found" in ended.stdout
    assert "minimum" in ended.stdout


def test_of_a_constant_surface_every_point_is_called_critical(gradsim: CommandLine, bowl: Path) -> None:
    scene = json.loads(bowl.read_text(encoding="utf-8"))
    bowl.write_text(json.dumps({**scene, "surface": {"kind": "formula", "formula": "3 + 0*x*y"}}), encoding="utf-8")
    table, listed = gradsim("critical-points", bowl), gradsim("critical-points", bowl, "--json")
    assert (table.returncode, listed.returncode) == (0, 0)
    assert "Critical points: every point is critical (constant in this domain)" in table.stdout
    assert json.loads(listed.stdout) == []
    assert listed.stderr == "gradsim: every point is critical (constant in this domain)\n"


@pytest.mark.parametrize(("command", "table"), [("optimizers", api.OPTIMIZERS), ("surfaces", GALLERY)])
def test_the_tables_are_listed_whole(command: str, table: dict[str, object], gradsim: CommandLine) -> None:
    listed = gradsim(command, "--json")
    shown = gradsim(command)
    assert (listed.returncode, listed.stderr, shown.returncode, shown.stderr) == (0, "", 0, "")
    assert [row["name"] for row in json.loads(listed.stdout)] == list(table)
    assert all(name in shown.stdout for name in table)


def test_what_optimizers_declare_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["optimizers", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    declared = ("ends_within", "huge_rate", "scale_invariant", "leaves_rest_by")
    for name, optimizer in api.OPTIMIZERS.items():
        for listed, rule in zip(rows[name]["conventions"], optimizer.conventions.values(), strict=True):
            assert [listed[each] for each in declared] == [getattr(rule, each) for each in declared]


def test_verify_measures_every_check_of_every_convention(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "lion", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["convention"], row["check"]) for row in rows] == [(c, k) for c in ("paper", "optax") for k in CHECKS]
    assert all(row["name"] == "lion" and row["holds"] is True for row in rows)
    assert all(row["limit"] is None or row["error"] <= row["limit"] for row in rows)


def test_verify_without_names_measures_everything_in_tables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradsim.core.conformance.checks.OPTIMIZERS", {"adam": api.OPTIMIZERS["adam"]})
    assert main(["verify"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("uncorrected", *GALLERY, "tanh", "checks hold"))
    assert "✗" not in shown


def test_verify_names_what_does_not_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Check("bowl", "bowl", lambda method: measured(0.5, 1e-6))
    monkeypatch.setitem(CHECKS, "bowl", nothing)
    assert main(["verify", "newton"]) == 1
    shown = capsys.readouterr()
    assert_one_line(shown.err)
    assert shown.err == "gradsim: does not hold: newton paper: bowl (0.5 > 1e-06)\n"
    assert "✗ 0.5 > 1e-06" in shown.out
    assert "1 of 9 checks do not hold" in shown.out


def test_verify_knows_no_other_optimizers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "newtom"]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "gradsim: there is no optimizer 'newtom'; did you mean 'newton'?\n")


def test_a_console_without_greek_letters_is_no_error(gradsim: CommandLine) -> None:
    assert gradsim("optimizers", PYTHONIOENCODING="ascii").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently")
def test_a_closed_pipe_ends_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-m", "gradsim", "optimizers"], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_standard_output_is_told() -> None:
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "gradsim", "optimizers"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode == 1
    assert_one_line(ended.stderr.decode())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
def test_the_window_without_a_display_gets_one_line(gradsim: CommandLine, bowl: Path) -> None:
    for words in ([], [bowl]):
        ended = gradsim(*words)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert_one_line(ended.stderr)
        assert "display" in ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
def test_the_window_on_a_dead_display_gets_one_line(gradsim: CommandLine) -> None:
    ended = gradsim(DISPLAY=":987")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert_one_line(ended.stderr)
    assert ":987" in ended.stderr


def test_export_writes_the_asked_frames(gradsim: CommandLine, bowl: Path) -> None:
    import av

    ended = gradsim("export", bowl, "-o", "race.mp4", "--size", "320x180", "--fps", "10", "--seconds", "0.5")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    with av.open(str(bowl.with_name("race.mp4"))) as video:
        frames = [frame.to_ndarray(format="gray") for frame in video.decode(video=0)]
    assert [frame.shape for frame in frames] == [(180, 320)] * 5
    assert sorted(path.name for path in bowl.parent.iterdir()) == ["bowl.gradsim", "race.mp4"]


@pytest.mark.parametrize("output", ["missing/race.mp4", "race.xyz", "."])
def test_an_export_that_cannot_be_written_gets_one_line(output: str, gradsim: CommandLine, bowl: Path) -> None:
    ended = gradsim("export", bowl, "-o", output, "--size", "320x180", "--seconds", "0.5")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert_one_line(ended.stderr)
    assert list(bowl.parent.iterdir()) == [bowl]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_progress_shows_on_a_terminal_and_only_there(bowl: Path) -> None:
    reader, terminal = os.openpty()
    command = [sys.executable, "-m", "gradsim", "simulate", str(bowl), "-o", str(bowl.with_name("run.npz"))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=terminal, env=os.environ | {"TERM": "xterm"}
    ) as process:
        os.close(terminal)
        shown = b"".join(read_terminal(reader))
        assert process.wait(timeout=PATIENCE_S) == 0
        assert process.stdout is not None
        assert process.stdout.read() == b""
    os.close(reader)
    assert b"simulating" in shown


def read_terminal(reader: int) -> Iterator[bytes]:
    """All that is written to the other end until it is closed, which Linux tells by an input/output error."""
    with contextlib.suppress(OSError):
        while piece := os.read(reader, 4096):
            yield piece


ENDING = """
import atexit, sys, threading, time
from gradsim import __main__, cli

def run():
    if sys.argv[1] == "working":
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    print("done")
    return 3

cli.main = run
atexit.register(print, "taken apart")
sys.exit(__main__.main())
"""


@pytest.mark.parametrize(("worker", "output"), [("working", "done\n"), ("idle", "done\ntaken apart\n")])
def test_the_interpreter_is_not_taken_apart_under_a_worker(worker: str, output: str) -> None:
    """One that compiles would crash the process."""
    ended = subprocess.run([sys.executable, "-c", ENDING, worker], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, output, "")


def test_the_window_knows_the_folder_of_a_scene_that_was_named_without_it(
    bowl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is suggested beside the scene, such as a video, is then told with its place."""
    opened: list[Path] = []
    monkeypatch.chdir(bowl.parent)
    monkeypatch.setattr("gradsim.commands.gc.disable", lambda: None)
    monkeypatch.setattr("gradsim.ui.system_libraries.check_window", lambda: None)
    monkeypatch.setattr("gradsim.ui.app.run_window", lambda _scene, path, **_: opened.append(path) or 0)
    assert main([bowl.name]) == 0
    assert opened == [bowl]
