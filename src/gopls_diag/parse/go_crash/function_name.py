"""Names of Go functions, as programs of any age print them, made comparable.

The linker's name of a function is import path, dot, receiver, name, and then what the compiler made inside it. What it
counts (closures, wrappers of `go` and `defer`, bodies of range-over-func), type arguments, versions, and the folder in
which a package lay in one release say nothing of which function it is; they are taken off, so that the same function
has one name in every release. The names are made in cmd/compile/internal/ir/func.go (closureName),
cmd/compile/internal/reflectdata/reflect.go and cmd/internal/objabi/path.go (PathToPrefix).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gopls_diag.parse.go_crash.package_moves import newest_path

LONGEST_NAME = 4096
"""Characters of a name that are looked at; the longest names are those of anonymous struct types."""

_MADE_BY_COMPILER_PATTERN = re.compile(r"^(?:(?:func|gowrap|deferwrap)?[0-9]{1,9}|func|dwrap|glob)$")
"""Parts that count closures and wrappers. `func` and `dwrap` alone: `func·006` (Go 1.3), `·dwrap·1` (1.17)."""
_GO_WRAPPER_PATTERN = re.compile(r"^(?:gowrap[0-9]{1,9}|deferwrap[0-9]{1,9}|dwrap)$")
_MAJOR_PATTERN = re.compile(r"^v[0-9]{1,9}$")
_ESCAPE_PATTERN = re.compile(r"(?:%[0-9A-Fa-f]{2}){1,300}")
_CGO_PATTERN = re.compile(r"^(_cgoexp|_cgoexpwrap|_cgo)_[0-9a-f]{6,40}_")
_ENDS = (".abi0", ".abiinternal", ".args_stackmap", "-tramp0")
_TYPE_FUNCTIONS = ("type:.", "type..", "go:", "go.")


class FunctionName(NamedTuple):
    """The function of the source in which the code of a frame is written."""

    package: str
    """Import path in its newest place, without version, major version and vendoring; "" for C and for `panic`."""
    receiver: str
    """Type of the receiver without `*`, package and type arguments; "" for a plain function."""
    name: str
    """Name of the declared function; `init` for code in the initialiser of a variable; "" if nothing tells it."""
    is_closure: bool = False
    """True for a function literal in it, whatever its number, and for the body of a range-over-func loop."""
    is_wrapper: bool = False
    """True for what the compiler made of no code of its own: `-fm`, `.gowrap1`, `type:.eq.`."""
    inlined_into: str = ""
    """The function whose name it carries in front because the compiler put it there (Go 1.21 and newer)."""

    @property
    def text(self) -> str:
        """`golang.org/x/tools/gopls/internal/cache.Session.NewView`."""
        parts = (self.package, self.receiver, self.name)
        return ".".join(each for each in parts if each)


def canonical_function(text: str) -> str:
    """One name for the same function in every release; the text itself where it is no name of a Go function."""
    return function_name(text).text or text


@lru_cache(maxsize=16384)
def function_name(text: str) -> FunctionName:
    """What `text`, a function as a stack shows it without arguments, is called in the source. Any text is taken."""
    text = text[:LONGEST_NAME].strip()
    text, is_type_function = _without_ends(_without_brackets(text))
    package, rest = _split_package(text)
    if not package:
        return FunctionName("", "", _CGO_PATTERN.sub(r"\1_", rest))
    parts, is_closure, is_wrapper = _source_parts(rest)
    package = canonical_package(package)
    receiver, name, outer = _own_function(parts, is_closure)
    return FunctionName(
        package=package,
        receiver=receiver,
        name=_CGO_PATTERN.sub(r"\1_", name),
        is_closure=is_closure,
        is_wrapper=is_wrapper or is_type_function,
        inlined_into=outer,
    )


@lru_cache(maxsize=16384)
def canonical_package(path: str) -> str:
    """The import path without escapes, vendoring and versions, in the place where the newest release has it."""
    if "%" in path:
        path = _ESCAPE_PATTERN.sub(_unescaped, path)
    if "vendor/" in path:
        path = ("/" + path).rpartition("/vendor/")[2].removeprefix("/")
    if "@" in path:
        path = "/".join(each.partition("@")[0] for each in path.split("/"))
    if path.startswith("gopkg.in/"):
        path = "/".join(_without_gopkg_version(each) for each in path.split("/"))
    if "/v" in path:
        first, *others = path.split("/")
        path = "/".join((first, *(each for each in others if not _is_major(each))))
    if path.startswith("_/"):
        path = path.rpartition("/")[2]
    return "main" if path == "command-line-arguments" else newest_path(path)


def _is_major(element: str) -> bool:
    return bool(_MAJOR_PATTERN.match(element)) and element not in ("v0", "v1")


def _without_gopkg_version(element: str) -> str:
    head, dot, version = element.rpartition(".")
    return head if dot and _MAJOR_PATTERN.match(version) else element


def _unescaped(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("%", "")).decode("utf-8", errors="backslashreplace")


def _without_brackets(text: str) -> str:
    """Without type arguments: `Map[...]`, `Map[go.shape.int_0]`, `List[a/b.T[c]].Do[...]`."""
    if "[" not in text:
        return text
    kept: list[str] = []
    depth = start = 0
    for at, character in enumerate(text):
        if character == "[":
            if depth == 0:
                kept.append(text[start:at])
            depth += 1
        elif character == "]" and depth:
            depth -= 1
            start = at + 1
    if depth == 0:
        kept.append(text[start:])
    return "".join(kept)


def _without_ends(text: str) -> tuple[str, bool]:
    """Without marks of the linker before and after; and whether it compares or hashes a type."""
    for end in _ENDS:
        text = text.removesuffix(end)
    text = text.replace("·", ".").replace("∕", "/")
    for start in _TYPE_FUNCTIONS:
        if text.startswith(start):
            kind, _, of = text[len(start) :].partition(".")
            return (f"{of}.{kind}", True) if kind in ("eq", "hash") and of else (text, False)
    return text, False


def _split_package(text: str) -> tuple[str, str]:
    """The import path and what follows its dot; an empty path where there is none."""
    head = text
    for stop in "({ ":
        head = head.partition(stop)[0]
    slash = head.rfind("/")
    dot = text.find(".", slash + 1)
    if dot <= 0:
        return "", text
    package, rest = text[:dot], text[dot + 1 :]
    if package.startswith("gopkg.in/"):
        # A printer that undoes `%2e` leaves `gopkg.in/yaml.v3.Unmarshal`.
        version, more, after = rest.partition(".")
        if more and _MAJOR_PATTERN.match(version):
            return package, after
    return package, rest


def _parts(rest: str) -> list[str]:
    """Split at the dots that are not within parentheses or braces."""
    if "(" not in rest and "{" not in rest:
        return rest.split(".")
    found: list[str] = []
    depth = start = 0
    for at, character in enumerate(rest):
        if character in "({":
            depth += 1
        elif character in ")}":
            depth = max(0, depth - 1)
        elif character == "." and depth == 0:
            found.append(rest[start:at])
            start = at + 1
    found.append(rest[start:])
    return found


def _source_parts(rest: str) -> tuple[list[str], bool, bool]:
    """Names without what the compiler added at the end; whether it is a closure; whether a wrapper without code."""
    parts: list[str] = []
    is_closure = is_wrapper = False
    for each in _parts(rest):
        plain, dash, mark = each.partition("-")
        if dash and mark.startswith("range"):
            is_closure = True
        elif dash and mark.startswith("fm"):
            is_wrapper = True
        parts.append(plain)
    while len(parts) > 1 and (not parts[-1] or _MADE_BY_COMPILER_PATTERN.match(parts[-1])):
        is_wrapper = is_wrapper or bool(_GO_WRAPPER_PATTERN.match(parts[-1]))
        is_closure = is_closure or parts[-1].startswith("func")
        parts.pop()
    if len(parts) == 1 and _MADE_BY_COMPILER_PATTERN.match(parts[0]):
        parts[0], is_closure = "init" if parts[0] == "glob" else "", True
    return parts, is_closure, is_wrapper


def _own_function(parts: list[str], is_closure: bool) -> tuple[str, str, str]:
    """Receiver, name, and the function that it was inlined into.

    A closure of a function that was inlined has its caller's name in front (golang/go#60324): `main.main.Wrap.func2`.
    That cannot be told from a closure in the method Wrap of a value type main, so for a closure a first part without
    parentheses is always taken for a caller; methods of pointers say `(*T)` and are certain.
    """
    name = parts[-1]
    before = parts[-2] if len(parts) > 1 else ""
    if before.startswith("("):
        outer = parts[0] if len(parts) > 2 else ""
        return before.strip("()*").rpartition(".")[2], name, outer
    if before and not is_closure and not _MADE_BY_COMPILER_PATTERN.match(before):
        return before, name, ""
    return "", name, parts[0] if before else ""
