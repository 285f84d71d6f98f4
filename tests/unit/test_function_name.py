"""One function has one name, whatever compiler and release made its symbol."""

from __future__ import annotations

import pytest

from gopls_diag.parse.go_crash.function_name import FunctionName, canonical_function, canonical_package, function_name
from gopls_diag.parse.go_crash.package_moves import PACKAGE_MOVES, newest_path

GOPLS = "golang.org/x/tools/gopls/internal"

SAME = {
    f"{GOPLS}/golang.Hover": (
        "golang.org/x/tools/internal/lsp/source.Hover",
        "golang.org/x/tools/gopls/internal/lsp/source.Hover",
        "golang.org/x/tools/gopls/internal/golang.Hover.func1",
        "golang.org/x/tools/gopls/internal/golang.Hover.func1.2",
        "golang.org/x/tools/gopls/internal/golang.Hover.func1-range1",
        "golang.org/x/tools/gopls/internal/golang.Hover-range2.func1",
        "golang.org/x/tools/gopls/internal/golang.Hover.gowrap1",
        "golang.org/x/tools/gopls/internal/golang.Hover.deferwrap2",
        "golang.org/x/tools/gopls/internal/golang.Hover·dwrap·1",
        "golang.org/x/tools/gopls/internal/golang.Hover.abi0",
        "golang.org/x/tools/gopls/internal/golang.Hover[...]",
        "golang.org/x/tools/gopls/internal/golang.Hover[go.shape.struct { golang.org/x/tools/go/ast.X }].func2",
        "golang.org/x/tools/gopls@v0.16.1/internal/golang.Hover",
        "github.com/me/fork/vendor/golang.org/x/tools/gopls/internal/golang.Hover",
        "golang.org/x/tools/gopls/internal/golang.IdentifierAt.Hover.func3",
        "golang.org/x/tools/gopls/internal/golang.(*Runner).Run.Hover.func3",
    ),
    f"{GOPLS}/server.server.Hover": (
        "golang.org/x/tools/gopls/internal/server.(*server).Hover",
        "golang.org/x/tools/gopls/internal/server.(*server).Hover-fm",
        "golang.org/x/tools/gopls/internal/server.(*server[...]).Hover[...].func1",
        "golang.org/x/tools/internal/lsp.(*server).Hover.func2",
        "golang.org/x/tools/gopls/internal/server.Serve.(*server).Hover.func1",
    ),
    f"{GOPLS}/cache.snapshot.View": (
        "golang.org/x/tools/internal/lsp/cache.(*snapshot).View",
        "golang.org/x/tools/gopls/internal/cache.snapshot.View",
    ),
    f"{GOPLS}/util/bug.Errorf": (
        "golang.org/x/tools/internal/lsp/bug.Errorf",
        "golang.org/x/tools/internal/bug.Errorf",
        "golang.org/x/tools/gopls/internal/bug.Errorf",
    ),
    "golang.org/x/tools/go/analysis/passes/inline.run": (
        "golang.org/x/tools/internal/refactor/inline/analyzer.run",
        "golang.org/x/tools/gopls/internal/analysis/gofix.run",
        "golang.org/x/tools/internal/gofix.run",
    ),
    "internal/sync.HashTrieMap.Load": ("internal/concurrent.(*HashTrieMap[...]).Load",),
    "internal/runtime/atomic.Load": ("runtime/internal/atomic.Load",),
    "gopkg.in/yaml.Unmarshal": (
        "gopkg.in/yaml%2ev3.Unmarshal",
        "gopkg.in/yaml.v3.Unmarshal",
        "gopkg.in/yaml%2ev2.Unmarshal.func1",
    ),
    "example.com/x.Run": ("example.com/x/v2.Run", "example.com/x@v1.2.3.Run", "example.com/x/v12.Run.func1"),
    "main.init": ("main.init.0", "main.init.3.func1", "main.glob..func1", "main.init.func7"),
    "main.Wrap": ("main.main.Wrap.func2", "main.outer.func1.Wrap.2", "command-line-arguments.Wrap"),
    "main._cgoexp_goSleep": ("main._cgoexp_65ad5df3a112_goSleep", "main._cgoexp_000000000000_goSleep"),
    "pkg.T.M": ("pkg.T[...].M[...]", "pkg.(*T[go.shape.string]).M.func1"),
    "panic": ("panic",),
    "cFunction": ("cFunction",),
}


@pytest.mark.parametrize(
    ("expected", "symbol"), [(expected, symbol) for expected, symbols in SAME.items() for symbol in symbols]
)
def test_every_form_of_a_function_has_one_name(expected: str, symbol: str) -> None:
    assert canonical_function(symbol) == expected


def test_different_functions_keep_different_names() -> None:
    symbols = [
        "golang.org/x/tools/internal/lsp/source.Hover",
        "golang.org/x/tools/internal/lsp/mod.Hover",
        "golang.org/x/tools/internal/lsp/work.Hover",
        "golang.org/x/tools/internal/lsp/cache.(*Session).Shutdown",
        "golang.org/x/tools/internal/lsp/cache.(*View).Shutdown",
        "go.uber.org/zap.New",
        "k8s.io/api/core/v1.New",
        "k8s.io/api/core/v1beta1.New",
    ]

    assert len({canonical_function(each) for each in symbols}) == len(symbols)


def test_tells_a_closure_from_a_wrapper() -> None:
    assert function_name("main.f.func1").is_closure
    assert not function_name("main.f.func1").is_wrapper
    assert function_name("main.f.gowrap1").is_wrapper
    assert not function_name("main.f.gowrap1").is_closure
    assert function_name("main.(*T).M-fm").is_wrapper
    assert function_name("type:.eq.main.T") == FunctionName("main", "T", "eq", is_wrapper=True)


def test_tells_where_a_closure_was_inlined() -> None:
    assert function_name("main.main.Wrap.func2").inlined_into == "main"
    assert function_name("main.main.func2").inlined_into == ""


def test_a_literal_of_very_old_go_has_no_name() -> None:
    assert function_name("testing.func·006") == FunctionName("testing", "", "", is_closure=True)


def test_no_package_moves_in_a_circle() -> None:
    for path in [each.rstrip("/") + ("/x" if each.endswith("/") else "") for each in PACKAGE_MOVES]:
        newest = newest_path(path)

        assert newest_path(newest) == newest, path


def test_a_package_below_a_moved_one_moves_with_it() -> None:
    assert canonical_package("golang.org/x/tools/internal/lsp/source/completion") == f"{GOPLS}/golang/completion"
    assert canonical_package("golang.org/x/tools/internal/lsp/analysis/useany") == f"{GOPLS}/analysis/useany"
    assert canonical_package("golang.org/x/tools/internal/lspx") == "golang.org/x/tools/internal/lspx"
