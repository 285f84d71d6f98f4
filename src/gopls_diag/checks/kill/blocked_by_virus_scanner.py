"""A virus scanner blocks gopls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise, run
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"contains a virus or potentially unwanted software")
_REMEDIES = (
    advise("Exclude the bin folder of GOPATH in the scanner, and restore the file"),
    run("go", "install", "golang.org/x/tools/gopls@latest", title="Install gopls again"),
)


@check(
    "K07",
    Severity.ERROR,
    why="The scanner takes the program away or ends it, so gopls cannot start.",
    explains=("X01", "X14", "X16", "R14", "R21", "H01"),
)
def blocked_by_virus_scanner(sayings: Sayings, kernel: KernelLog | Unknown) -> Iterator[Finding]:
    """A virus scanner blocks gopls or go.

    What it means: Windows says that the operation did not complete because the file contains a virus or potentially
        unwanted software. Fresh Go programs that nobody else has are a usual false alarm.
    Why it matters: The file is quarantined: gopls is gone, or go cannot build.
    How to fix: Exclude the folder that go installs to (go env GOPATH, then \\bin) in the scanner, restore the file,
        and install gopls again.
    When to ignore: Never without a look: compare the file with one that you built yourself.
    Source: golang/vscode-go#2578, #2705, #3133, #3426; golang/go#43121.
    """
    for event in kernel.of(KillKind.ANTIVIRUS) if isinstance(kernel, KernelLog) else ():
        program = event.process.lower().removesuffix(".exe")
        if event.is_gopls or program in ("go", "dlv"):
            threat = f" for {event.reason}" if event.reason else ""
            yield Finding(
                f"A virus scanner took {event.process} away{threat}",
                evidence=(Evidence(event.source, event.text, event.line),),
                remedies=_REMEDIES,
            )
            return
    for heard in sayings.matching(PATTERN):
        yield Finding(
            "A virus scanner blocks a program of Go",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=_REMEDIES,
            confidence=Confidence.LIKELY,
        )
        break
    sayings.need(Channel.GO, Channel.LOG, Channel.STDERR, Channel.CLIENT)
