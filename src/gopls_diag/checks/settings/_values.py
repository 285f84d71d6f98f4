"""Whether a value is one that gopls or the Go extension takes, by the declared type.

The rules are gopls's own (golang/tools gopls/internal/settings/settings.go: asBool, setDuration, asEnum, asBoolMap, …).
"""

from __future__ import annotations

import re
from typing import Any

from gopls_diag.checks.settings._written import nearest, shown
from gopls_diag.model.editor import DeclaredSetting
from gopls_diag.model.gopls_api import GoplsOption

_DURATION_PATTERN = re.compile(r"[-+]?(?:0|(?:[0-9]+(?:\.[0-9]*)?(?:ns|us|µs|μs|ms|s|m|h))+)")
_NUMBER_PATTERN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SMALLEST_LIMIT_BYTES = 32 << 20
"""Below it a byte count is a count of something else: gopls alone was seen to need 120 MB and more."""
_BYTE_SETTINGS = ("memoryLimit", "maxFileCacheBytes")
_SIZE_PATTERN = re.compile(r"([0-9]{1,9})(?:\.0)? ?([kmgt]?)(i?b)?", re.IGNORECASE)
_UNITS = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}
"""Powers of two: whoever writes GB for memory means them as a rule, and the difference harms nobody."""
_FEWEST_MEBIBYTES = 100
"""A smaller number was meant in GiB."""
_FEWEST_MILLISECONDS = 20
IN_BYTES = "it is counted in bytes"
"""The one objection that is ours: gopls takes such a number."""


def gopls_objection(option: GoplsOption, value: Any, *, takes_numbers_in_env: bool = False) -> tuple[str, Any]:
    """What gopls has against a value, in words (empty if nothing), and a value that it would take (None if unknown).

    gopls before v0.17 turned numbers in `env` into texts by itself.
    """
    kind = option.type
    if kind in ("any", "") or (value is None and option.name == "templateExtensions"):
        return "", None
    if option.name == "linksInHover":
        is_right = isinstance(value, bool) or value == "gopls"
        return ("" if is_right else 'it takes true, false or "gopls"'), None
    if kind == "bool":
        return _bool(value)
    if kind == "time.Duration":
        return _duration(value)
    if kind == "int64":
        return _integer(option.name, value)
    if kind == "enum":
        return _enum(option.choices, value)
    if kind == "string":
        return ("" if isinstance(value, str) else "it takes a text"), None
    if kind == "[]string":
        return _texts(value)
    if kind == "map[string]string":
        return ("", None) if takes_numbers_in_env and isinstance(value, dict) else _environment(value)
    if kind.startswith("map[") and kind.endswith("]bool"):
        return _switches(option, value)
    return "", None


def _bool(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "", None
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    meant = words.get(value.lower()) if isinstance(value, str) else {0: False, 1: True}.get(_plain(value))
    return "it takes true or false without quotes", meant


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else None


def _duration(value: Any) -> tuple[str, Any]:
    words = 'it takes a time with its unit in quotes, such as "500ms" or "1s"'
    if isinstance(value, str):
        if _DURATION_PATTERN.fullmatch(value):
            return "", None
        is_number = bool(_NUMBER_PATTERN.fullmatch(value))
        return (f"it has no unit; {words}" if is_number else words), _milliseconds(value) if is_number else None
    return words, _milliseconds(str(value)) if isinstance(value, int) and not isinstance(value, bool) else None


def _milliseconds(number: str) -> str | None:
    """The time that was meant; None for so few that they may be seconds."""
    return f"{number}ms" if number.isdigit() and int(number) >= _FEWEST_MILLISECONDS else None


def _integer(name: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        words = "it takes a whole number without quotes" + (" (bytes)" if name in _BYTE_SETTINGS else "")
        return words, _counted(name, value) if isinstance(value, str) else None
    if name in _BYTE_SETTINGS and 0 < value < _SMALLEST_LIMIT_BYTES:
        meant = int(value) << (20 if value >= _FEWEST_MEBIBYTES else 30)
        return f"{IN_BYTES}: {value} bytes is far too small to be meant", meant
    return "", None


def memory_bytes(name: str, value: Any) -> int | None:
    """What a limit of memory holds, in bytes: a number, or a text with its unit; a name in MB counts those."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, int):
        return value << 20 if name.endswith("MB") else value
    return _counted("memoryLimit", f"{value}MB" if name.endswith("MB") and value.isdecimal() else value)


def _counted(name: str, text: str) -> int | None:
    """The number in a text, with its unit where bytes are counted; None if it is none or too small to be meant."""
    found = _SIZE_PATTERN.fullmatch(text.strip())
    if found is None or (name not in _BYTE_SETTINGS and (found[2] or found[3])):
        return None
    unit = found[2].lower()
    counted = int(found[1]) << _UNITS[unit]
    if name not in _BYTE_SETTINGS or counted >= _SMALLEST_LIMIT_BYTES:
        return counted
    objection, meant = _integer(name, counted)
    return meant if objection and not unit else None


def _enum(choices: tuple[str, ...], value: Any) -> tuple[str, Any]:
    if not choices:
        return "", None
    # gopls takes a value of an enum in any letter case.
    if isinstance(value, str) and value.lower() in {each.lower() for each in choices}:
        return "", None
    return "it takes one of " + ", ".join(f'"{each}"' for each in choices), _choice(choices, value)


def _choice(choices: tuple[str, ...], value: Any) -> str | None:
    """The choice that was nearly written, or that a switch stands for."""
    if isinstance(value, bool):
        return next((each for each in choices if each.lower() in (("on", "true") if value else ("off", "none"))), None)
    return nearest(value, choices) or None if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, Any]:
    if isinstance(value, str):
        return "it takes a list of texts, in square brackets", [value]
    if not isinstance(value, list):
        return "it takes a list of texts, in square brackets", None
    wrong = [each for each in value if not isinstance(each, str)]
    return (f"its element {shown(wrong[0], 40)} is no text" if wrong else ""), None


def _environment(value: Any) -> tuple[str, Any]:
    if not isinstance(value, dict):
        return "it takes an object of names and texts", None
    for name, each in value.items():
        if not isinstance(each, str):
            meant = {key: str(one) if isinstance(one, int) else one for key, one in value.items()}
            is_plain = all(isinstance(one, str) or _is_count(key, one) for key, one in value.items())
            return f"{name} must be a text in quotes, not {shown(each, 40)}", meant if is_plain else None
    return "", None


def _is_count(name: str, value: Any) -> bool:
    """True for a number that the name takes when it is written as a text."""
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return value in (0, 1) if name == "CGO_ENABLED" else value > 0 and name in ("GOMAXPROCS", "GOGC", "GOMEMLIMIT")


def _switches(option: GoplsOption, value: Any) -> tuple[str, Any]:
    if not isinstance(value, dict):
        meant = (
            dict.fromkeys(value, True) if isinstance(value, list) and all(isinstance(x, str) for x in value) else None
        )
        return 'it takes an object of names with true or false: {"name": true}', meant
    for name, each in value.items():
        if not isinstance(each, bool):
            meant = {key: _bool(one)[1] if _bool(one)[0] else one for key, one in value.items()}
            is_plain = all(isinstance(one, bool) for one in meant.values())
            return f"{name} must be true or false, not {shown(each, 40)}", meant if is_plain else None
        # Of the maps with known keys this is the only one whose keys gopls checks.
        if option.name == "annotations" and option.keys and name.lower() not in {key.lower() for key in option.keys}:
            return f"it has no {name}, only {', '.join(option.keys)}", None
    return "", None


def extension_value(declared: DeclaredSetting, value: Any) -> Any:
    """What the Go extension would take for a value that it does not; None where nobody can tell."""
    if "boolean" in declared.types and (meant := _bool(value)[1]) is not None:
        return meant
    if declared.types == ("array",) and isinstance(value, str):
        return value.split()
    if declared.choices:
        return _choice(declared.choices, value)
    if "string" in declared.types and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value) if declared.name in ("go.buildTags", "go.testTags") else None
    return None


def extension_objection(declared: DeclaredSetting, value: Any) -> str:
    """What the Go extension's own schema has against a value; empty if nothing or if the schema does not say."""
    if value is None:
        # VS Code takes null as a value, and the extension treats it as not set.
        return ""
    kinds = {
        "boolean": isinstance(value, bool),
        "string": isinstance(value, str),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "null": value is None,
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
    }
    if declared.types and not any(kinds.get(each, True) for each in declared.types):
        names = {"boolean": "true or false", "string": "a text", "array": "a list", "object": "an object"}
        wanted = [names.get(each, each) for each in declared.types if each != "null"]
        return f"it takes {' or '.join(wanted)}"
    if declared.choices and isinstance(value, str) and value not in declared.choices:
        return "it takes one of " + ", ".join(f'"{each}"' for each in declared.choices)
    return ""
