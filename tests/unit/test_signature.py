"""A signature is the same for one defect, whatever does not matter, and another for another defect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gopls_diag.model.crash import Crash, EndKind, PanicValue, RaceAccess, SignalDetail
from gopls_diag.model.go_stack import Frame, Goroutine, Stack
from gopls_diag.parse.go_crash.error_class import error_class
from gopls_diag.parse.go_crash.signature import ID_LENGTH, same, signature

NIL = "runtime error: invalid memory address or nil pointer dereference"
TOOLS = "golang.org/x/tools/"
FAULT = ("panic", "runtime.panicmem", "runtime.sigpanic")


def crash(
    *functions: str, message: str = NIL, kind: EndKind = EndKind.PANIC, files: Sequence[str] = (), line: int = 10
) -> Crash:
    """A crash with this stack, innermost first; `x/` stands for golang.org/x/tools/."""
    frames = tuple(
        Frame(
            each.replace("x/", TOOLS, 1) if each.startswith("x/") else each,
            files[at] if at < len(files) else f"/src/{at}.go",
            line + at,
            "0x1",
        )
        for at, each in enumerate(functions)
    )
    head = {EndKind.PANIC: "panic: ", EndKind.FATAL: "fatal error: "}.get(kind, "")
    return Crash(
        "a.log",
        1,
        kind,
        head + message,
        chain=(PanicValue(message),) if kind is EndKind.PANIC else (),
        crashing=Goroutine(7, "running", Stack(frames)) if frames else None,
    )


HOVER = crash(*FAULT, "x/gopls/internal/golang.hover", "x/gopls/internal/golang.Hover")

SAME = {
    "line drift": replace(
        crash(*FAULT, "x/gopls/internal/golang.hover", "x/gopls/internal/golang.Hover", line=900), source="b", line=88
    ),
    "an older package": crash(*FAULT, "x/gopls/internal/lsp/source.hover", "x/gopls/internal/lsp/source.Hover"),
    "the oldest package": crash(*FAULT, "x/internal/lsp/source.Hover", "x/internal/lsp.(*Server).Hover"),
    "a closure": crash(*FAULT, "x/gopls/internal/golang.hover.func2.1", "x/gopls/internal/golang.Hover"),
    "another way": crash(*FAULT, "x/gopls/internal/golang.hover", "x/gopls/internal/mcp.(*handler).context"),
    "an accessor": crash(*FAULT, "go/types.(*Package).Path", "x/gopls/internal/golang.hover", "main.main"),
    "a visitor": crash(
        *FAULT, "go/ast.Inspect.func1", "go/ast.inspector.Visit", "go/ast.Walk", "x/gopls/internal/golang.hover.func1"
    ),
    "a lock": crash(*FAULT, "internal/sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock", "x/gopls/internal/golang.hover"),
    "old Go": crash("panic", "runtime.gopanic", "runtime.panicmem", "runtime.sigpanic", "x/internal/lsp/source.hover"),
    "a vendored copy": crash(*FAULT, "a.io/b/vendor/golang.org/x/tools/gopls/internal/golang.hover"),
    "a re-panic": crash(
        "panic", "a.io/b.recoverer.func1", "panic", "runtime.sigpanic", "x/gopls/internal/golang.hover", "a.io/b.serve"
    ),
    "an inlined callee": crash(*FAULT, "x/gopls/internal/server.(*server).Hover.hover.func3"),
    "a moved function": crash(*FAULT, "x/gopls/internal/cache/parsego.Hover"),
    "words before": crash(*FAULT, "x/gopls/internal/golang.hover", message=f"internal error: {NIL}"),
}


@pytest.mark.parametrize("change", SAME)
def test_what_does_not_matter_changes_nothing(change: str) -> None:
    assert signature(SAME[change])[0] == signature(HOVER)[0]
    assert (same(HOVER, SAME[change]) or "").startswith("both are nil dereference in golang.hover")


DIFFERENT = {
    "another error": crash(
        *FAULT, "x/gopls/internal/golang.hover", message="runtime error: index out of range [1] with length 0"
    ),
    "a neighbour": crash(*FAULT, "x/gopls/internal/golang.HoverText", "x/gopls/internal/golang.Hover"),
    "a namesake for go.mod": crash(*FAULT, "x/gopls/internal/mod.Hover"),
    "the server's function": crash(*FAULT, "x/gopls/internal/server.(*server).Hover"),
    "another caller of the accessor": crash(*FAULT, "go/types.(*Package).Path", "x/gopls/internal/golang.Rename"),
}


@pytest.mark.parametrize("change", DIFFERENT)
def test_what_matters_changes_it(change: str) -> None:
    assert signature(DIFFERENT[change])[0] not in ("", signature(HOVER)[0])
    assert same(HOVER, DIFFERENT[change]) is None


def test_the_id_is_short_and_never_changes() -> None:
    found, parts = signature(HOVER)

    assert (found, len(found)) == ("bgyhwj76dm", ID_LENGTH)
    assert parts == ("nil dereference", "golang.org/x/tools/gopls/internal/golang.hover")


def test_the_rule_names_both_printed_names() -> None:
    assert same(HOVER, SAME["a closure"]) == (
        "both are nil dereference in golang.hover, the innermost function that knows what it does; it is printed as "
        "golang.org/x/tools/gopls/internal/golang.hover in one and as "
        "golang.org/x/tools/gopls/internal/golang.hover.func2.1 in the other"
    )


def test_the_type_checker_is_to_blame_for_its_own() -> None:
    deep = ("go/types.(*Checker).rangeStmt", "go/types.(*Checker).stmt", "x/gopls/internal/cache.typeCheckImpl")
    bailed = ("go/types.(*Checker).handleBailout", "panic", "go/types.assert")

    one = crash(*bailed, *deep, message="\tstmt.go:932: assertion failed")
    other = crash(
        *bailed, deep[0], "x/gopls/internal/cache.(*typeCheckBatch).check", message="stmt.go:7: assertion failed"
    )

    assert signature(one)[1] == ("assertion failed", "go/types.Checker.rangeStmt")
    assert signature(one) == signature(other)


def test_a_closure_inlined_over_a_package_border_is_put_back() -> None:
    before = crash(*FAULT, "x/internal/jsonrpc2.AsyncHandler.func1.2")
    after = crash(
        *FAULT,
        "x/gopls/internal/protocol.Handlers.AsyncHandler.func2.2",
        files=("", "", "", "/home/me/go/pkg/mod/golang.org/x/tools@v0.18.0/internal/jsonrpc2/handler.go"),
    )

    assert signature(before)[0] == signature(after)[0]


def test_a_literal_without_a_name_has_its_caller_beside_it() -> None:
    one = crash(*FAULT, "x/gopls/internal/cmd.init.func3", "x/gopls/internal/cmd.run")
    other = crash(*FAULT, "x/gopls/internal/cmd.glob..func9", "x/gopls/internal/cmd.walk")

    assert signature(one)[1][1:] == (f"{TOOLS}gopls/internal/cmd.init", f"{TOOLS}gopls/internal/cmd.run")
    assert signature(one)[0] != signature(other)[0]


def test_a_recursion_is_the_same_wherever_the_stack_ended() -> None:
    cycle = ["a.io/b.even", "a.io/b.odd", "a.io/b.third"]
    stacks = [("runtime.throw", "runtime.newstack", *(cycle * 20)[at : at + 50], "main.main") for at in range(3)]

    found = {signature(crash(*each, message="stack overflow", kind=EndKind.FATAL)) for each in stacks}

    assert {parts for _, parts in found} == {("stack overflow", "a.io/b.even")}


def test_a_panic_that_was_carried_over_shows_its_own_stack() -> None:
    frames = "panic({0x1, 0x2})\n\t/p.go:1 +0x1\na.io/b.(*T).deep(0x1, {0x2, 0x3})\n\t/b.go:2 +0x2"
    text = f"{NIL}\n\ngoroutine 9 [running]:\n{frames}"
    carried = crash("panic", "golang.org/x/sync/errgroup.(*Group).Wait", "a.io/b.run", message=text)

    assert signature(carried)[1] == ("nil dereference", "a.io/b.T.deep")


def test_a_race_is_known_by_both_accesses() -> None:
    def access(title: str, function: str) -> RaceAccess:
        return RaceAccess(title, 1, (Frame("runtime.mapassign_faststr"), Frame(function)))

    write, read = access("Write at 0x1 by goroutine 8", "a.io/b.put"), access("Previous read at 0x1", "a.io/b.get")
    created = access("Goroutine 8 (running) created at", "a.io/b.start")
    one = replace(crash(kind=EndKind.RACE), race=(write, read, created))
    other = replace(crash(kind=EndKind.RACE), race=(read, write))

    assert signature(one) == signature(other)
    assert signature(one)[1] == ("data race", "a.io/b.get", "a.io/b.put")


def test_ends_without_a_guilty_stack_are_known_by_their_words() -> None:
    oom = [crash(*way, message="fatal error: runtime: out of memory", kind=EndKind.OOM) for way in ((), ("a.io/b.c",))]
    corrupt = [
        crash(
            "runtime.throw",
            way,
            message="found bad pointer in Go heap (incorrect use of unsafe or cgo?)",
            kind=EndKind.FATAL,
        )
        for way in ("a.io/b.c", "a.io/b.d")
    ]
    sent = replace(crash("a.io/b.c", kind=EndKind.SIGNAL), signal=SignalDetail("SIGABRT", code=0))

    assert signature(oom[0]) == signature(oom[1])
    assert signature(oom[0])[1] == ("oom: runtime out of memory",)
    assert signature(corrupt[0]) == signature(corrupt[1])
    aborted = crash("runtime.cgocall", "a.io/b._Cfunc_stop", "a.io/b.c", kind=EndKind.SIGNAL, message="SIGABRT: abort")
    aborted = replace(aborted, signal=SignalDetail("SIGABRT", code=-6))

    assert signature(sent)[1] == ("SIGABRT sent by a process",)
    assert signature(aborted)[1] == ("signal SIGABRT", "a.io/b._Cfunc_stop")
    assert same(oom[0], oom[1]) == "both are: oom: runtime out of memory"


@pytest.mark.parametrize("kind", [EndKind.DUMP, EndKind.HANG])
def test_a_dump_has_no_signature(kind: EndKind) -> None:
    assert signature(crash("a.io/b.c", kind=kind)) == ("", ())
    assert same(crash("a.io/b.c", kind=kind), crash("a.io/b.c", kind=kind)) is None


def test_a_message_without_a_stack_has_none() -> None:
    assert signature(crash()) == ("", ())


CLASSES = {
    "runtime error: index out of range [5] with length 3": "index out of range",
    "runtime error: slice bounds out of range [:7] with capacity 4": "slice bounds out of range",
    "assignment to entry in nil map": "assignment to nil map",
    "interface conversion: ast.Expr is *ast.Ident, not *ast.SelectorExpr": "type assertion to SelectorExpr",
    "interface conversion: interface {} is nil, not source.Package": "type assertion to Package",
    "interface conversion: main.T is not fmt.Stringer: missing method String": "type assertion to Stringer",
    'no metadata for "example.com/a"': "no metadata for",
    "no metadata for example.com/b [b.test]": "no metadata for",
    "unexpected type *ast.BadExpr": "unexpected type",
    "strings: negative Repeat count": "strings negative",
    "/home/me/x.go:12: assertion failed": "assertion failed",
    "\tstmt.go:932: assertion failed": "assertion failed",
    "runtime error: cgo argument has Go pointer to unpinned Go pointer": "Go pointer given to C",
    "runtime error: argument of cgo function has Go pointer to unpinned Go pointer": "Go pointer given to C",
    "nil": "nil panic",
    "": "no message",
    "42": "a value",
    "(*main.St) 0xc000012345": "a value of type St",
    "main.MyInt(-5)": "a value of type MyInt",
    "concurrent map iteration and map write": "concurrent map access",
    "concurrent map writes": "concurrent map access",
    "all goroutines are asleep - deadlock!": "deadlock",
}


@pytest.mark.parametrize("message", CLASSES)
def test_an_error_is_known_by_what_is_constant_in_it(message: str) -> None:
    assert error_class(message) == CLASSES[message]
