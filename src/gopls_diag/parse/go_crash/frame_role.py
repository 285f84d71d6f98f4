"""Which frames of a stack tell what is wrong, and which only what it was done with.

A bug lies in the innermost function that knows what it does: not in the runtime, which noticed it; not in a function of
general use that was called with a wrong argument (an accessor of go/types, a position converter, slices.SortFunc); and
not in what calls a visitor. Lists are by package and receiver, in the newest place of each (see package_moves).
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache

from gopls_diag.parse.go_crash.function_name import FunctionName
from gopls_diag.parse.go_crash.function_renames import newest_key, newest_receiver


class FrameRole(Enum):
    """What a frame tells."""

    MACHINERY = auto()
    """The runtime."""
    STANDARD = auto()
    """Of the standard library, of general use: who called it tells."""
    HELPER = auto()
    """Of other modules, of general use: likewise."""
    OWNER = auto()
    """Knows what it does: a bug can be named after it."""


_TOOLS = "golang.org/x/tools/"
_CORE = _TOOLS + "gopls/internal/"

_STANDARD_ROOTS = {
    *("archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed"),
    *("encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter"),
    *("log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort"),
    *("strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe"),
    "weak",
}
_STANDARD_OWNERS = {
    *("go/types.checker", "go/types.unifier", "go/types.subster", "go/parser.parser", "go/printer.printer"),
    *("go/scanner.scanner", "go/build.context", "go/doc.reader", "text/template.state", "encoding/gob.decoder"),
}
"""Receivers of the standard library that are to blame themselves: they check or print what they are given, whole."""
_SPEAKING_PACKAGES = {"go/types", "go/parser", "go/printer", "go/format", "go/doc", "go/build", "go/constant"}
"""Packages that are to blame for a panic with words of their own, whoever called; any other error is their caller's."""
_CARRIERS = {
    *(_CORE + each for each in ("util/bug", "util/safetoken", "util/memoize")),
    *(_TOOLS + each for each in ("internal/event", "internal/event/core")),
}
"""They panic in the words of others, or of what others gave them."""
_CHECKER_REPORTERS = {"error", "errorf", "newerror", "softerrorf", "versionerrorf", "report", "handleerror", "sprintf"}
"""Methods of go/types.(*Checker) that only say what another found."""
_STANDARD_OWNER_PACKAGES = {"go/internal/gcimporter", "go/internal/srcimporter", "go/importer", "go/doc/comment"}

_HELPER_PACKAGES = {
    *(_CORE + each for each in ("util/bug", "util/safetoken", "util/persistent", "util/memoize", "util/tokeninternal")),
    *(_TOOLS + each for each in ("internal/moremaps", "internal/moreslices", "internal/moreiters", "internal/aliases")),
    *(_TOOLS + each for each in ("internal/typeparams", "internal/xcontext", "internal/event", "internal/event/core")),
    *(_TOOLS + each for each in ("go/ast/astutil", "go/ast/inspector", "go/ast/edge")),
    *("golang.org/x/sync/errgroup", "golang.org/x/sync/singleflight", "golang.org/x/sync/semaphore"),
    *("golang.org/x/xerrors", "github.com/pkg/errors"),
}
"""Containers, converters and carriers. Few: every other package has defects of its own."""
_HELPER_RECEIVERS = {
    *(f"{_CORE}protocol.{each}" for each in ("mapper", "columnmapper")),
    f"{_CORE}cache/parsego.file",
    *(f"{_CORE}golang.{each}" for each in ("parsedgofile", "mappedrange")),
    f"{_CORE}cache.futurecache",
}
"""Receivers of gopls that convert positions, or run what is given to them."""
_HELPER_NAMES = {
    *("assert", "assertf", "must", "panicf", "unreachable", "serverdispatch", "serverdispatchcall", "clientdispatch"),
    *("serverhandler", "clienthandler", "asynchandler", "mustreplyhandler", "handshaker", "cancelhandler"),
}
"""Functions that only say that something else is wrong, and those that hand a request on."""

_CORE_AREAS = {
    *("golang", "cache", "protocol", "settings", "server", "util", "file", "filecache", "label", "progress"),
    *("lsppos", "fuzzy", "goasm", "bloom", "vulncheck"),
}
"""Packages of gopls between which functions moved one by one. Taken as one: of 2,270 functions of v0.23.0 fewer than 30
have a namesake there with the same receiver, and about 300 have moved between them since v0.2.0."""
_COMMON_NAMES = {
    *("new", "init", "main", "run", "decode", "encode", "parse", "string", "scan", "index", "newindex", "implements"),
    *("definition", "completion", "codelenssources", "unify", "cachekey", "len", "less", "swap", "push", "pop", "is"),
}
"""Names too common to do without their package."""


@lru_cache(maxsize=16384)
def frame_role(name: FunctionName) -> FrameRole:
    """What a frame of this function tells."""
    package, receiver = name.package, name.receiver.lower()
    if not package:
        return FrameRole.MACHINERY if name.name == "panic" else FrameRole.STANDARD
    if package == "runtime" or package.startswith(("internal/runtime/", "runtime/")):
        return FrameRole.MACHINERY
    typed = f"{package}.{receiver}"
    if package.partition("/")[0] in _STANDARD_ROOTS:
        if receiver == "checker" and name.name.lower() in _CHECKER_REPORTERS:
            return FrameRole.STANDARD
        is_owner = typed in _STANDARD_OWNERS or package in _STANDARD_OWNER_PACKAGES
        return FrameRole.OWNER if is_owner else FrameRole.STANDARD
    if not name.name or name.name.lower() in _HELPER_NAMES:
        return FrameRole.HELPER
    if package in _HELPER_PACKAGES or typed in _HELPER_RECEIVERS:
        return FrameRole.HELPER
    return FrameRole.OWNER


def speaks_for_itself(name: FunctionName) -> bool:
    """True for a function of general use whose own words in a panic tell what is wrong, whoever called it."""
    package, function = name.package, name.name.lower()
    if not function or function in _HELPER_NAMES or package in _CARRIERS:
        return False
    if f"{package}.{name.receiver.lower()}" in _HELPER_RECEIVERS:
        return False
    return package in _SPEAKING_PACKAGES or package.startswith(_TOOLS)


@lru_cache(maxsize=16384)
def function_key(name: FunctionName) -> str:
    """What two names of one function have in common: small letters, and one area for packages that share functions.

    Small letters, because functions and types are exported and hidden again: `cache.(*snapshot)`, `cache.(*Snapshot)`.
    """
    package, receiver, function = name.package.lower(), name.receiver.lower(), name.name.lower()
    if not package.startswith(_CORE):
        return f"{package}.{receiver}.{function}"
    if function not in _COMMON_NAMES and package[len(_CORE) :].partition("/")[0] in _CORE_AREAS:
        package = _CORE
    return newest_key(f"{package}.{newest_receiver(receiver)}.{function}")
