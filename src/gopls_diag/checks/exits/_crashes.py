"""What all crashes of gopls have in common: which of them are one, where to look in the dump, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gopls_diag.model.crash import Crash, EndKind, KnownCrash
from gopls_diag.model.finding import Evidence, Finding, Remedy, advise, run
from gopls_diag.model.go_stack import Frame
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.parse.go_crash import origin
from gopls_diag.parse.go_crash.whose import is_anothers

_LINES_BEFORE = 5
"""Lines of the runtime that may stand in front of the message of a crash."""


def each_end(crashes: Crashes, is_meant: Callable[[Crash], bool]) -> Iterator[tuple[Crash, ...]]:
    """The ends of gopls that are meant, those of one defect together, in the order of the first of each."""
    alike: dict[tuple[EndKind, str], list[Crash]] = {}
    for crash in crashes.all:
        if is_gopls(crash) and is_meant(crash):
            alike.setdefault((crash.kind, crash.signature or crash.message), []).append(crash)
    yield from (tuple(each) for each in alike.values())


def is_gopls(crash: Crash) -> bool:
    """True if it is an end of gopls, or of a program that nothing in it tells."""
    return crash.is_gopls or not is_anothers(crash)


def who_said(crashes: Crashes | Unknown, source: str, line: int | None) -> str:
    """The program of whose crash this line is a part: `gopls` where it is of none."""
    found = crashes.all if isinstance(crashes, Crashes) else ()
    return next((subject(each) for each in found if _holds(each, source, line)), "gopls")


def _holds(crash: Crash, source: str, line: int | None) -> bool:
    begin, end = crash.line - _LINES_BEFORE, crash.last_line or crash.line
    return crash.source == source and line is not None and begin <= line <= end


def is_said_by_another(crashes: Crashes, source: str, line: int | None) -> bool:
    """True if this line belongs to a crash that is proved to be another program's."""
    return any(_holds(each, source, line) and is_anothers(each) for each in crashes.all)


def is_named(crash: Crash) -> bool:
    """True if something says that it is gopls: its stacks, or the log that it stands in."""
    return crash.is_gopls or (not crash.stream and "gopls" in crash.source.replace("\\", "/").rpartition("/")[2])


def place(crash: Crash) -> str:
    """Where it happened, in few letters: `golang.(*renamer).checkStructField`; "" if no stack tells."""
    frame = crash.origin_frame or crash.top_frame
    return short(frame.function) if frame else ""


def short(function: str) -> str:
    """A function without the folders of its package's path."""
    path, slash, name = function.partition("(")
    return path.rsplit("/", 1)[-1] + slash + name


def times(ends: tuple[Crash, ...]) -> str:
    """` (4 times)`, or nothing for one."""
    return f" ({len(ends)} times)" if len(ends) > 1 else ""


def subject(crash: Crash) -> str:
    """The program with its version, as far as the stack tells."""
    if not is_named(crash):
        return _UNNAMED
    return f"gopls {crash.program_version}" if crash.program_version and crash.is_gopls else "gopls"


_UNNAMED = "a Go program that nothing here names"
UNNAMED_WHY = (
    "Nothing here proves that it is gopls; if it is, the editor starts it anew up to four times, then no more."
)
"""What an end means of which nothing tells whose it is."""


def crash_finding(how: str, words: str, ends: tuple[Crash, ...]) -> Finding:
    """The finding about ends of one defect: `gopls v0.16.1 panicked in golang.hover: WORDS (4 times)`."""
    crash, where = ends[0], place(ends[0])
    who = subject(crash).replace(_UNNAMED, "A" + _UNNAMED[1:])
    return Finding(
        f"{who} {how}{' in ' + where if where else ''}: {words.strip()[:200]}{known_words(crash)}{times(ends)}",
        evidence=crash_evidence(ends),
        remedies=crash_remedies(crash),
        why=None if is_named(crash) else UNNAMED_WHY,
    )


def crash_evidence(ends: tuple[Crash, ...]) -> tuple[Evidence, ...]:
    """The lines that tell of each end and, behind the first, the place: where the program was when it failed."""
    first, *others = ends
    found = [Evidence(first.source, first.message[:400], first.line)]
    frame = first.origin_frame or first.top_frame
    if frame:
        found.append(Evidence(first.source, f"{frame.function} {_position(frame)}".strip()))
    return (*found, *(Evidence(each.source, each.message[:400], each.line) for each in others))


def _position(frame: Frame) -> str:
    name = frame.file.replace("\\", "/").rsplit("/", 1)[-1]
    return f"({name}:{frame.line})" if name and frame.line else ""


def crash_remedies(crash: Crash) -> tuple[Remedy, ...]:
    """What repairs a defect of gopls: the release with the fix, a newer one, or its maintainers."""
    upgrade = ("go", "install", f"{GOPLS_PACKAGE}@latest")
    fixed = _fix(crash)
    if fixed:
        return (
            run(*upgrade, title=f"Upgrade gopls: fixed in {fixed.fixed_in}"),
            advise(f"Read {fixed.issue}", link=_link(fixed)),
        )
    return (
        run(*upgrade, title="Upgrade gopls, if it is not the latest"),
        advise(
            "Search gopls's issues for the functions of the stack", link="https://github.com/golang/go/labels/gopls"
        ),
    )


def known_words(crash: Crash) -> str:
    """`: golang/go#69362, fixed in v0.18.0` when the table has it, else nothing."""
    fixed = _fix(crash)
    return f" ({fixed.issue}, fixed in {fixed.fixed_in})" if fixed else ""


def _link(entry: KnownCrash) -> str:
    repository, _, number = entry.issue.partition("#")
    return f"https://github.com/{repository}/issues/{number}"


def need_standard_error(crashes: Crashes, sayings: Sayings) -> None:
    """Raise NotHeard unless something was heard that would have told of a crash."""
    if not crashes.all:
        sayings.need(Channel.STDERR)


def is_sent(crash: Crash) -> bool:
    """True if a process sent the signal that ended it."""
    return crash.signal is not None and origin.is_sent(crash.signal)


def _fix(crash: Crash) -> KnownCrash | None:
    """The known crash that this one is, with the release that has its fix."""
    from gopls_diag.checks.known_crashes import known  # noqa: PLC0415 - checks of dumps need no table of fixes

    return next((each for each in known(crash) if each.fixed_in), None)
