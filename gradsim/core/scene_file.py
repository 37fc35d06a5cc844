"""Scene files: JSON in UTF-8, read with every mistake named by its place, and written atomically."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradsim.core.checks import build_surface_formula, check_scene
from gradsim.core.errors import SceneError, SceneFileError, shown
from gradsim.core.scene import SCHEMA_VERSION, Domain, Scene, Surface
from gradsim.core.scene_mismatch import convert, plain_data

MAX_BYTES = 32 * 2**20
DEFAULT_RANGE = (-5.0, 5.0)
DEFAULT_START_FRACTIONS = (0.25, 0.7)
"""Where a start that is left out lies between low and high of each axis: off the axes and diagonals of symmetry."""

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Schema version → function that turns the raw scene into the next version's."""

_LINE_WIDTH = 120
_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_MAX_PATH_SHOWN = 250


def load_scene(path: str | os.PathLike[str]) -> Scene:
    """Read and check the scene file at ``path``.

    Raises SceneFileError if the file cannot be read or is no JSON, SceneError if what it says is no valid scene.
    """
    name = shown(os.fspath(path), max_length=_MAX_PATH_SHOWN)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise SceneFileError(f"cannot open {name}: {_reason(error)}") from error
    try:
        return decode_scene(data)
    except SceneFileError as error:
        raise SceneFileError(f"{name}: {error}") from error


def save_scene(scene: Scene, path: str | os.PathLike[str]) -> None:
    """Write ``scene`` to ``path``; what stood there before stays whole until the new file is complete.

    Raises SceneError for a scene that could not be loaded again, SceneFileError if the file cannot be written.
    """
    data = encode_scene(scene)
    name = shown(os.fspath(path), max_length=_MAX_PATH_SHOWN)
    try:
        replace_file(Path(path).resolve(), data)
    except (OSError, ValueError) as error:
        raise SceneFileError(f"cannot write {name}: {_reason(error)}") from error


def decode_scene(data: bytes) -> Scene:
    """Return the checked scene that ``data``, a scene file's content, describes.

    What is left out takes its default: the domain [-5, 5] along each axis of the formula, the start one point a quarter
    along x and seven tenths along y of the domain, everything else as in ``scene``.
    Raises SceneFileError if ``data`` is too large or no JSON, SceneError if it is no valid scene.
    """
    raw = _parse_json(data)
    if not isinstance(raw, dict):
        raise SceneError("$", f"expected an object, got {shown(raw)}")
    scene: Scene = convert(_with_defaults(_migrated(raw)), Scene, "$")
    check_scene(scene)
    return scene


def encode_scene(scene: Scene) -> bytes:
    """Return the content of a scene file: UTF-8, keys in a fixed order, one line for each thing that is edited as one.

    Raises SceneError for a scene that could not be loaded again, such as one that holds NaN.
    """
    check_scene(scene)
    plain = plain_data(scene)
    if not scene.description:
        del plain["description"]
    data = (_layout(plain, "") + "\n").encode()
    if len(data) > MAX_BYTES:
        raise SceneFileError(f"the scene takes {len(data):,} bytes; a scene file holds at most {MAX_BYTES:,}")
    return data


def _parse_json(data: bytes) -> object:
    if len(data) > MAX_BYTES:
        raise SceneFileError(f"too large; a scene file holds at most {MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise SceneFileError(f"not UTF-8: byte 0x{byte:02x} at offset {error.start}; save it as UTF-8") from error
    if not text.strip():
        raise SceneFileError("the file is empty")
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        reason = error.msg.removesuffix(" at").lower()
        raise SceneFileError(f"not JSON at line {error.lineno}, column {error.colno}: {reason}") from error
    except RecursionError as error:
        raise SceneFileError("nested too deeply to be a scene") from error
    except ValueError as error:  # Python's limit on the digits of an integer
        raise SceneFileError("a whole number has too many digits") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeated = counts.most_common(1)[0][0]
        raise SceneFileError(f"the key {shown(repeated)} is given twice in one object; keep one of them")
    return keys


def _migrated(raw: dict[str, Any]) -> dict[str, Any]:
    schema = raw.get("schema", SCHEMA_VERSION)
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise SceneError("$.schema", f"expected a whole number ≥ 1, got {shown(schema)}")
    if schema > SCHEMA_VERSION:
        newer = f"made by a newer gradsim: schema {shown(schema)}; this one reads up to {SCHEMA_VERSION}"
        raise SceneError("$.schema", newer)
    for version in range(schema, SCHEMA_VERSION):
        raw = MIGRATIONS[version](raw)
    return raw | {"schema": SCHEMA_VERSION}


def _with_defaults(raw: dict[str, Any]) -> dict[str, Any]:
    """Fill in what depends on the dimension, unless the surface is missing, which decoding the whole reports."""
    if "surface" not in raw:
        return raw
    surface = convert(raw["surface"], Surface, "$.surface")
    domain = raw.get("domain", {})
    if isinstance(domain, dict):
        domain = dict.fromkeys(build_surface_formula(surface).variables, DEFAULT_RANGE) | domain
    raw = raw | {"domain": domain}
    if "starts" not in raw:
        axes = convert(domain, Domain, "$.domain").axes
        fractions = zip(axes, DEFAULT_START_FRACTIONS, strict=False)
        start = [low + fraction * (high - low) for (low, high), fraction in fractions]
        raw["starts"] = {"kind": "points", "points": [start]}
    return raw


def _layout(value: object, indent: str) -> str:
    """Return JSON that breaks lines only where an object or list would be too long, and at the outermost object."""
    line = _to_json(value)
    if not isinstance(value, dict | list | tuple) or not value or (indent and len(indent) + len(line) <= _LINE_WIDTH):
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        items = [f"{_to_json(key)}: {_layout(item, inner)}" for key, item in value.items()]
    else:
        items = [_layout(item, inner) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{closing}"


def replace_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``; what stood there before stays whole until all of it is written. Raises OSError."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    # In the same folder, because a rename is atomic only within one file system.
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "there is no such file or folder"
    return (getattr(error, "strerror", None) or str(error)).lower()
