"""Goroutines that wait for another program: which command it is, its process, and what waits behind it."""

from __future__ import annotations

from typing import NamedTuple

from gopls_diag.model.go_stack import Frame
from gopls_diag.parse.go_crash.population import Member, Population
from gopls_diag.parse.go_crash.stack_words import exact_words, first_word, method_name, positional_words

_WAIT_CALLS = ("os/exec.(*Cmd).Wait", "os.(*Process).wait", "os.(*Process).Wait")
_PARKED_IN_WAIT = ("os.(*Process).blockUntilWaitable", "os.(*Process).pidfdWait", "syscall.wait4", "syscall.Wait4")
_DISPATCHERS = (".serverDispatch", ".ServerDispatch", ".ServerDispatchCall")
_HELPER_CALLS = ("golang.org/x/sync/errgroup.", "sync.", "golang.org/x/tools/gopls/internal/util/")
_START_CALLS = (".runCmdContext", "os/exec.(*Cmd).Run", "os/exec.(*Cmd).Output", "os/exec.(*Cmd).CombinedOutput")
# gopls starts a copy of itself that keeps its counters, and waits for it as long as it lives.
_SIDECAR = "golang.org/x/telemetry"

_CHILDREN = 100

_WAIT_BY_PID = 1
"""idtype P_PID of waitid(2); 3 is P_PIDFD, whose number is a file descriptor."""

_COMMANDS: tuple[tuple[str, str, bool], ...] = (
    ("gocommand.GoVersion", "`go list` that asks for the version of Go", True),
    ("cache.FetchGoEnv", "`go env`", True),
    ("cache.(*goCommandInvoker)", "a go command", False),
    ("packages.findExternalDriver", "the program of GOPACKAGESDRIVER", False),
    ("packages.(*golistState)", "`go list` that lists the packages of the workspace", False),
    ("packages.goListDriver", "`go list` that lists the packages of the workspace", False),
    ("packages.callDriver", "`go list` that lists the packages of the workspace", False),
    ("vulncheck", "govulncheck", False),
    ("Vulncheck", "govulncheck", False),
    ("odTidy", "`go mod tidy`", False),
    ("odWhy", "`go mod why`", False),
    ("imports.(*ModuleResolver)", "`go list -m`", False),
    ("imports.(*ProcessEnv)", "`go env`", False),
    ("gocommand.", "a go command", False),
    ("cmd/go/internal/modfetch/codehost", "git or another version control program", False),
    ("cmd/go/internal/vcs", "git or another version control program", False),
    ("cmd/go/internal/toolchain", "the go command of another release", False),
    ("cmd/go/internal/work", "a tool of the go command: compiler, linker, cgo", False),
    ("cmd/go/internal/tool", "a tool of the go command", False),
)
"""Part of a function's name, the command that it runs, and whether that answers from the installation of Go alone."""


class ChildWait(NamedTuple):
    """A program that is waited for."""

    waiter: Member
    """The goroutine in wait(2)."""
    starter: Member
    """The one that started it and wants its result; often the same."""
    command: str
    is_quick: bool
    """True for commands that read no workspace, and answer within a second where nothing is wrong."""
    pid: int | None
    is_linked: bool
    """True if both goroutines show the same Cmd, or one made the other."""

    @property
    def minutes(self) -> int:
        return max(self.waiter.minutes, self.starter.minutes)


def find_children(population: Population) -> list[ChildWait]:
    """Every program that is waited for, but for gopls's own copy that keeps counters."""
    members = population.by_id()
    starters = _starters(population)
    found: list[ChildWait] = []
    for member in population.users:
        if len(found) >= _CHILDREN:
            break
        if not any(each.function in _WAIT_CALLS for each in member.calls):
            continue
        created = member.goroutine.stack.created_by
        if member.has_call(_SIDECAR) or (created is not None and _SIDECAR in created.function):
            continue
        starter, is_linked = _starter(member, starters, members)
        command, is_quick = _command(starter, member)
        found.append(ChildWait(member, starter, command, is_quick, _pid(member), is_linked))
    return found


def _starters(population: Population) -> dict[int, Member]:
    """Who shows which words in the call that starts a program: among them the address of its Cmd."""
    found: dict[int, Member] = {}
    for member in population.users:
        for frame in member.calls:
            if frame.function.endswith(_START_CALLS):
                for word in exact_words(frame):
                    found.setdefault(word, member)
    return found


def _starter(waiter: Member, starters: dict[int, Member], members: dict[int, Member]) -> tuple[Member, bool]:
    if any(each.function.endswith(_START_CALLS) for each in waiter.calls):
        return waiter, True
    wait = next((each for each in waiter.calls if each.function == _WAIT_CALLS[0]), None)
    command = first_word(wait) if wait is not None else None
    if command is not None and command in starters:
        return starters[command], True
    parent = waiter.goroutine.parent_id
    if parent is not None and parent in members and members[parent].has_call(*_START_CALLS):
        return members[parent], True
    return waiter, False


def _command(starter: Member, waiter: Member) -> tuple[str, bool]:
    frames = starter.calls + waiter.calls
    for part, words, is_quick in _COMMANDS:
        if any(part in each.function for each in frames):
            return words, is_quick
    return "a program that it started", False


def _pid(waiter: Member) -> int | None:
    frames = waiter.calls
    for number, frame in enumerate(frames):
        if frame.function in ("syscall.Syscall6", "syscall.RawSyscall6", "syscall.syscall6") and any(
            each.function in _PARKED_IN_WAIT for each in frames[number : number + 6]
        ):
            words = positional_words(frame)
            if len(words) > 2 and words[1] == _WAIT_BY_PID:
                return words[2]
        if frame.function == "syscall.wait4":
            words = positional_words(frame)
            return words[0] if words else None
    return None


class Queue(NamedTuple):
    """Requests of gopls's dispatcher: one begins when the one before lets it (jsonrpc2.AsyncHandler)."""

    served: tuple[Member, ...]
    """Those that are being handled."""
    waiting: tuple[Member, ...]

    @property
    def length(self) -> int:
        return sum(len(each.ids) for each in self.waiting)

    @property
    def minutes(self) -> int:
        """The longest wait that was printed."""
        return max((each.minutes for each in self.waiting), default=0)


def find_queue(population: Population) -> Queue:
    """The requests that gopls had taken from the editor and not answered."""
    served, waiting = [], []
    for member in population.users:
        # Wrappers of it can be inlined around it, so it is the last call that is not the runtime's.
        if not member.calls or ".AsyncHandler." not in member.calls[-1].function:
            continue
        if len(member.calls) > 1:
            served.append(member)
        elif member.state == "chan receive":
            waiting.append(member)
    return Queue(tuple(served), tuple(waiting))


def served_method(member: Member) -> str:
    """`server.(*server).Initialized`: the method of gopls that handles the request; "" if the stack does not tell."""
    calls = member.calls
    for number, frame in enumerate(calls):
        if number and frame.function.endswith(_DISPATCHERS):
            return method_name(calls[number - 1].function)
    return ""


def what_for(member: Member) -> str:
    """The call that says best what a goroutine is about: the request, or its outermost own call."""
    method = served_method(member)
    if method:
        return method
    for frame in reversed(member.calls):
        name = frame.function
        if not _is_wrapper(frame, name):
            return method_name(name)
    return method_name(member.calls[-1].function) if member.calls else ""


def _is_wrapper(frame: Frame, name: str) -> bool:
    if name.startswith(_HELPER_CALLS) or name.endswith("-fm") or frame.file == "<autogenerated>":
        return True
    return ".gowrap" in name or ".deferwrap" in name
