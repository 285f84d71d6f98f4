"""Incidents for tests of presenters: a climb to the limit, a flat kill, a bad flag, stuck requests, a day, nothing."""

from __future__ import annotations

import math
from dataclasses import replace

from gopls_diag.model.amount import GIB, MIB
from gopls_diag.model.incident import Incident, KeptFile, KnownLimit, MemorySeen, RequestCount
from gopls_diag.model.recorded_session import (
    EventKind,
    InFlight,
    Look,
    RecordedEvent,
    Sample,
    SessionEnd,
    SessionStart,
    Source,
    Trouble,
    TroubleKind,
)

_LIMIT = 2 * GIB
DUMP = """goroutine 18 [chan receive, 3 minutes]:
golang.org/x/tools/gopls/internal/cache.(*Session).wait(0xc0001)
\t/src/x/tools/gopls/internal/cache/session.go:120 +0x1f
golang.org/x/tools/gopls/internal/server.(*server).Hover(0xc0002)
\t/src/x/tools/gopls/internal/server/hover.go:33 +0x2a

goroutine 1 [select, 4 minutes]:
golang.org/x/tools/internal/jsonrpc2.(*conn).run(0xc0003)
\t/src/x/tools/internal/jsonrpc2/conn.go:211 +0x11
main.main()
\t/src/x/tools/gopls/main.go:34 +0xad
"""


def _session(seconds: float, end: SessionEnd | None, samples: tuple[Sample, ...], kind: str) -> Incident:
    identity = "20261123T061500.123Z-4711"
    start = SessionStart(
        id=identity,
        started="2026-11-23T06:15:00.123Z",
        launcher_pid=4711,
        gopls_pid=4712,
        parent_pid=4000,
        gopls="/home/dev/go/bin/gopls",
        arguments=("-otel=http://127.0.0.1:40773", "-mode=stdio"),
        folder="/home/dev/shop",
    )
    last = samples[-1] if samples else None
    seen = None
    if last is not None:
        seen = MemorySeen(
            last.at_seconds,
            len(samples),
            last.resident_bytes,
            last.children_resident_bytes,
            last.group_bytes,
            last.group_limit_bytes,
            last.available_bytes,
            max(each.resident_bytes or 0 for each in samples),
        )
    return Incident(
        id=identity,
        kind=kind,
        start=start,
        end=end,
        version="0.5.0",
        editor="VS Code",
        gopls_version="v0.24.0",
        go_version="go1.27.3",
        limits=(KnownLimit("control group", _LIMIT, "/user.slice/dev"), KnownLimit("machine", 32 * GIB)),
        samples=samples,
        memory=seen,
        events=(RecordedEvent(seconds, EventKind.END, "gopls"),),
        sources=(Source("process", "on"), Source("otel", "failed", "nothing was heard")),
        files=(
            KeptFile("timeline.tsv", 40_000, "memory"),
            KeptFile("looks/002-heap.pb.gz", 9_000, "heap profile", True),
        ),
    )


def _end(seconds: float, code: int | None, signal: str | None) -> SessionEnd:
    return SessionEnd("2026-11-23T06:24:12.500Z", seconds, code, signal, max_resident_bytes=3 * GIB)


def _report(code: str, summary: str) -> dict[str, object]:
    finding = {
        "code": code,
        "check": "exit/sample",
        "severity": "error",
        "confidence": "certain",
        "summary": summary,
        "why": "The kernel ended it, since its control group had no memory left.",
        "explained_by": None,
        "evidence": [{"source": "incident.json", "text": "memory was 1.98 GiB of 2 GiB", "line": 182}],
        "remedies": [
            {"title": "Give it more", "command": ["systemctl", "set-property", "x", "MemoryMax=4G"], "link": ""}
        ],
    }
    return {"verdict": {"code": code, "check": "exit/sample", "summary": summary}, "findings": [finding]}


def climb(count: int = 276) -> Incident:
    """Memory climbs to the limit of the control group; a request waits as it dies."""
    rows = []
    for number in range(count):
        size = int((0.2 + 1.75 * (number / count) ** 2) * GIB)
        group = min(size + 40 * MIB, _LIMIT)
        rows.append(
            Sample(number * 2.0, size, size - 20 * MIB, 1.0, 20, 30, 1, 90 * MIB, group, _LIMIT, 0, 1.0, 9 * GIB)
        )
    seconds = count * 2.0
    events = [
        RecordedEvent(at * 3.0, EventKind.REQUEST, "textDocument/completion", 0.2 if at % 9 else 4.0, "")
        for at in range(1, int(seconds // 3))
    ]
    events += [RecordedEvent(at * 20.0, EventKind.COLLECTION, "gc", 0.02, "287->161 MB") for at in range(1, 20)]
    events += [
        RecordedEvent(at * 60.0, EventKind.CHILD, "go list -e ./...", 12.0, "exit status 0") for at in range(1, 8)
    ]
    incident = _session(seconds, _end(seconds, None, "SIGKILL"), tuple(rows), "killed")
    return replace(
        incident,
        kills_before=0,
        kills_after=1,
        events=tuple(sorted(events, key=lambda each: each.at_seconds)),
        in_flight=(InFlight("textDocument/completion", 1, 3.2, "counts of started and completed requests (-otel)"),),
        requests=(RequestCount("textDocument/completion", 183, 2, 0.2, 4.0, 4.1),),
        troubles=(
            Trouble(TroubleKind.MEMORY, seconds * 0.92, None, "memory was 1.74 GiB, 87 % of the limit of 2 GiB"),
        ),
        report=_report("X31", "gopls was killed: its control group reached the limit of 2 GiB"),  # type: ignore[arg-type]
    )


def flat(count: int = 60) -> Incident:
    """Killed from outside, with nothing wrong; no check knows why."""
    rows = tuple(Sample(n * 2.0, 300 * MIB + (n % 3) * MIB, available_bytes=9 * GIB) for n in range(count))
    return _session(count * 2.0, _end(count * 2.0, None, "SIGKILL"), rows, "killed")


def bad_flag() -> Incident:
    """Ended before anybody could look."""
    return _session(0.13, _end(0.13, 2, None), (), "exit")


def stuck() -> Incident:
    """A request without an answer, looked at three times."""
    rows = tuple(Sample(n * 2.0, (500 + n) * MIB) for n in range(150))
    why = "textDocument/hover has had no answer for 15 s"
    looks = tuple(Look(200.0 + n, "goroutines", f"looks/{n + 1:03d}-goroutines.txt", 90_000, why) for n in range(3))
    incident = _session(300.0, _end(300.0, 143, None), rows, "stopped")
    return replace(
        incident,
        looks=looks,
        troubles=(Trouble(TroubleKind.STUCK, 195.0, None, why),),
        in_flight=(InFlight("textDocument/hover", 2, 110.0, "counts of started and completed requests (-otel)"),),
    )


def long_day(count: int = 40_000) -> Incident:
    """24 hours, with one sample that stands far above all others."""
    step = 86_400 / count
    sizes = [int((0.6 + 0.2 * math.sin(n / 900)) * GIB) for n in range(count)]
    sizes[count // 3] = int(1.9 * GIB)
    rows = tuple(Sample(n * step, sizes[n], group_bytes=sizes[n] + MIB, group_limit_bytes=_LIMIT) for n in range(count))
    events = tuple(
        RecordedEvent(
            n * 4.0, EventKind.REQUEST, "textDocument/hover", 0.1 + (n % 700) / 100, "failed: x" * (n % 4001 == 0)
        )
        for n in range(1, 21_000)
    )
    return replace(_session(86_400, _end(86_400, 2, None), rows, "panic"), events=events)
