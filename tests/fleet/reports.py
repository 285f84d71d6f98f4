"""Crashes as users would send them for invented defects: every release, compiler and tool prints one in its own way."""

from __future__ import annotations

import random
from dataclasses import dataclass

from gopls_diag.model.crash import Crash, EndKind, PanicValue, SignalDetail
from gopls_diag.model.go_stack import Frame, Goroutine, Stack
from tests.fleet.bugs import ACCESSORS, CHECKER, ERRORS, NIL, Bug, Code, Form

GO_OF_RELEASE = (
    *((15, 16), (17, 18), (18, 19), (19, 20), (20, 21), (21,), (21, 22), (22, 23), (23, 24)),
    *((24, 25), (26, 27)),
)
"""Minor versions of Go with which each release was built."""
THIRD = (
    ("honnef.co/go/tools/staticcheck", "", "CheckPrintf", "lint.go"),
    ("honnef.co/go/tools/go/ir", "*builder", "stmt", "builder.go"),
    ("mvdan.cc/gofumpt/format", "*fumpter", "applyPre", "format.go"),
    ("mvdan.cc/xurls/v2", "", "anyOf", "xurls.go"),
    ("github.com/BurntSushi/toml", "*parser", "topLevel", "parse.go"),
    ("gopkg.in/yaml%2ev3", "*parser", "parse", "decode.go"),
    ("golang.org/x/mod/modfile", "*input", "lex", "read.go"),
    ("golang.org/x/vuln/internal/scan", "", "runSource", "source.go"),
)
HELPERS = (
    ("{util}safetoken.Offset", "safetoken.go"),
    ("{protocol}.(*Mapper).OffsetPosition", "mapper.go"),
    ("{protocol}.(*Mapper).PosRange", "mapper.go"),
    ("{protocol}.(*Mapper).NodeRange", "mapper.go"),
    ("{util}astutil.Deref", "util.go"),
    ("{util}bug.Errorf", "bug.go"),
)
DEFECTIVE_HELPERS = (("{persistent}.(*Map).Set", "map.go"), ("{persistent}.(*Map).Get", "map.go"))
TYPES = ("Basic", "Pointer", "Slice", "Tuple", "Alias", "Struct", "BadExpr", "Ident", "SelectorExpr", "StarExpr")
PACKAGES = ("example.com/a", "corp.net/team/x/y", "main", "k8s.io/api/core/v1", "a/b")
LOST_ORIGIN = 0.02
"""How often a tool drops the very function with the defect, because it was inlined; Go itself prints it."""


@dataclass(frozen=True)
class Report:
    """One crash of a known defect, and how it was printed."""

    bug: int
    crash: Crash
    traits: tuple[tuple[str, str], ...]
    """What does not matter, by name: two reports of one defect may differ in each."""


class Reporter:
    """Prints defects; what the compiler decides is the same for all reports of one release and Go version."""

    def __init__(self, code: Code, chance: random.Random) -> None:
        self.code = code
        self.chance = chance
        self.traits: dict[str, str] = {}

    def compiled(self, bug: Bug, release: int, go: int, what: str) -> random.Random:
        """A source of decisions that does not change while the compiler and the code stay."""
        return random.Random(f"{bug.number}/{release}/{go}/{what}")

    def report(self, bug: Bug) -> Report:
        """One crash of this defect."""
        chance = self.chance
        release = chance.choice(bug.releases)
        go = chance.choice(GO_OF_RELEASE[release])
        self.traits = {"release": str(release), "go": str(go)}
        frames = [*self.origin(bug, release, go), *self.callers(bug, release, go), *self.tail(release)]
        message = self.message(bug)
        frames = self.printed(frames, release, go)
        head = self.head(bug, go, message)
        stack = Stack((*head, *frames), None)
        goroutine = Goroutine(chance.randrange(1, 99999), "running", stack)
        kind = EndKind.FATAL if bug.shape in ("fatal", "recursion") else EndKind.PANIC
        crash = Crash(
            source=f"{chance.randrange(10**6)}.log",
            line=chance.randrange(1, 9999),
            kind=kind,
            message=("fatal error: " if kind is EndKind.FATAL else "panic: ") + message,
            go_version=f"go1.{go}",
            chain=() if kind is EndKind.FATAL else (PanicValue(message),),
            signal=SignalDetail("SIGSEGV", code=1, address=chance.randrange(4096)) if message == NIL else None,
            crashing=goroutine,
        )
        return Report(bug.number, crash, tuple(sorted(self.traits.items())))

    def form(self, lineage: int, release: int) -> Form:
        """The function in this release, or in the nearest that has it."""
        forms = self.code.lineages[lineage].forms
        return forms.get(release) or forms[min(forms, key=lambda each: abs(each - release))]

    def path_of(self, part: str, release: int) -> str:
        """Where a package of helpers lies in this release."""
        lsp = "internal/lsp" if release < 2 else "gopls/internal/lsp"
        table = {
            "protocol": f"{lsp}/protocol" if release < 6 else "gopls/internal/protocol",
            "util": f"{lsp}/" if release < 6 else "gopls/internal/util/",
            "persistent": "internal/persistent" if release < 6 else "gopls/internal/util/persistent",
        }
        return "golang.org/x/tools/" + table[part]

    def helper(self, name: str, release: int) -> str:
        return name.format(**{part: self.path_of(part, release) for part in ("protocol", "util", "persistent")})

    def message(self, bug: Bug) -> str:
        if bug.shape == "fatal":
            return self.chance.choice(("concurrent map writes", "concurrent map read and map write"))
        if bug.shape == "recursion":
            return "stack overflow"
        texts = ERRORS[bug.error]
        text = self.chance.choice(texts)
        filled = text.format(
            n=self.chance.randrange(5000),
            m=self.chance.randrange(300),
            t=self.chance.choice(TYPES),
            p=self.chance.choice(PACKAGES),
        )
        self.traits["message"] = filled
        return filled

    def closure(self, bug: Bug, release: int, go: int, form: Form, caller: Form | None) -> str:
        """The symbol of a literal in a function: numbered anew by each release, renamed where it was inlined."""
        decide = self.compiled(bug, release, go, "closure")
        number = f".func{decide.randint(1, 7)}" + decide.choice(("", "", f".{decide.randint(1, 3)}", ".func1"))
        if go >= 23 and decide.random() < 0.2:
            number += f"-range{decide.randint(1, 2)}"
        self.traits["closure number"] = number
        if caller is not None and go >= 21 and decide.random() < 0.25:
            self.traits["closure inlined"] = "with both names"
            return f"{caller.symbol}.{form.qualified}{number}"
        if caller is not None and go < 21 and decide.random() < 0.08:
            self.traits["closure inlined"] = "with the name of the caller"
            return f"{caller.symbol}{number}"
        self.traits["closure inlined"] = "no"
        return form.symbol + number

    def origin(self, bug: Bug, release: int, go: int) -> list[Frame]:
        """The frames of the defect itself, innermost first."""
        form = self.form(bug.lineage, release)
        file = f"{form.folder}/{form.file}"
        line = form.line + 1 + bug.number % max(1, form.length)
        plain = Frame(form.symbol, file, line, "0x1, 0x2")
        if bug.shape == "recursion":
            partner = Frame(form.symbol + ".func1", file, line + 1)
            cycle = [plain, partner, Frame("go/ast.Walk", "go/ast/walk.go", 40)]
            start = self.chance.randrange(3)
            return (cycle * 30)[start : start + 50]
        if bug.shape == "third":
            package, receiver, name, third_file = THIRD[bug.detail % len(THIRD)]
            symbol = f"{package}.({receiver}).{name}" if receiver else f"{package}.{name}"
            return [Frame(symbol, f"{package}/{third_file}", self.chance.randrange(900)), plain]
        if bug.shape == "checker":
            name = CHECKER[bug.detail % len(CHECKER)]
            inner = Frame(f"go/types.(*Checker).{name}", "go/types/x.go", 100 + go)
            between = [
                Frame(f"go/types.(*Checker).{self.chance.choice(CHECKER)}", "go/types/y.go", 9) for _ in range(3)
            ]
            top = [Frame("go/types.assert", "go/types/errors.go", 28)] if bug.detail % 3 == 0 else []
            return [*top, inner, *between, Frame("go/types.(*Checker).Files", "go/types/check.go", 372), plain]
        if bug.shape == "accessor":
            chosen = ACCESSORS[bug.detail % len(ACCESSORS)]
            return [*(Frame(each, "std/x.go", 30 + go, "...", is_inlined=True) for each in chosen), plain]
        if bug.shape in ("position", "helper"):
            helpers = HELPERS if bug.shape == "position" else DEFECTIVE_HELPERS
            symbol, helper_file = helpers[bug.detail % len(helpers)]
            return [Frame(self.helper(symbol, release), helper_file, 100 + release), plain]
        if bug.shape not in ("closure", "visitor"):
            return [plain]
        way = bug.paths[0]
        caller = self.form(way[0], release) if way else None
        literal = Frame(self.closure(bug, release, go, form, caller), file, line)
        if bug.shape == "closure":
            return [literal, plain]
        visit = ("go/ast.inspector.Visit", "go/ast.Walk", "go/ast.walkList[...]", "go/ast.Walk", "go/ast.Inspect")
        return [literal, *(Frame(each, "go/ast/walk.go", 50) for each in visit), plain]

    def callers(self, bug: Bug, release: int, go: int) -> list[Frame]:
        """One of the ways to the defect; some of its frames are not printed by the one or other compiler."""
        at = self.chance.randrange(len(bug.paths))
        self.traits["path"] = str(at)
        kept = []
        for lineage in bug.paths[at]:
            form = self.form(lineage, release)
            decide = self.compiled(bug, release, go, f"frame {lineage}")
            if decide.random() < 0.12:
                self.traits["dropped frames"] = self.traits.get("dropped frames", "") + f" {lineage}"
                continue
            symbol = form.symbol
            if decide.random() < 0.2:
                symbol += f".func{decide.randint(1, 5)}"
            kept.append(
                Frame(symbol, f"{form.folder}/{form.file}", form.line + 3, "0x1", is_inlined=decide.random() < 0.2)
            )
        return kept

    def tail(self, release: int) -> list[Frame]:
        """From the connection to the handler, or a background task."""
        lsp = "golang.org/x/tools/" + ("internal/lsp" if release < 2 else "gopls/internal/lsp")
        if self.chance.random() < 0.25:
            self.traits["task"] = "background"
            return [Frame("golang.org/x/sync/errgroup.(*Group).Go.func1", "errgroup.go", 75)]
        self.traits["task"] = "request"
        names = (
            (
                f"{lsp}/protocol.serverDispatch",
                f"{lsp}/lsprpc.handshaker.func1",
                "golang.org/x/tools/internal/jsonrpc2.AsyncHandler.func1.2",
            )
            if release < 6
            else (
                "golang.org/x/tools/gopls/internal/protocol.serverDispatch",
                "golang.org/x/tools/gopls/internal/lsprpc.(*streamServer).ServeStream.handshaker.func4",
                "golang.org/x/tools/gopls/internal/protocol.Handlers.AsyncHandler.func2.2",
            )
        )
        return [Frame(each, "x.go", 10 + release) for each in names]

    def head(self, bug: Bug, go: int, message: str) -> list[Frame]:
        """The frames of the runtime, and of who panicked again."""
        if bug.shape == "fatal":
            name = "runtime.mapassign_faststr" if go < 24 else "internal/runtime/maps.fatal"
            return [
                Frame("runtime.throw" if go < 19 else "runtime.fatal", "runtime/panic.go", 1),
                Frame(name, "runtime/m.go", 2),
            ]
        if bug.shape == "recursion":
            return [Frame("runtime.throw", "runtime/panic.go", 1), Frame("runtime.newstack", "runtime/stack.go", 2)]
        below = [Frame("panic", "runtime/panic.go", 700 + go)]
        if message == NIL:
            below += [
                Frame("runtime.panicmem", "runtime/panic.go", 260),
                Frame("runtime.sigpanic", "runtime/signal_unix.go", 9),
            ]
        elif "index out of range" in message:
            below.append(Frame("runtime.goPanicIndex", "runtime/panic.go", 115))
        if self.chance.random() < 0.06:
            self.traits["panicked again"] = "yes"
            again = self.chance.choice(
                (
                    "golang.org/x/tools/gopls/internal/server.(*server).recoverHandlerPanic",
                    "go/types.(*Checker).handleBailout",
                    "golang.org/x/sync/errgroup.(*Group).Go.func1.1",
                )
            )
            return [Frame("panic", "runtime/panic.go", 700 + go), Frame(again, "x.go", 1), *below]
        self.traits["panicked again"] = "no"
        return below

    def printed(self, frames: list[Frame], release: int, go: int) -> list[Frame]:
        """As a tool prints them: whole, without folders, from a vendored copy, or without type arguments."""
        chance = self.chance
        if chance.random() < LOST_ORIGIN and len(frames) > 3:
            self.traits["lost origin"] = "yes"
            frames = frames[1:]
        else:
            self.traits["lost origin"] = "no"
        style = chance.choices(("module cache", "sanitised", "vendored", "fork"), (70, 24, 3, 3))[0]
        self.traits["style"] = style
        shapes = chance.random() < 0.1
        version = self.code.releases[release]
        found = []
        for at, frame in enumerate(frames):
            symbol, file = frame.function, frame.file
            if shapes:
                symbol = symbol.replace("[...]", "[go.shape.*uint8_0]")
            if style == "vendored" and symbol.startswith(("golang.org/", "honnef.co/")):
                symbol = "golang.org/x/tools/gopls/vendor/" + symbol
            elif style == "fork" and symbol.startswith("golang.org/"):
                symbol = "github.com/acme/gopls/vendor/" + symbol
            if style == "sanitised":
                file = file.rpartition("/")[2]
            elif file.startswith("gopls/"):
                file = f"/home/gopher/go/pkg/mod/golang.org/x/tools/gopls@{version}/{file.removeprefix('gopls/')}"
            elif file.startswith("internal/"):
                file = f"/home/gopher/go/pkg/mod/golang.org/x/tools@v0.1.{release}/{file}"
            drift = chance.randrange(3) if at else 0
            arguments = f"0x{chance.randrange(1 << 40):x}"
            found.append(
                Frame(
                    symbol, file, (frame.line or 0) + drift, arguments, frame.is_inlined, pc=chance.randrange(1 << 40)
                )
            )
        return found


def make_reports(code: Code, bugs: list[Bug], count: int, chance: random.Random) -> list[Report]:
    """`count` crashes; a few defects cause most of them, every one causes some."""
    reporter = Reporter(code, chance)
    usable = [each for each in bugs if each.releases]
    weights = [1 / (1 + at) ** 0.8 for at in range(len(usable))]
    order = list(usable)
    chance.shuffle(order)
    chosen = [*order, *chance.choices(order, weights, k=max(0, count - len(order)))]
    return [reporter.report(each) for each in chosen[:count]]


def share_pairs(labels: list[tuple[int, str]]) -> tuple[int, int, int]:
    """Pairs of reports: of one defect, of one group, and of both. A label is (defect, group); group "" is alone."""
    counts: dict[tuple[int, str], int] = {}
    by_bug: dict[int, int] = {}
    by_group: dict[str, int] = {}
    for bug, group in labels:
        by_bug[bug] = by_bug.get(bug, 0) + 1
        if group:
            counts[bug, group] = counts.get((bug, group), 0) + 1
            by_group[group] = by_group.get(group, 0) + 1
    pairs = [sum(n * (n - 1) // 2 for n in each.values()) for each in (by_bug, by_group, counts)]
    return pairs[0], pairs[1], pairs[2]
