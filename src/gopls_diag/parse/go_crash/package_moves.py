"""Where packages of gopls, golang.org/x/tools and the standard library moved.

One row a move: the old path, the new path, and what proves it: a commit of golang/tools, or the first release of Go
with the new path. A row holds for the package and all below it; a path with a `/` at its end holds for what is below
only. The longest row wins and rows follow one another, so a table of single moves is enough. The rows come from
`git log -M --diff-filter=R --name-status` of golang/tools (tools/package_moves.py prints the candidates) and were read
one by one; a package of which only some files moved is here only if nothing else has its old path today.
"""

from __future__ import annotations

_TOOLS = "golang.org/x/tools/"

_GOPLS_ROWS = """
cmd/golsp                               gopls                                   b258f6da2
cmd/gopls                               gopls                                   d4e310b4a
internal/lsp                            gopls/internal/lsp                      b15dac2b8
internal/lsp/bug                        internal/bug                            b15dac2b8
internal/lsp/debug/tag                  internal/event/tag                      b15dac2b8
internal/lsp/diff                       internal/diff                           b15dac2b8
internal/lsp/fuzzy                      internal/fuzzy                          b15dac2b8
internal/lsp/telemetry                  internal/event/tag                      04208b9e8
internal/lsp/telemetry/                 internal/telemetry/                     156eb2ae2
internal/span                           gopls/internal/span                     26a95e690
internal/bug                            gopls/internal/bug                      4baa3dc48
internal/persistent                     gopls/internal/persistent               9fd7ea023
internal/constraints                    gopls/internal/util/constraints         ca243bdfb
internal/fuzzy                          gopls/internal/fuzzy                    b5bfa9cc3
internal/fakenet                        gopls/internal/util/fakenet             978cb2f75
internal/memoize                        gopls/internal/util/memoize             85a4574b9
internal/tokeninternal                  gopls/internal/util/tokeninternal       778fe21d5
internal/tool                           gopls/internal/tool                     47abf61fc
gopls/internal/tool                     gopls/internal/cmd                      a633660b7
gopls/internal/robustio                 internal/robustio                       33071fbe1
gopls/internal/bug                      gopls/internal/util/bug                 db5acf685
gopls/internal/astutil                  gopls/internal/util/astutil             db5acf685
gopls/internal/pathutil                 gopls/internal/util/pathutil            db5acf685
gopls/internal/typesutil                gopls/internal/util/typesutil           db5acf685
gopls/internal/persistent               gopls/internal/util/persistent          5995d319c
gopls/internal/goversion                gopls/internal/util/goversion           5995d319c
gopls/internal/immutable                gopls/internal/util/immutable           5995d319c
gopls/internal/span                     gopls/internal/cmd                      3292b366d
gopls/internal/govulncheck              gopls/internal/vulncheck                cf5aad9d8
gopls/internal/hooks                    gopls/internal/settings                 46a04010f
gopls/internal/regtest                  gopls/internal/test/integration         ee21c6372
gopls/doc/generate                      gopls/internal/doc/generate             340f21a49
gopls/internal/lsp                      gopls/internal/server                   6e052bb75
gopls/internal/lsp/                     gopls/internal/                         c21f267ce
gopls/internal/lsp/browser              gopls/internal/util/browser             db5acf685
gopls/internal/lsp/cache                gopls/internal/cache                    f872b3d6f
gopls/internal/lsp/command              gopls/internal/protocol/command         95c6ac4a5
gopls/internal/lsp/fake                 gopls/internal/test/integration/fake    ee21c6372
gopls/internal/lsp/frob                 gopls/internal/util/frob                db5acf685
gopls/internal/lsp/glob                 gopls/internal/test/integration/fake/glob  ee21c6372
gopls/internal/lsp/lru                  gopls/internal/util/lru                 db5acf685
gopls/internal/lsp/protocol             gopls/internal/protocol                 6d109d113
gopls/internal/lsp/regtest              gopls/internal/test/integration         ee21c6372
gopls/internal/lsp/safetoken            gopls/internal/util/safetoken           5995d319c
gopls/internal/lsp/snippet              gopls/internal/golang/completion/snippet  83512c454
gopls/internal/lsp/source               gopls/internal/golang                   6823da4bc
gopls/internal/lsp/source/methodsets    gopls/internal/cache/methodsets         d2ba90b06
gopls/internal/lsp/source/typerefs      gopls/internal/cache/typerefs           0454d6470
gopls/internal/lsp/source/xrefs         gopls/internal/cache/xrefs              e3785e866
gopls/internal/lsp/tests                gopls/internal/test                     ee21c6372
gopls/internal/util/maps                internal/moremaps                       9ae340710
gopls/internal/util/slices              internal/moreslices                     9ae340710
gopls/internal/util/moremaps            internal/moremaps                       9ae340710
gopls/internal/util/moreslices          internal/moreslices                     9ae340710
gopls/internal/util/moreiters           internal/moreiters                      7f6b407c2
gopls/internal/util/astutil             internal/astutil                        67a07f847
gopls/internal/analysis/stubmethods     gopls/internal/golang/stubmethods       2683c792b
gopls/internal/analysis/undeclaredname  gopls/internal/golang                   e08fcf77c
gopls/internal/analysis/stdversion      go/analysis/passes/stdversion           6af02955c
gopls/internal/analysis/hostport        go/analysis/passes/hostport             04af9bfdf
gopls/internal/analysis/modernize       go/analysis/passes/modernize            951ca0029
gopls/internal/analysis/gofix           internal/gofix                          b948add7e
gopls/internal/analysis/generated       internal/analysisinternal/generated     c752aaa84
gopls/internal/analysis/errorsastype    gopls/internal/analysis/errorsastypeshadow  a8364ae7c
internal/refactor/inline/analyzer       gopls/internal/analysis/gofix           03a72dbe1
internal/gofix/findgofix                go/analysis/passes/internal/gofixdirective  e90843045
internal/gofix                          go/analysis/passes/inline               e90843045
"""

_TOOLS_ROWS = """
imports                                 internal/imports                        757ca719c
internal/telemetry                      internal/event                          cf0cb9271
internal/telemetry/event                internal/event/core                     cf0cb9271
internal/astutil/cursor                 go/ast/inspector                        7b18363df
internal/astutil/edge                   go/ast/edge                             7b18363df
internal/stack                          internal/jsonrpc2/stack                 0343b7064
bisect                                  internal/bisect                         dd0938175
internal/cmd/deadcode                   cmd/deadcode                            f580f772b
go/internal/gcimporter                  internal/gcimporter                     affa60313
go/internal/pkgbits                     internal/pkgbits                        affa60313
go/analysis/internal/facts              internal/facts                          d6511e5e9
go/analysis/internal/unitchecker        go/analysis/unitchecker                 17409aa23
go/analysis/internal/analysisflags      internal/analysis/driverutil            73ff4bd74
go/analysis/passes/append               go/analysis/passes/appends              f9b8da7b2
go/analysis/passes/internal/analysisutil  internal/analysisinternal             c4e846a7a
internal/analysisinternal               internal/analysis/analyzerutil          73ff4bd74
internal/analysisinternal/analyzerutil  internal/analysis/analyzerutil          73ff4bd74
internal/analysisinternal/driverutil    internal/analysis/driverutil            73ff4bd74
internal/analysisinternal/generated     internal/analysis/generated             73ff4bd74
internal/analysisinternal/typeindex     internal/analysis/typeindex             73ff4bd74
"""

_STD_ROWS = """
golang.org/x/net/context                context                                 go1.7
golang.org/x/exp/maps                   maps                                    go1.21
golang.org/x/exp/slices                 slices                                  go1.21
golang.org/x/exp/slog                   log/slog                                go1.21
crypto/internal/bigmod                  crypto/internal/fips140/bigmod          go1.24
crypto/internal/edwards25519            crypto/internal/fips140/edwards25519    go1.24
crypto/internal/nistec                  crypto/internal/fips140/nistec          go1.24
internal/concurrent                     internal/sync                           go1.24
golang_org/                             golang.org/                             go1.13
runtime/internal/                       internal/runtime/                       go1.24
io/ioutil                               os                                      go1.16
code.google.com/p/go.tools/             golang.org/x/tools/                     2014-11
code.google.com/p/go.net/               golang.org/x/net/                       2014-11
"""


def _rows(text: str, root: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        old, new = line.split()[:2]
        if old != new:
            found[root + old] = root + new
    return found


PACKAGE_MOVES = {**_rows(_GOPLS_ROWS, _TOOLS), **_rows(_TOOLS_ROWS, _TOOLS), **_rows(_STD_ROWS, "")}
"""Old path to new path; an old path that ends in `/` speaks of what is below it only."""


_LONGEST_CHAIN = 8
"""Rows that follow one another; a test shows that no chain is longer and that none returns to its start."""


def newest_path(path: str) -> str:
    """The path that a package has in the newest release known here; the same text if it did not move."""
    for _ in range(_LONGEST_CHAIN):
        moved = _moved_once(path)
        if moved == path:
            break
        path = moved
    return path


def _moved_once(path: str) -> str:
    whole = PACKAGE_MOVES.get(path)
    if whole is not None:
        return whole
    end = path.rfind("/")
    while end > 0:
        below = PACKAGE_MOVES.get(path[: end + 1])
        if below is not None:
            return below + path[end + 1 :]
        with_all = PACKAGE_MOVES.get(path[:end])
        if with_all is not None:
            return with_all + path[end:]
        end = path.rfind("/", 0, end)
    return path
