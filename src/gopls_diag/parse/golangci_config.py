"""Reads which linters a golangci-lint configuration switches on and off, with their lines.

Only `enable` and `disable` below the top-level `linters` are read. Of YAML only what such lists are written in is
understood: indented keys, `- name` elements and `[a, b]` lists. The rest of the file is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.model.golangci import SwitchedLinter
from gopls_diag.model.settings_tree import SettingsDocument
from gopls_diag.parse.jsonc import parse_jsonc
from gopls_diag.parse.toml_settings import parse_toml_settings

_KEY_PATTERN = re.compile(r"( *)([A-Za-z_-]{1,60}):(?: +([^#]*))?(?:#.*)?$")
_ELEMENT_PATTERN = re.compile(r"( *)- +[\"']?([A-Za-z0-9_-]{1,60})[\"']?\s*(?:#.*)?$")
_NAME_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,60}")
_SWITCHES = {"enable": True, "disable": False}


def parse_golangci(content: bytes, file: str) -> tuple[SwitchedLinter, ...]:
    """The names that are switched; by the file's suffix YAML, TOML or JSON. Never raises."""
    if file.endswith(".toml"):
        return tuple(_from_tree(parse_toml_settings(content), file))
    if file.endswith(".json"):
        return tuple(_from_tree(parse_jsonc(content), file))
    return tuple(_from_yaml(content.decode("utf-8", "replace"), file))


def _from_tree(document: SettingsDocument, file: str) -> Iterator[SwitchedLinter]:
    holder = document.root.entry("linters") if document.root else None
    for entry in holder.node.entries if holder else ():
        for element in entry.node.elements if entry.key in _SWITCHES else ():
            if isinstance(element.value, str):
                yield SwitchedLinter(
                    element.value, _SWITCHES[entry.key], file, document.lines.position(element.start)[0]
                )


def _from_yaml(text: str, file: str) -> Iterator[SwitchedLinter]:
    is_in_linters = False
    child_indent = -1
    is_on: bool | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if not line or line.lstrip().startswith("#"):
            continue
        key = _KEY_PATTERN.match(line)
        if key:
            indent = len(key[1])
            if indent == 0:
                is_in_linters, child_indent, is_on = key[2] == "linters", -1, None
                continue
            child_indent = indent if child_indent < 0 else child_indent
            # A deeper key belongs to some other object below linters.
            is_on = _SWITCHES.get(key[2]) if is_in_linters and indent == child_indent else None
            if is_on is not None and (key[3] or "").startswith("["):
                for name in _NAME_PATTERN.findall(key[3]):
                    yield SwitchedLinter(name, is_on, file, number)
            continue
        element = _ELEMENT_PATTERN.match(line)
        if element and is_on is not None:
            yield SwitchedLinter(element[2], is_on, file, number)
