"""Reports of `crash` that tests render: from real logs of the corpus, and one that does all it can to be misread."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gopls_diag.engines.crash import Finished, LogInput, read_logs
from gopls_diag.model.crash_report import CrashReport, SkippedInput
from gopls_diag.model.declaration import Declaration
from gopls_diag.parse.go_crash.dump_choice import DumpChoice
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus"
_PIECE_BYTES = 4096


def log(path: str) -> LogInput:
    """A log of the corpus, under the name of its file."""
    content = (CORPUS / path).read_bytes()
    return LogInput(Path(path).name, _pieces(content), len(content))


def text_log(text: str, name: str = "gopls.log") -> LogInput:
    """A log of these words."""
    content = text.encode("utf-8", "surrogatepass")
    return LogInput(name, _pieces(content), len(content))


def _pieces(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), _PIECE_BYTES):
        yield content[at : at + _PIECE_BYTES]


def read(
    *inputs: LogInput,
    choice: DumpChoice | None = None,
    skipped: Sequence[SkippedInput] = (),
    checks: Sequence[Declaration] | None = None,
) -> CrashReport:
    """What these logs come to."""
    *_, last = read_logs(_each(inputs), choice=choice, skipped=skipped, checks=checks)
    assert isinstance(last, Finished)
    return last.report


def _each(inputs: Iterable[LogInput]) -> Iterator[LogInput]:
    yield from inputs


HOSTILE_NAME = "<script>alert(1)</script>\"'&amp;</style><!--]]>"
HOSTILE = f"""\
panic: </script><script>alert(1)</script> \x1b[2J \u202e
\tsecond line {HOSTILE_NAME}

goroutine 1 [running]:
main.{HOSTILE_NAME}.func1(0x1)
\t/home/gopher/{HOSTILE_NAME}/main.go:5 +0x1d
main.main()
\t/home/gopher/src/main.go:9 +0x1d

goroutine 2 [<b onmouseover=alert(1)>, 3 minutes]:
main.two()
\t/home/gopher/src/javascript:alert(1).go:5 +0x1d
exit status 2
"""


REFUSED = """\
gopls: listen tcp 127.0.0.1:47911: bind: address already in use
[Info  - 6:27:27 PM] Connection to server got closed. Server will restart.
[Error - 6:27:27 PM] Server process exited with code 2.
"""


def incident_of(kind: str, exit_code: int | None = None, signal: str | None = None) -> str:
    """An incident.json of a session that ended so."""
    named = {"id": "20261122T182700.000Z-4711", "started": "2026-11-22T18:27:00Z"}
    started = named | {"launcher_pid": 4711, "gopls_pid": 4712, "parent_pid": 800, "gopls": "/home/gopher/go/bin/gopls"}
    ended = {"ended": "2026-11-22T18:27:01Z", "elapsed_seconds": 1.0, "exit_code": exit_code, "signal": signal}
    whole = {
        "schema": "gopls-diag/incident/1",
        "id": named["id"],
        "kind": kind,
        "start": started,
        "end": ended | {"signals": [], "failure": ""},
    }
    return json.dumps(whole, indent=1)


def dump_of(buckets: int) -> str:
    """A dump of so many goroutines, no two alike."""
    blocks = [
        f"goroutine {at} [chan receive, {at % 90} minutes]:\nmain.wait{at}(0xc00001)\n\t/src/m/main.go:{at} +0x1d\n"
        for at in range(1, buckets + 1)
    ]
    return "SIGQUIT: quit\nPC=0x47d5c3 m=0 sigcode=0\n\n" + "\n".join(blocks)


def samples() -> dict[str, CrashReport]:
    """By name: one of each kind that people meet."""
    return {
        "panic": read(log("crashes/010-rename-redeclared-type-nil.log")),
        "unreported": read(log("crashes/011-applyedit-null-reply-nil.log")),
        "hang": read(log("waiting/go-list-hangs-gopls-0.16.1.log")),
        "dump": read(log("crashes/048-sigquit-idle-v016.log")),
        "race": read(log("runtime/go1.26/race-map.txt")),
        "nested": read(log("runtime/go1.26/repanic-wrap.txt")),
        "killed": read(log("neovim/killed.log")),
        "memory": read(log("kernel/dmesg-memory-cgroup.txt"), log("gctrace/gopls-memory-limit-300-mib.log")),
        "environment": read(log("captures/nogo.txt")),
        "several": read(
            log("crashes/017-localpackagekey-go122-nil.log"),
            log("crashes/018-localpackagekey-go122-sanitized.log"),
            log("neovim/killed.log"),
            log("vscode/server-0.57.2.log"),
            skipped=(SkippedInput("logs/core", "a core dump (open it with dlv core)"), SkippedInput("logs", "x", 3)),
        ),
        "refused": read(text_log(REFUSED * 3)),
        "refused-once": read(
            text_log(incident_of("exit", 2), "inc/incident.json"), text_log(REFUSED.splitlines()[0], "inc/stderr.log")
        ),
        "unread": read(text_log(incident_of("killed", signal="SIGPIPE"), "inc/incident.json")),
        "quiet": read(text_log("hello\nworld\n")),
        "empty": read(text_log("")),
        "hostile": read(text_log(HOSTILE, "<i>.log")),
    }
