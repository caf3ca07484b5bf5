"""Look values up in nested records by a short path, tolerant of keys that hold dots."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Getter = Callable[[Mapping[str, Any]], Any]
"""Returns the value at a path, or None."""

_STEP = re.compile(r"(?P<key>(?:\\.|[^.\[\]\\])*)(?P<selector>\[[^\]]*\])?(?:\.|$)")


def compile_path(path: str) -> Getter:
    """Compile a path such as ``actor.alternateId`` or ``target[type=AppInstance].displayName``.

    Selectors on lists: ``[0]`` an item, ``[*]`` all of them (the rest of the path is collected into a
    list), ``[name=value|other]`` the first item whose key has one of the values (any case). A list where
    an object was expected gives its first item, and an object where a list was expected counts as a list
    of one. ``\\.`` is a dot inside a key, ``\\[`` a bracket.
    """
    if "[" not in path and "." not in path:
        return lambda record: record.get(path)
    steps: list[tuple[str, str | None]] = []
    for found in _STEP.finditer(path):
        if found.group(0) == "":
            break
        selector = found.group("selector")
        steps.append((re.sub(r"\\(.)", r"\1", found.group("key")), selector[1:-1] if selector else None))
    if path.count(".") == 1 and "[" not in path and "\\" not in path:
        return _in_two_steps(path, steps)
    return lambda record: _walk(record, steps, 0)


def _in_two_steps(path: str, steps: list[tuple[str, str | None]]) -> Getter:
    """Return the same for a path of two plain keys, the most frequent one: the usual cases without a walk."""
    (first, _), (second, _) = steps

    def get(record: Mapping[str, Any]) -> Any:
        if first not in record:
            return record.get(path)
        found = record[first]
        return found[second] if found.__class__ is dict and second in found else _walk(found, steps, 1)

    return get


def _walk(value: Any, steps: list[tuple[str, str | None]], at: int) -> Any:
    if at == len(steps):
        return value
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, dict)), None)
    if not isinstance(value, dict):
        return None
    key, selector = steps[at]
    if key not in value:
        return _dotted(value, steps, at)
    found = value[key]
    if selector is None:
        return _walk(found, steps, at + 1)
    items = found if isinstance(found, list) else [found]
    if selector == "*":
        results = [_walk(item, steps, at + 1) for item in items]
        flat: list[Any] = []
        for result in results:
            flat.extend(result) if isinstance(result, list) else flat.append(result)
        return [item for item in flat if item is not None] or None
    if selector.isdigit():
        return _walk(items[int(selector)], steps, at + 1) if int(selector) < len(items) else None
    name, _, wanted = selector.partition("=")
    choices = {choice.casefold() for choice in wanted.split("|")}
    for item in items:
        if isinstance(item, dict) and str(_walk(item, [(name, None)], 0)).casefold() in choices:
            result = _walk(item, steps, at + 1)
            if result is not None:
                return result
    return None


def _dotted(value: Mapping[str, Any], steps: list[tuple[str, str | None]], at: int) -> Any:
    for end in range(at + 1, len(steps)):
        if steps[end - 1][1] is not None:
            break
        key = ".".join(step[0] for step in steps[at : end + 1])
        if key in value:
            return _walk({key: value[key]}, [(key, steps[end][1]), *steps[end + 1 :]], 0)
    return None
