"""The kernels are compiled beside each other by processes of their own, which end when nobody wants them any more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import gradsim.core
from gradsim.core import precompile as precompiling
from gradsim.core.errors import Cancelled
from gradsim.core.precompile import PARTS, precompile

UNUSED = {"gradsim.core.race.minibatch"}  # waits for surfaces that are made of data


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that compile, for a computer whose kernels have not been compiled."""
    processes = []
    start = precompiling._started

    def note(part: int) -> subprocess.Popen[bytes]:
        processes.append(start(part))
        return processes[-1]

    monkeypatch.setattr(precompiling, "_started", note)
    monkeypatch.setattr(precompiling, "is_compiled", lambda: False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    return processes


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    return tmp_path


def test_every_module_that_holds_kernels_is_compiled_ahead() -> None:
    folder = Path(gradsim.core.__path__[0])
    holders = {
        ".".join(("gradsim.core", *path.relative_to(folder).with_suffix("").parts))
        for path in folder.rglob("*.py")
        if "\n@kernel(" in path.read_text(encoding="utf-8")
    }
    program = f"import sys, {', '.join(module for part in PARTS for module in part)}; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert len(holders) > 5
    assert holders - set(ended.stdout.split()) == UNUSED


def test_what_has_been_compiled_is_compiled_no_more(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    precompile(lambda: False)  # loads all from the cache
    assert [process.returncode for process in started] == [0] * len(PARTS)
    monkeypatch.undo()
    assert precompiling._mark().exists()
    precompile(lambda: False)
    assert len(started) == len(PARTS)


def test_the_same_sources_elsewhere_are_compiled_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = precompiling._mark()
    copy = shutil.copy2(precompiling.__file__, tmp_path)
    monkeypatch.setattr(precompiling, "__file__", str(copy))
    elsewhere = precompiling._mark()
    os.utime(copy, times=(1e9, 1e9))
    assert len({mark, elsewhere, precompiling._mark()}) == 3


def test_a_cancelled_compilation_ends_at_once(started: list[subprocess.Popen[bytes]], empty_cache: Path) -> None:
    with pytest.raises(Cancelled):
        precompile(lambda: bool(started))
    assert all(process.returncode not in (0, None) for process in started)
    assert not precompiling._mark().exists()


def test_who_compiles_ends_with_its_parent(empty_cache: Path) -> None:
    with precompiling._started(0) as process:
        process.stdin.close()
        assert process.wait() == 1


@pytest.mark.parametrize("interpreter", ["false", "missing"])
def test_a_failure_is_left_to_whoever_imports_the_kernels(
    interpreter: str, started: list[subprocess.Popen[bytes]], empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which(interpreter) or str(empty_cache / interpreter))
    precompile(lambda: False)
    assert all(process.returncode == 1 for process in started)
    assert not precompiling._mark().exists()


@pytest.mark.parametrize("kept", ["one processor", "frozen", "no interpreter"])
def test_where_processes_would_not_help_none_is_started(
    kept: str, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    match kept:
        case "one processor":
            monkeypatch.setattr(os, "cpu_count", lambda: 1)
        case "frozen":
            monkeypatch.setattr(sys, "frozen", True, raising=False)
        case _:
            monkeypatch.setattr(sys, "executable", "")
    precompile(lambda: False)
    assert not started
