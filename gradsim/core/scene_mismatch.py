"""Why plain data is not a scene: the exact path, the value, and what is expected in its place.

msgspec decides whether data fits; it reports values of a dict without their key and unknown keys at their parent, so
once it has refused, this walk over the same types finds the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import inspect

from gradsim.core.errors import SceneError, did_you_mean, shown

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")


def plain_data(scene: msgspec.Struct) -> Any:
    """Return ``scene`` as dicts, lists and numbers.

    Raises SceneError for values that are neither plain data nor NumPy numbers.
    """
    try:
        return msgspec.to_builtins(scene, enc_hook=_plain_number)
    except TypeError as error:
        raise SceneError("$", f"every value must be plain Python data: {error}") from error


def _plain_number(value: Any) -> Any:
    """Scenes made in Python take their numbers from arrays; NumPy's are known by their looks, for it stays unloaded."""
    if getattr(value, "ndim", None) != 0:
        raise TypeError(f"got {shown(value)}, a {type(value).__name__}")
    return value.item()


def convert(value: object, expected: Any, path: str) -> Any:
    """Return ``value``, plain JSON data, as the struct or union ``expected``.

    Raises SceneError that names the place, of which ``path`` is the beginning.
    """
    try:
        return msgspec.convert(value, expected)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:  # the latter for keys with lone surrogates
        mismatch = find_mismatch(value, inspect.type_info(expected), path)
        raise mismatch or SceneError(path, str(error)) from error


def below(path: str, key: str | int) -> str:
    """Return the JSON path of ``key`` within ``path``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f"{path}[{shown(key)}]"


def unknown_key(path: str, key: str, known: Iterable[str]) -> SceneError:
    """Return the error for a key that does not belong into the object at ``path``."""
    return SceneError(below(path, key), f"unknown key {shown(key)}{did_you_mean(key[:60], known)}")


def find_mismatch(value: object, expected: inspect.Type, path: str = "$") -> SceneError | None:
    """Return the first error in ``value``, plain JSON data that should fit ``expected``, or None if it fits.

    ``path`` is the JSON path of ``value``. Keys are looked at in the order of the struct's fields, unknown keys first.
    """
    match expected:
        case inspect.UnionType():
            return _mismatch_with_union(value, expected, path)
        case inspect.StructType() if isinstance(value, dict):
            return _mismatch_with_struct(value, expected, path)
        case inspect.DictType() if isinstance(value, dict):
            return _first(find_mismatch(item, expected.value_type, below(path, key)) for key, item in value.items())
        case inspect.VarTupleType() if isinstance(value, list | tuple) and _fits_length(value, expected):
            return _first(find_mismatch(item, expected.item_type, below(path, i)) for i, item in enumerate(value))
        case inspect.TupleType() if isinstance(value, list | tuple) and len(value) == len(expected.item_types):
            pairs = zip(value, expected.item_types, strict=True)
            return _first(find_mismatch(item, type_, below(path, i)) for i, (item, type_) in enumerate(pairs))
    if _fits_scalar(value, expected):
        return None
    return SceneError(path, f"expected {_describe(expected)}, got {shown(value)}")


def _first(mismatches: Iterable[SceneError | None]) -> SceneError | None:
    return next((mismatch for mismatch in mismatches if mismatch), None)


def _mismatch_with_struct(value: dict[str, object], expected: inspect.StructType, path: str) -> SceneError | None:
    tag_field = expected.tag_field
    fields = {field.encode_name: field for field in expected.fields}
    known = [*fields, tag_field] if tag_field else list(fields)
    for key in value:
        if key not in known:
            return unknown_key(path, key, known)
    if tag_field and value.get(tag_field, expected.tag) != expected.tag:
        return SceneError(below(path, tag_field), f"unknown kind {shown(value[tag_field])}; known are {expected.tag}")
    for key, field in fields.items():
        if key in value:
            mismatch = find_mismatch(value[key], field.type, below(path, key))
        else:
            mismatch = SceneError(below(path, key), "is missing, and it has no default") if field.required else None
        if mismatch:
            return mismatch
    return None


def _mismatch_with_union(value: object, expected: inspect.UnionType, path: str) -> SceneError | None:
    structs = {t.tag: t for t in expected.types if isinstance(t, inspect.StructType)}
    if structs and isinstance(value, dict):
        if None in structs:  # a struct that may be left out: msgspec allows one without a kind in a union
            return _mismatch_with_struct(value, structs[None], path)
        tag_field = next(iter(structs.values())).tag_field or "kind"
        tags = [str(tag) for tag in structs]
        if tag_field not in value:
            return SceneError(below(path, tag_field), f"is missing; known are {', '.join(tags)}")
        tag = value[tag_field]
        if not isinstance(tag, str) or tag not in structs:
            reason = f"unknown kind {shown(tag)}{did_you_mean(str(tag)[:60], tags)}"
            return SceneError(below(path, tag_field), reason)
        return _mismatch_with_struct(value, structs[tag], path)
    mismatches = [find_mismatch(value, member, path) for member in expected.types]
    if None in mismatches:
        return None
    # A member that got further than the value itself says more than the list of all members.
    deeper = (mismatch for mismatch in mismatches if mismatch and mismatch.path != path)
    return next(deeper, SceneError(path, f"expected {_describe(expected)}, got {shown(value)}"))


def _fits_length(value: list[object] | tuple[object, ...], expected: inspect.VarTupleType) -> bool:
    longest = len(value) if expected.max_length is None else expected.max_length
    return (expected.min_length or 0) <= len(value) <= longest


def _fits_scalar(value: object, expected: inspect.Type) -> bool:
    match expected:
        case inspect.FloatType():
            # Python compares integers with floats exactly; those beyond the floats cannot be converted.
            fits = isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**1024 - 2**970)
            return fits and not isinstance(value, bool) and _within(value, expected)
        case inspect.IntType():
            return isinstance(value, int) and not isinstance(value, bool) and _within(value, expected)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.NoneType():
            return value is None
        case inspect.LiteralType():
            return isinstance(value, str) and value in expected.values
    return False


def _within(value: object, expected: inspect.FloatType | inspect.IntType) -> bool:
    assert isinstance(value, int | float)
    return (
        (expected.ge is None or value >= expected.ge)
        and (expected.gt is None or value > expected.gt)
        and (expected.le is None or value <= expected.le)
        and (expected.lt is None or value < expected.lt)
    )


def _describe(expected: inspect.Type) -> str:
    match expected:
        case inspect.FloatType():
            return f"a number{_describe_bounds(expected)}"
        case inspect.IntType():
            return f"a whole number{_describe_bounds(expected)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "text"
        case inspect.NoneType():
            return "null"
        case inspect.LiteralType():
            return " or ".join(repr(word) for word in expected.values)
        case inspect.TupleType():
            return f"a list of {len(expected.item_types)} numbers"
        case inspect.VarTupleType(item_type=item_type, min_length=int(low), max_length=int(high)):
            items = {inspect.FloatType: " numbers", inspect.TupleType: " pairs of numbers"}.get(type(item_type), "")
            return f"a list of {low} {'or' if high == low + 1 else 'to'} {high:,}{items}"
        case inspect.VarTupleType():
            return "a list"
        case inspect.UnionType():
            return " or ".join(dict.fromkeys(_describe(member) for member in expected.types))
    return "an object"


def _describe_bounds(expected: inspect.FloatType | inspect.IntType) -> str:
    bounds = (("≥", expected.ge), (">", expected.gt), ("≤", expected.le), ("<", expected.lt))
    text = " and ".join(f"{sign} {bound:,}" for sign, bound in bounds if bound is not None)
    return f" {text}" if text else ""
