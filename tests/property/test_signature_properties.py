"""Whatever does not matter changes no signature, and no crash is too strange to have one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.model.crash import Crash, EndKind, PanicValue, RaceAccess, SignalDetail
from gopls_diag.model.go_stack import Frame, Goroutine, Stack
from gopls_diag.parse.go_crash.error_class import LONGEST_MESSAGE, MOST_WORDS, constant_words, error_class
from gopls_diag.parse.go_crash.signature import ID_LENGTH, same, signature

TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        *(
            "panic",
            "runtime.sigpanic",
            "runtime.throw",
            "main.main",
            "main.init.func1",
            "go/types.(*Checker).ident",
            "",
        ),
        *("golang.org/x/tools/internal/lsp/source.Hover", "a.io/b.(*T).M", "a.io/b.T.M.func1", "testing.func·006", "f"),
        *("sync.(*Mutex).Lock", "goroutine 1 [running]:\nmain.f(0x1)\n\t/x.go:1", "interface conversion: a is b, not "),
    ]
)
FRAMES = st.builds(
    Frame,
    function=TEXTS,
    file=TEXTS
    | st.sampled_from(["/pkg/mod/golang.org/x/tools@v0.1.0/internal/lsp/x.go", "C:\\pkg\\mod\\a.io\\b@v1\\x.go"]),
    line=st.none() | st.integers(),
    is_go=st.booleans(),
)
STACKS = st.lists(FRAMES, max_size=12).map(lambda frames: Stack(tuple(frames)))
CRASHES = st.builds(
    Crash,
    source=TEXTS,
    line=st.integers(1, 9),
    kind=st.sampled_from(EndKind),
    message=TEXTS,
    chain=st.lists(st.builds(PanicValue, text=TEXTS), max_size=2).map(tuple),
    signal=st.none() | st.builds(SignalDetail, name=TEXTS, code=st.none() | st.integers(-9, 9)),
    crashing=st.none() | st.builds(Goroutine, id=st.integers(), state=TEXTS, stack=STACKS),
    race=st.lists(
        st.builds(RaceAccess, title=TEXTS, goroutine=st.none(), frames=STACKS.map(lambda s: s.frames)), max_size=3
    ).map(tuple),
)


@settings(deadline=None)
@given(CRASHES)
def test_any_crash_has_a_signature_or_none(crash: Crash) -> None:
    name, parts = signature(crash)

    assert (len(name), bool(parts)) in ((0, False), (ID_LENGTH, True))
    assert signature(crash) == (name, parts)
    assert (same(crash, crash) is not None) == bool(name)


@settings(deadline=None)
@given(CRASHES, CRASHES)
def test_the_rule_agrees_with_the_ids(one: Crash, other: Crash) -> None:
    are_same = signature(one)[0] != "" and signature(one)[0] == signature(other)[0]

    assert (same(one, other) is not None) == are_same
    assert (same(other, one) is not None) == are_same


@settings(deadline=None)
@given(st.text() | TEXTS, st.integers(0, 10**9))
def test_an_error_class_is_short_and_has_no_numbers(text: str, number: int) -> None:
    assert len(error_class(text)) <= LONGEST_MESSAGE + 30
    assert len(constant_words(text).split()) <= MOST_WORDS
    assert error_class(f"no file at {number}: x") == "no file at"
    assert error_class(f"index {number} is {number}") == error_class("index 7 is 9")


PATHS = st.sampled_from(
    ["internal/lsp/source", "gopls/internal/lsp/source", "gopls/internal/golang", "gopls/internal/cache"]
)
ENDS = st.sampled_from(["", ".func1", ".func2.3", ".func1-range1", "[...]", ".func4.gowrap1", ".abi0"])
WAYS = st.lists(st.sampled_from(["a.io/x.F", "a.io/y.(*T).G", "go/ast.Inspect", "main.main"]), max_size=5)
ABOVE = st.sampled_from(
    [
        ("panic",),
        ("panic", "runtime.panicmem", "runtime.sigpanic"),
        ("panic", "a.io/z.recovered", "panic", "runtime.sigpanic"),
        ("panic", "runtime.sigpanic", "go/types.(*Named).Obj"),
        ("runtime.gopanic", "slices.SortFunc[...]", "strings.Repeat"),
        ("panic", "golang.org/x/tools/gopls/internal/util/safetoken.Offset"),
    ]
)
NUMBERS = st.integers(0, 1 << 40)


@settings(deadline=None)
@given(ABOVE, PATHS, ENDS, WAYS, NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.sampled_from(["", "a.io/v/vendor/"]))
def test_what_does_not_matter_changes_nothing(
    above: tuple[str, ...],
    path: str,
    end: str,
    way: list[str],
    line: int,
    goroutine: int,
    pc: int,
    inlined: bool,
    vendor: str,
) -> None:
    symbol = f"{vendor}golang.org/x/tools/{path}.RenameThing{end}"
    names = (*above, symbol, *way)
    frames = tuple(Frame(each, f"/{line}.go", line + 1, hex(pc), is_inlined=inlined, pc=pc) for each in names)
    message = f"runtime error: index out of range [{line}] with length {pc}"
    crash = Crash("x", 1, EndKind.PANIC, f"panic: {message}", chain=(PanicValue(message),))
    crash = replace(crash, crashing=Goroutine(goroutine, "running", Stack(frames)), line=line + 1, source=str(pc))

    name, parts = signature(crash)

    assert name == "c2ji2ceg7t"
    assert parts[0] == "index out of range"
    assert parts[1].endswith(".RenameThing")


@settings(deadline=None)
@given(st.sampled_from(["nil", "index out of range [1]", "x"]), st.sampled_from(["F", "G", "(*T).F"]), PATHS)
def test_what_matters_changes_it(message: str, function: str, path: str) -> None:
    def named(text: str, name: str) -> str:
        frames = (Frame("panic"), Frame(f"golang.org/x/tools/{path}.{name}"))
        crash = Crash("x", 1, EndKind.PANIC, f"panic: {text}", chain=(PanicValue(text),))
        return signature(replace(crash, crashing=Goroutine(1, "running", Stack(frames))))[0]

    assert named(message, function) != named(message, function + "2")
    assert named(message, function) != named("assignment to entry in nil map", function)
