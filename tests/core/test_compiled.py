"""Compiled kernels are kept where the user's cache is, and leave nothing behind where there can be none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = "import numba, gradsim.core.compiled; print(numba.config.CACHE_DIR)"


def cache_folder(**environment: str) -> Path:
    """The folder that a new process keeps its kernels in."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", *environment)}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=inherited | environment, capture_output=True, text=True, check=True
    )
    return Path(ended.stdout.strip())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not follow XDG")
def test_kernels_are_kept_in_the_users_cache(tmp_path: Path) -> None:
    folder = cache_folder(XDG_CACHE_HOME=str(tmp_path))
    assert folder.parent == tmp_path / "gradsim"
    assert folder.is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not follow XDG")
def test_without_a_cache_they_are_kept_in_a_temporary_folder_that_goes_with_the_process(tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.touch()
    folder = cache_folder(XDG_CACHE_HOME=str(no_folder), TMPDIR=str(tmp_path))
    assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == [no_folder]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not follow XDG")
def test_kernels_of_old_versions_are_removed_after_a_month(tmp_path: Path) -> None:
    old, recent = (tmp_path / "gradsim" / f"kernels-{name}" for name in ("old", "recent"))
    for folder, age_days in ((old, 31), (recent, 29)):
        folder.mkdir(parents=True)
        (folder / "kernel.nbi").touch()
        os.utime(folder, times=(time.time() - age_days * 86_400,) * 2)
    current = cache_folder(XDG_CACHE_HOME=str(tmp_path))
    assert sorted((tmp_path / "gradsim").iterdir()) == sorted([current, recent])


MODULE = """
from gradsim.core.compiled import kernel

@kernel("float64(float64)")
def doubled(x):
    return 2.0 * x
"""
PROGRAM_OF_KERNEL = "from doubling import doubled; print(doubled(3.0), dict(doubled.stats.cache_hits) != {})"


def kernel_is_called(folder: Path, *, before: str = "") -> str:
    """What a process prints that calls a kernel, and whether that came from the cache in ``folder``."""
    (folder / "doubling.py").write_text(MODULE)
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    environment = os.environ | {"XDG_CACHE_HOME": str(folder), "PYTHONPATH": path}
    environment.pop("NUMBA_CACHE_DIR", None)
    ended = subprocess.run(
        [sys.executable, "-c", before + PROGRAM_OF_KERNEL], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    return ended.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not follow XDG")
@pytest.mark.parametrize("content", [b"", b"damaged"], ids=["empty", "damaged"])
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_what_is_damaged_in_the_cache_is_compiled_anew(suffix: str, content: bytes, tmp_path: Path) -> None:
    assert kernel_is_called(tmp_path) == "6.0 False"
    assert kernel_is_called(tmp_path) == "6.0 True"
    (written,) = tmp_path.rglob(f"*{suffix}")
    written.write_bytes(content)
    assert kernel_is_called(tmp_path) == "6.0 False"
    assert kernel_is_called(tmp_path) == "6.0 False", "what was damaged has been removed, and is written anew"
    assert kernel_is_called(tmp_path) == "6.0 True"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not follow XDG")
def test_where_the_disk_is_full_kernels_are_not_kept(tmp_path: Path) -> None:
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "  # no file may be longer
    assert kernel_is_called(tmp_path, before=full) == "6.0 False"
    assert kernel_is_called(tmp_path) == "6.0 False"
