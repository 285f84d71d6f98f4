"""Words about crashes that screen, page and issue share: short names, frames that matter, ends that are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.crash_report import CrashReport, SkippedInput
from gopls_diag.model.finding import Evidence
from gopls_diag.model.go_stack import Bucket, Frame, Stack
from gopls_diag.model.report import ReportedFinding
from gopls_diag.parse.go_crash.frame_role import FrameRole, frame_role
from gopls_diag.parse.go_crash.function_name import function_name

KIND_WORDS = {
    EndKind.PANIC: "panic",
    EndKind.FATAL: "fatal error",
    EndKind.SIGNAL: "ended by a signal",
    EndKind.OOM: "out of memory",
    EndKind.KILLED: "killed from outside",
    EndKind.EXIT: "exit",
    EndKind.HANG: "hang",
    EndKind.RACE: "data race",
    EndKind.DUMP: "dump of goroutines",
}
_WORST_FIRST = (
    EndKind.OOM,
    EndKind.FATAL,
    EndKind.PANIC,
    EndKind.SIGNAL,
    EndKind.KILLED,
    EndKind.HANG,
    EndKind.RACE,
    EndKind.EXIT,
    EndKind.DUMP,
)
_PANIC_FUNCTIONS = ("panic", "runtime.gopanic", "runtime.sigpanic", "runtime.throw", "runtime.fatal")
_TOOLS = "golang.org/x/tools/"
_CARRIERS = (
    f"{_TOOLS}internal/jsonrpc2",
    f"{_TOOLS}gopls/internal/lsprpc",
    f"{_TOOLS}gopls/internal/protocol.",
    f"{_TOOLS}internal/lsp/protocol.",
    f"{_TOOLS}internal/lsp/lsprpc",
)
"""Packages through which every request comes; they tell nothing of one."""
_HANDLERS = (
    f"{_TOOLS}gopls/internal/server.(*server).",
    f"{_TOOLS}gopls/internal/lsp.(*Server).",
    f"{_TOOLS}internal/lsp.(*Server).",
)
"""Methods that are named like the requests that they answer, in the order of the releases that had them there."""
_SHOWN_FRAMES = 3
_ELSEWHERE_SHOWN = 3


@dataclass(frozen=True, slots=True)
class SameEnds:
    """Ends that are one and the same, told once."""

    first: Crash
    """The one of them that tells most."""
    all: tuple[Crash, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """Of the program, as far as paths prove them."""
        return tuple(sorted({each.program_version for each in self.all if each.program_version}))

    @property
    def places(self) -> str:
        """`server.log lines 12, 44 and 91`, at most a few."""
        by_source: dict[str, list[int]] = {}
        for each in self.all:
            by_source.setdefault(each.source, []).append(each.line)
        parts = [f"{source_name(source)} {_lines(lines)}" for source, lines in list(by_source.items())[:3]]
        more = len(by_source) - len(parts)
        return "; ".join(parts) + (f" and {plural(more, 'more file')}" if more > 0 else "")


def _lines(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]:,}"
    shown = [f"{each:,}" for each in lines[:5]]
    more = [f"{len(lines) - 5} more"] if len(lines) > 5 else []
    *front, last = shown + more
    return f"lines {', '.join(front)} and {last}"


def ends_of(report: CrashReport) -> tuple[SameEnds, ...]:
    """The ends of a report, each kind of them once; the one that proves the verdict comes first."""
    ends = same_ends(report.crashes)
    if report.verdict is None:
        return ends
    proof = report.verdict.evidence
    return tuple(sorted(ends, key=lambda end: not any(is_within(each, end) for each in proof)))


def skipped_words(skipped: SkippedInput) -> str:
    """`12 files of logs/: no log by its name`."""
    of = f"{skipped.count:,} files of " if skipped.count > 1 else ""
    return f"{of}{source_name(skipped.source)}: {skipped.reason}"


def same_ends(crashes: Iterable[Crash]) -> tuple[SameEnds, ...]:
    """The ends, each kind of them once: gopls's before others', the worst first."""
    groups: dict[tuple[str, ...], list[Crash]] = {}
    for each in crashes:
        groups.setdefault(_identity(each), []).append(each)
    found = [SameEnds(max(group, key=_telling), tuple(group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda each: (_rank(each.first), -len(each.all))))


def _identity(crash: Crash) -> tuple[str, ...]:
    if crash.signature:
        return (crash.program, crash.signature)
    if crash.kind in (EndKind.DUMP, EndKind.HANG):
        return (crash.source, str(crash.line))
    return (crash.program, crash.kind.value, crash.message)


def _telling(crash: Crash) -> tuple[bool, bool, bool]:
    return crash.crashing is not None, bool(crash.program_version), not crash.is_truncated


def _rank(crash: Crash) -> tuple[bool, bool, int]:
    is_foreign = crash.program not in ("gopls", "", "go")
    return crash.kind is EndKind.DUMP, is_foreign, _WORST_FIRST.index(crash.kind)


def source_name(source: str) -> str:
    """How people are told of an input."""
    return "standard input" if source == "-" else source


def with_short_names(report: CrashReport) -> CrashReport:
    """The report with files called by as much of their paths as tells them apart; `inputs` keep theirs."""
    short = short_names([each.source for each in report.inputs])
    findings = tuple(_with_short_evidence(each, short) for each in report.findings)
    at = next((at for at, each in enumerate(report.findings) if each is report.verdict), None)
    return replace(
        report,
        crashes=tuple(replace(each, source=short.get(each.source, each.source)) for each in report.crashes),
        findings=findings,
        verdict=report.verdict if at is None else findings[at],
    )


def _with_short_evidence(finding: ReportedFinding, short: dict[str, str]) -> ReportedFinding:
    evidence = tuple(replace(each, source=short.get(each.source, each.source)) for each in finding.evidence)
    return replace(finding, finding=replace(finding.finding, evidence=evidence))


def short_names(sources: Sequence[str]) -> dict[str, str]:
    """Each path by as many of its last names as tell it from the others."""
    parts = {each: each.replace("\\", "/").split("/") for each in dict.fromkeys(sources)}
    short: dict[str, str] = {}
    for source, own in parts.items():
        depth = 1
        while depth < len(own) and sum(own[-depth:] == each[-depth:] for each in parts.values()) > 1:
            depth += 1
        short[source] = "/".join(own[-depth:]) or source
    return short


def is_within(evidence: Evidence, ends: SameEnds) -> bool:
    """True if the words stand among those of these crashes, so that who shows them need not show the words."""
    return any(
        evidence.source == each.source
        and (evidence.line is None or each.line <= evidence.line <= (each.last_line or each.line))
        for each in ends.all
    )


def headline(crash: Crash) -> str:
    """What happened, where no check has words for it."""
    who = f"{program(crash)} " if crash.program else "a Go program "
    if crash.kind is EndKind.HANG:
        why = f": {crash.explanations[0].summary}" if crash.explanations else ""
        return f"{who}hangs{why}"
    if crash.kind is EndKind.DUMP:
        return f"The goroutines of {who.strip()}, which somebody asked for; nothing has crashed"
    return f"{who}ended: {crash.message}"


def is_worth_reporting(crash: Crash) -> bool:
    """True for a defect of gopls that no release is known to have repaired."""
    is_defect = crash.kind in (EndKind.PANIC, EndKind.FATAL, EndKind.RACE)
    return is_defect and crash.is_gopls and bool(crash.signature) and not crash.known


def nothing_found(report: CrashReport) -> str:
    """What it means that the logs tell of no end and no fault."""
    if not report.inputs:
        return "Nothing was read"
    if all(not each.bytes for each in report.inputs):
        return "There is nothing in it. A program that is killed from outside prints nothing: see the kernel's log"
    return "Nothing was found: no crash, no kill and no fault that is known"


def telling_buckets(crash: Crash) -> tuple[Bucket, ...]:
    """The buckets, those first of which an explanation speaks, then in their own order."""
    named = [each for explanation in crash.explanations for each in explanation.goroutines[:8]]
    if not named:
        return crash.buckets
    rank = {each: at for at, each in reversed(list(enumerate(named)))}
    last = len(named)
    return tuple(sorted(crash.buckets, key=lambda each: min((rank.get(one, last) for one in each.ids), default=last)))


def purpose(stack: Stack) -> str:
    """What a goroutine is there for: `gocommand.runCmdContext, for Initialized`, `main.wait, called by main.serve`."""
    frame = speaking_frame(stack)
    if frame is None:
        return "no stack"
    name, request = short_function(frame.function), request_served(stack)
    if request:
        return name if request in name else f"{name}, for {request}"
    below = stack.frames[stack.frames.index(frame) + 1 :] if frame in stack.frames else ()
    caller = next((each for each in below if role(each) is FrameRole.OWNER and not is_carrier(each)), None)
    if caller is None or caller.function.startswith(frame.function):
        return name
    return f"{name}, called by {short_function(caller.function)}"


def short_function(name: str) -> str:
    """`golang.(*renamer).checkStructField` of a name with its whole path."""
    head, bracket, rest = name.partition("[")
    return head.rpartition("/")[2] + bracket + rest if head else name


def short_file(file: str) -> str:
    """The file with as many folders as tell it: from the module's or GOROOT's on, else its last two names."""
    path = file.replace("\\", "/")
    if "/pkg/mod/" in path:
        return _without_host(path.partition("/pkg/mod/")[2])
    for mark in ("/src/tools/", "/x/tools/"):
        if mark in path:
            return path.partition(mark)[2]
    if "/go/src/" in path or "/goroot/src/" in path.lower():
        return path.rpartition("/src/")[2]
    return "/".join(path.split("/")[-2:])


def _without_host(path: str) -> str:
    """`gopls@v0.16.1/internal/…` of `golang.org/x/tools/gopls@v0.16.1/internal/…`."""
    head, at, rest = path.partition("@")
    return head.rpartition("/")[2] + at + rest if at else path


def place(frame: Frame) -> str:
    """`rename_check.go:476`; with the path for a program's own code, which its reader can open; "" where none was."""
    if not frame.file:
        return ""
    line = "" if frame.line is None else f":{frame.line}"
    if is_of_tools(frame) or not is_users(frame):
        return frame.file.replace("\\", "/").rpartition("/")[2] + line
    return frame.file + line


def is_of_tools(frame: Frame) -> bool:
    """True for code of gopls and golang.org/x/tools."""
    return frame.function.startswith(_TOOLS)


def is_users(frame: Frame) -> bool:
    """True for code that is neither the standard library's nor from the module cache."""
    path = frame.file.replace("\\", "/")
    package = function_name(frame.function).package
    is_standard = package not in ("", "main") and "." not in package.partition("/")[0] and f"/src/{package}/" in path
    return "/" in path and not is_standard and "/pkg/mod/" not in path and "/go/src/" not in path


def below_panic(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Frames below the last call of panic: what was done when it went wrong."""
    last = max((at for at, each in enumerate(frames) if each.function in _PANIC_FUNCTIONS), default=-1)
    return frames[last + 1 :]


def role(frame: Frame) -> FrameRole:
    """What a frame tells."""
    return frame_role(function_name(frame.function))


def telling_frames(stack: Stack, limit: int = _SHOWN_FRAMES) -> tuple[Frame, ...]:
    """The frames that matter: where it went wrong, then who led there; not the runtime nor what carries requests."""
    frames = [each for each in below_panic(stack.frames) if role(each) is not FrameRole.MACHINERY]
    if not frames:
        return stack.frames[:limit]
    chosen = [frames[0]]
    for each in frames[1:]:
        if len(chosen) == limit:
            break
        if role(each) is FrameRole.OWNER and not is_carrier(each) and each.function != chosen[-1].function:
            chosen.append(each)
    return tuple(chosen)


def telling_accesses(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """Of an access that raced: the two innermost frames that are not the runtime's."""
    return tuple(each for each in frames if role(each) is not FrameRole.MACHINERY)[:2] or tuple(frames[:1])


def is_carrier(frame: Frame) -> bool:
    """True for what every request comes through."""
    return frame.function.startswith(_CARRIERS)


def request_served(stack: Stack) -> str:
    """`Hover`: the request that gopls was answering, by the name of its handler; "" if the stack shows none."""
    for frame in stack.frames:
        for each in _HANDLERS:
            if frame.function.startswith(each):
                name = frame.function[len(each) :].partition(".")[0]
                if name[:1].isupper():
                    return name
    return ""


def speaking_frame(stack: Stack) -> Frame | None:
    """The one frame that says what a goroutine is there for."""
    best: Frame | None = None
    for frame in stack.frames:
        told = role(frame)
        if told is FrameRole.OWNER and not is_carrier(frame):
            return frame
        if told is not FrameRole.MACHINERY and (best is None or role(best) is FrameRole.HELPER is not told):
            best = frame
    return best or stack.created_by or (stack.frames[0] if stack.frames else None)


def waits(bucket: Bucket) -> str:
    """`3 to 12 minutes`; "" where none was printed."""
    if bucket.waited_minutes is None:
        return ""
    low, high = bucket.waited_minutes
    if low == high:
        return plural(high, "minute")
    return f"up to {plural(high, 'minute')}" if low == 0 else f"{low:,} to {plural(high, 'minute')}"


def states(bucket: Bucket) -> str:
    """`chan receive`, with what is printed beside it."""
    words = ", ".join(state for state, _ in bucket.states)
    if bucket.locked:
        words += ", locked to thread"
    return words


def plural(count: int, one: str, many: str = "") -> str:
    """`1 stack`, `1,002 goroutines`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def program(crash: Crash) -> str:
    """Who ended: `gopls v0.16.1`; `a Go program` where nothing proves which."""
    name = crash.program or "a Go program"
    return f"{name} {crash.program_version}" if crash.program_version else name


def title(crash: Crash) -> str:
    """The kind of end with who ended, to stand above what is told of it: `panic of gopls v0.16.1`."""
    who = program(crash)
    if crash.kind is EndKind.KILLED:
        return f"{who if crash.program else 'a program'}, killed from outside"
    if crash.kind is EndKind.EXIT:
        code = "" if crash.exit_code is None else f" with code {crash.exit_code}"
        return f"{who if crash.program else 'a program'}, ended{code}"
    if crash.kind in (EndKind.SIGNAL, EndKind.OOM):
        return f"{who}, {KIND_WORDS[crash.kind]}"
    return f"{KIND_WORDS[crash.kind]} of {who}"


def elsewhere(all_ends: Sequence[SameEnds], sources: int) -> str:
    """`5 ends in 3 files: 4 × panic in golang.hover (v0.16.1, v0.17.0), 1 × killed from outside`; "" for only one."""
    dumps = [each for each in all_ends if each.first.kind is EndKind.DUMP]
    ends = [each for each in all_ends if each.first.kind is not EndKind.DUMP]
    count = sum(len(each.all) for each in ends)
    if count + len(dumps) < 2:
        return ""
    parts = []
    for each in ends[:_ELSEWHERE_SHOWN]:
        words = f"{len(each.all):,} × {one_line(each)}"
        parts.append(words + (f" ({', '.join(each.versions)})" if len(each.versions) > 1 else ""))
    more = sum(len(each.all) for each in ends[_ELSEWHERE_SHOWN:])
    if more:
        parts.append(f"{more:,} more")
    counted = [plural(count, "end")] if ends else []
    counted += [plural(len(dumps), "dump that was asked for", "dumps that were asked for")] if dumps else []
    where = f" in {sources:,} files" if sources > 1 else ""
    return f"{' and '.join(counted)}{where}" + (f": {', '.join(parts)}" if parts else "")


def one_line(ends: SameEnds) -> str:
    """A kind of end in a few words: `panic in golang.hover`, `killed from outside`."""
    crash = ends.first
    words = KIND_WORDS[crash.kind]
    if crash.kind in (EndKind.PANIC, EndKind.FATAL, EndKind.RACE, EndKind.SIGNAL) and crash.crashing:
        frames = telling_frames(crash.crashing.stack, 1)
        if frames:
            return f"{words} in {short_function(frames[0].function)}"
    if crash.kind is EndKind.EXIT and crash.exit_code is not None:
        return f"exit with code {crash.exit_code}"
    return words
