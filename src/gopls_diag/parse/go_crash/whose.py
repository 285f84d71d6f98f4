"""Whether a crash is proved to be another program's than gopls's: no proof of gopls is none of the contrary.

A stack that was cut off, or that holds the standard library alone, tells nothing: gopls runs through it too.
"""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.model.crash import Crash
from gopls_diag.parse.go_crash.function_name import function_name

_STANDARD_ROOTS = frozenset(
    (
        *("archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug"),
        *("embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal"),
        *("io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime"),
        *("slices", "sort", "strconv", "strings", "structs", "sync", "syscall", "text", "time", "type", "unicode"),
        *("unique", "unsafe", "vendor", "weak", "simd", "arena", "testing"),
    )
)
_PARTS_OF_GOPLS = (
    *("golang.org/x/", "honnef.co/go/tools/", "mvdan.cc/gofumpt/", "mvdan.cc/xurls", "github.com/BurntSushi/toml"),
    *("github.com/google/", "github.com/sergi/go-diff/", "github.com/jba/", "github.com/fatih/"),
)
"""Modules that gopls is built of, in any release; other programs are built of them too."""


def is_anothers(crash: Crash) -> bool:
    """True if the crash is proved to be of a program that is not gopls: by its name, or by code that gopls lacks."""
    if crash.program:
        return not crash.is_gopls
    return any(_is_foreign(each) for each in _functions(crash))


def _functions(crash: Crash) -> Iterator[str]:
    goroutines = (each for each in (crash.crashing, crash.first) if each is not None)
    for stack in (*(each.stack for each in goroutines), *(each.stack for each in crash.buckets)):
        yield from (frame.function for frame in stack.frames if frame.is_go)
        if stack.created_by is not None:
            yield stack.created_by.function
    yield from (each.function for each in (crash.top_frame, crash.origin_frame) if each is not None and each.is_go)
    yield from (each.function for each in crash.runtime_stack if each.is_go)
    for access in crash.race:
        yield from (frame.function for frame in access.frames)


def _is_foreign(function: str) -> bool:
    """True for a function of a package that no release of gopls has, or that a program of another module vendored."""
    if "/vendor/" in function:
        return True
    package = function_name(function).package
    if not package or package.startswith(_PARTS_OF_GOPLS):
        return False
    return package.partition("/")[0] not in _STANDARD_ROOTS
