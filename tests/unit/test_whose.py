"""No crash is said to be gopls's, or another program's, that is not proved to be."""

from __future__ import annotations

import pytest

from gopls_diag.engines.crash import Finished, LogInput, read_logs
from gopls_diag.parse.go_crash.whose import is_anothers
from tests.unit.crash_reading import STACK, read_one

NIL = "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 9 [running]:\n"


def frames(*functions: str) -> str:
    return NIL + "".join(f"{each}(0x1)\n\t/src/x.go:7 +0x1d\n" for each in functions)


@pytest.mark.parametrize(
    "functions",
    [
        ("main.main",),
        ("go/types.(*Named).Obj", "example.com/shop/cart.(*Cart).Add"),
        ("sync.(*Once).Do", "shop/cart.Add"),
        ("k8s.io/kubernetes/vendor/golang.org/x/net/http2.read",),
    ],
)
def test_code_that_gopls_lacks_proves_another(functions: tuple[str, ...]) -> None:
    assert is_anothers(read_one(frames(*functions)))


@pytest.mark.parametrize(
    "functions",
    [
        (),
        ("go/types.(*Named).Obj", "sync.(*Once).Do"),
        ("golang.org/x/tools/go/analysis/passes/printf.run",),
        ("golang.org/x/sync/errgroup.(*Group).Go.func1", "vendor/golang.org/x/sys/cpu.init"),
        ("honnef.co/go/tools/staticcheck.run", "type:.eq.go/types.Named"),
        ("golang.org/x/tools/gopls/internal/cache.f", "main.main"),
    ],
)
def test_other_code_proves_nothing(functions: tuple[str, ...]) -> None:
    assert not is_anothers(read_one(frames(*functions)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (frames("go/types.(*Named).Obj"), "X06 A Go program that nothing here names panicked in types.(*Named).Obj"),
        (frames("golang.org/x/tools/gopls/internal/cache.f"), "X06 gopls panicked in cache.f"),
        (frames("shop/cart.Add"), "X27 panic: runtime error: index out of range [3] with length 3: in cart.Add"),
        (
            "runtime: out of memory: cannot allocate 4096-byte block (8192 in use)\nfatal error: out of memory\n\n"
            "goroutine 1 [running]:\nmain.main()\n\t/src/x.go:7 +0x1d\n",
            "X27 fatal error: out of memory: in main.main",
        ),
        (
            "runtime: failed to create new OS thread (have 7 already; errno=11)\nfatal error: newosproc\n",
            "R18 The system refuses another thread to a Go program that nothing here names",
        ),
        (
            "Exception 0xc0000005 0x0 0x0 0x7ff712345678\nPC=0x7ff712345678\nsignal arrived during cgo execution\n\n"
            "example.com/shop/lua._Cfunc_call(0x1)\n\tlua/_obj/_cgo_gotypes.go:24 +0x5e\n",
            "X27 Exception 0xc0000005 0x0 0x0 0x7ff712345678: in lua._Cfunc_call",
        ),
        (
            "SIGILL: illegal instruction\nPC=0x1 m=0 sigcode=2\n",
            "X07 A Go program that nothing here names ended with a fault",
        ),
        (
            'FATAL: ThreadSanitizer CHECK failed: ./gotsan.cc:1 "((0)) != (0)" (0x0, 0x0)\n',
            "X28 The race detector gave up: FATAL: ThreadSanitizer",
        ),
        (STACK, "X26 1 goroutine without the line that would say why it was printed"),
    ],
    ids=["unnamed", "gopls", "another", "the memory of another", "threads", "Windows", "SIGILL", "detector", "bare"],
)
def test_the_verdict_says_no_more_than_is_proved(text: str, said: str) -> None:
    *_, last = read_logs([LogInput("x.txt", [text.encode()])])

    assert isinstance(last, Finished)
    assert [f"{each.code} {each.finding.summary}"[: len(said)] for each in last.report.findings] == [said]


def test_what_gopls_quotes_of_a_go_command_is_the_go_command_s_crash() -> None:
    text = (
        "2022/11/22 08:50:31 error loading packages: go [list -e ./...]: exit status 2: runtime: goroutine stack "
        "exceeds 1000000000-byte limit\nfatal error: stack overflow\n\nruntime stack:\nruntime.throw(0x1)\n"
        "\t/usr/local/go/src/runtime/panic.go:1116 +0x72\n"
    )
    *_, last = read_logs([LogInput("x.txt", [text.encode()])])

    assert isinstance(last, Finished)
    assert [each.program for each in last.report.crashes] == ["go"]
    assert "X29" in [each.code for each in last.report.findings]
