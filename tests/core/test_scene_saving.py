"""Saving scenes: atomic, readable, and refused when the file could not be loaded again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hostile_scenes import TEXT
from msgspec.structs import replace

from gradsim.core.errors import SceneError, SceneFileError
from gradsim.core.scene import Domain, PointStarts, Scene
from gradsim.core.scene_file import decode_scene, encode_scene, load_scene, save_scene


def test_file_is_small_readable_and_in_a_fixed_order() -> None:
    text = encode_scene(decode_scene(TEXT.encode())).decode()
    written = [name for name in Scene.__struct_fields__ if name != "description"]  # there is none
    assert list(json.loads(text)) == written
    assert '  "domain": {"x": [-4.5, 4.5], "y": [-4.5, 4.5]},\n' in text
    assert '    {"name": "momentum", "gradient": {"kind": "noise", "std": 0.1}, "color": "#FF8800"},\n' in text
    assert max(map(len, text.splitlines())) <= 130
    assert text.endswith("}\n")


def test_titles_are_written_as_they_are_typed(tmp_path: Path) -> None:
    scene = replace(decode_scene(TEXT.encode()), title="Μια σκηνή — η = 0.1, 勾配")
    save_scene(scene, tmp_path / "scene.gradsim")
    assert "Μια σκηνή — η = 0.1, 勾配".encode() in (tmp_path / "scene.gradsim").read_bytes()
    assert load_scene(tmp_path / "scene.gradsim") == scene


def test_scene_that_could_not_be_loaded_again_is_not_saved(tmp_path: Path) -> None:
    scene = decode_scene(TEXT.encode())
    path = tmp_path / "scene.gradsim"
    save_scene(scene, path)
    before = path.read_bytes()
    with pytest.raises(SceneError, match=r"\$\.domain\.x\[1\]: every number must be finite, got nan"):
        save_scene(replace(scene, domain=Domain(x=(0.0, float("nan")), y=(0.0, 1.0))), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["scene.gradsim"]


def test_scene_too_large_for_a_file_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradsim.core.scene_file.MAX_BYTES", 1000)
    many = PointStarts(points=tuple((float(i), 0.5) for i in range(1000)))
    with pytest.raises(SceneFileError, match="at most 1,000"):
        save_scene(replace(decode_scene(TEXT.encode()), starts=many), tmp_path / "scene.gradsim")
    assert os.listdir(tmp_path) == []


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = decode_scene(TEXT.encode())
    path = tmp_path / "scene.gradsim"
    path.write_bytes(b"precious")

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gradsim.core.scene_file.os.fsync", full_disk)
    with pytest.raises(SceneFileError, match="no space left on device"):
        save_scene(scene, path)
    assert path.read_bytes() == b"precious"
    assert os.listdir(tmp_path) == ["scene.gradsim"]


def test_saving_keeps_permissions_and_follows_links(tmp_path: Path) -> None:
    scene = decode_scene(TEXT.encode())
    path, link = tmp_path / "scene.gradsim", tmp_path / "link.gradsim"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    save_scene(scene, link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert load_scene(path) == scene


@pytest.mark.parametrize(
    "where", ["missing/scene.gradsim", "file/scene.gradsim", ".", "a\0b", "x" * 300, "line\nbreak/x"]
)
def test_places_that_cannot_be_written_or_read_are_named_in_one_line(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    scene = decode_scene(TEXT.encode())
    path = f"{tmp_path}/{where}"
    with pytest.raises(SceneFileError, match="cannot write") as unwritten:
        save_scene(scene, path)
    with pytest.raises(SceneFileError, match="cannot open") as unread:
        load_scene(path)
    for caught in (unwritten, unread):
        line = str(caught.value)
        assert line.isprintable()
        assert len(line) < 400
    assert os.listdir(tmp_path) == ["file"]
