"""What a task declares to be asked for: REQUIRED_PARAMS, OPTIONAL_PARAMS and PARAM_GROUPS."""

from __future__ import annotations

from typing import Any

from harness_parts.json_safe import JsonSafe
from harness_parts.loading import LoadError
from harness_parts.text import article

OPTIONS_FROM = ("options_from", "choices_from")


def params(job: type, attribute: str, warnings: list[str]) -> list[Any]:
    """The entries as dicts that JSON can hold. Raises LoadError if they are no list of names and dicts."""
    declared = _from_dict(getattr(job, attribute, None), attribute, warnings)
    entries = []
    for number, entry in enumerate(_listed(declared, attribute), start=1):
        if not isinstance(entry, (str, dict)):
            kind = article(type(entry).__name__)
            raise LoadError(
                "bad_params_declaration", f"Entry {number} of {attribute} is {kind}; it must be a dict or a name."
            )
        entries.append({"name": entry} if isinstance(entry, str) else _with_names(entry))
    return _json(entries, attribute, warnings)


def groups(job: type, warnings: list[str]) -> list[Any]:
    """The entries of PARAM_GROUPS as JSON can hold them."""
    return _json(_listed(getattr(job, "PARAM_GROUPS", None), "PARAM_GROUPS"), "PARAM_GROUPS", warnings)


def _from_dict(declared: Any, attribute: str, warnings: list[str]) -> Any:
    """`{"api_key": {"type": "password"}}` in place of the list says what is meant."""
    if not isinstance(declared, dict) or not all(isinstance(entry, dict) for entry in declared.values()):
        return declared
    warnings.append(f"{attribute} should be a list of dicts that each have a name; the keys are taken as names.")
    return [{**entry, "name": name} for name, entry in declared.items()]


def _listed(declared: Any, attribute: str) -> list[Any]:
    if declared is None:
        return []
    if not isinstance(declared, (list, tuple)):
        kind = article(type(declared).__name__)
        raise LoadError("bad_params_declaration", f"{attribute} must be a list, but it is {kind}.")
    return list(declared)


def _with_names(entry: dict[Any, Any]) -> dict[Any, Any]:
    """`"type": int` and `"options_from": the_function` are taken by their names, a dict of choices as pairs.

    JSON has only text for keys, and the server does not keep their order.
    """
    named: dict[str, Any] = {key: _function_name(entry[key]) for key in OPTIONS_FROM if key in entry}
    for key in ("options", "choices"):
        if isinstance(entry.get(key), dict):
            named[key] = list(entry[key].items())
    if "type" in entry:
        named["type"] = _type_name(entry["type"])
    return {**entry, **named}


def _type_name(declared: Any) -> Any:
    if isinstance(declared, type) and not hasattr(declared, "__origin__"):
        return declared.__name__
    # Such as `int | None`, `Optional[int]` and `list[str]`, of which the server reads the text.
    return str(declared) if type(declared).__module__ in ("typing", "types") else declared


def _function_name(declared: Any) -> Any:
    function = getattr(declared, "__func__", declared)  # of a static method, in the body of the class
    return getattr(function, "__name__", declared)


def _json(entries: list[Any], attribute: str, warnings: list[str]) -> list[Any]:
    safe = JsonSafe(warnings)
    return [safe.convert(entry, f"{attribute}[{index}]") for index, entry in enumerate(entries)]
