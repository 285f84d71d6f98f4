"""The build constraint of a Go file: the `//go:build` line and what its name says.

Grammar and rules: go/build/constraint and go/build (goodOSArchFile). `// +build` lines are not read: modules of go 1.18
and newer write `//go:build`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SYSTEM_NAMES = (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 "
    "windows zos"
)
_PROCESSOR_NAMES = (
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 "
    "ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
)
SYSTEMS = frozenset(_SYSTEM_NAMES.split())
PROCESSORS = frozenset(_PROCESSOR_NAMES.split())
_OTHER_KNOWN = frozenset({"unix", "cgo", "gc", "gccgo", "race", "msan", "asan", "boringcrypto", "tinygo", "purego"})
_LINE_PATTERN = re.compile(r"^//go:build[ \t]+([^\r\n]*)", re.MULTILINE)
_TOKEN_PATTERN = re.compile(r"[ \t]+|(&&|\|\||[!()]|[^\s&|!()]+)")
_VERSION_PATTERN = re.compile(r"go1(\.\d+)?$")
_LONGEST = 2_000


def constraint_line(text: str) -> tuple[int, str] | None:
    """(line number, expression) of the `//go:build` line before the package clause; None when there is none."""
    found = _LINE_PATTERN.search(text)
    if found is None:
        return None
    before = text[: found.start()]
    if re.search(r"^package\s", before, re.MULTILINE):
        return None
    return before.count("\n") + 1, found[1].split("//", 1)[0].strip()[:_LONGEST]


def tags_of(expression: str) -> tuple[str, ...]:
    """Every name in the expression, once, in order."""
    words = [found[1] for found in _TOKEN_PATTERN.finditer(expression) if found[1]]
    return tuple(dict.fromkeys(each for each in words if each not in ("&&", "||", "!", "(", ")")))


def holds(expression: str, is_set: Callable[[str], bool]) -> bool | None:
    """Whether the expression is true when exactly the tags for which is_set are; None when it cannot be read."""
    tokens = [found[1] for found in _TOKEN_PATTERN.finditer(expression) if found[1]]
    # Shunting-yard, so that deep nesting costs no recursion.
    values: list[bool] = []
    waiting: list[str] = []
    rank = {"||": 1, "&&": 2, "!": 3}

    def apply(operator: str) -> None:
        if operator == "!":
            values.append(not values.pop())
            return
        right, left = values.pop(), values.pop()
        values.append((left and right) if operator == "&&" else (left or right))

    try:
        for word in tokens:
            if word in ("(", "!"):
                waiting.append(word)
            elif word == ")":
                while waiting[-1] != "(":
                    apply(waiting.pop())
                waiting.pop()
            elif word in rank:
                while waiting and waiting[-1] != "(" and rank[waiting[-1]] >= rank[word]:
                    apply(waiting.pop())
                waiting.append(word)
            else:
                values.append(is_set(word))
        while waiting:
            apply(waiting.pop())
    except (IndexError, KeyError):
        return None
    return values[0] if len(values) == 1 else None


def is_known_tag(tag: str) -> bool:
    """True if go sets the tag by itself where it fits: systems, processors, versions, compilers."""
    return (
        tag in SYSTEMS
        or tag in PROCESSORS
        or tag in _OTHER_KNOWN
        or tag.startswith("goexperiment.")
        or "." in tag
        or _VERSION_PATTERN.match(tag) is not None
    )


def name_fits(name: str, system: str, processor: str) -> bool:
    """Whether the file's name lets it take part on that system and processor: `x_windows_amd64.go`."""
    stem = name.removesuffix(".go").removesuffix("_test")
    parts = stem.split("_")[1:]
    if len(parts) >= 2 and parts[-2] in SYSTEMS and parts[-1] in PROCESSORS:
        return _system_fits(parts[-2], system) and parts[-1] == processor
    if parts and parts[-1] in SYSTEMS:
        return _system_fits(parts[-1], system)
    if parts and parts[-1] in PROCESSORS:
        return parts[-1] == processor
    return True


def _system_fits(named: str, system: str) -> bool:
    return named == system or (named, system) in (("linux", "android"), ("solaris", "illumos"), ("darwin", "ios"))
