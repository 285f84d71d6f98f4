"""Lines of a system that stand among others: a kernel's line in a mail, an event's text, macOS's unified log.

They carry words that nobody else writes. Each goes to the system's readers as a whole, with its date.

Forms: `log show` (default, `--style compact`, `--style syslog`), `--style ndjson` (an object a line) and `--style json`
(an array, a member a line); see log(1) of macOS.
"""

from __future__ import annotations

from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import Carrier, LineCarrier, Peeled
from gopls_diag.parse.log.escapes import json_value

MARKS = (
    "Killed process ",
    "Kill process ",
    " invoked oom-killer",
    "oom-kill:constraint",
    "oom_reaper: reaped",
    "killed as a result of limit of",
    "systemd-oomd",
    "memorystatus: ",
    "CODE SIGNING: ",
    " over RLIMIT_AS ",
    "OOMKilled",
    "Faulting ",
    "Exception code: 0x",
    "Fault offset: 0x",
    " low virtual memory condition",
    "file:_",
    ":Win32/",
    ":Win64/",
    "by the OOM killer",
    "due to memory pressure for ",
    "due to memory used (",
    "earlyoom",
)
"""Words of systems."""
MARK_ROOTS = ("oom", "OOM", "Kill", "Fault", "due to memory ", ":Win")
"""What several of them have in common: where it is missing, they are not looked for."""


_MARGIN = " \t>|#*"
"""Of mails, tables and comments."""


class SystemWords(LineCarrier):
    """Lines with one of those words."""

    name = ""
    first_characters = ""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line, from its first letter on."""
        return (Peeled(line.strip().lstrip(_MARGIN), channel=Channel.KERNEL),)


class UnifiedLogObjects(LineCarrier):
    """`log show --style ndjson`."""

    name = "macos-log"
    first_characters = "{"
    mark = '"eventMessage"'

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The message, as `--style syslog` writes it."""
        entry = json_value(line)
        if not isinstance(entry, dict):
            return None
        message, time, image = entry.get("eventMessage"), entry.get("timestamp"), entry.get("processImagePath")
        if not isinstance(message, str):
            return ()
        process = image.rsplit("/", 1)[-1] if isinstance(image, str) else "-"
        before = f"{time} " if isinstance(time, str) else ""
        channel = Channel.KERNEL if process == "kernel" else None
        lines = message.split("\n")
        if channel is None:
            return tuple(Peeled(each, process) for each in lines)
        return tuple(Peeled(f"{before}localhost {process}[0]: {each}", process, channel) for each in lines)


def system_words() -> tuple[Carrier, ...]:
    """New carriers for one log."""
    return (UnifiedLogObjects(), *(SystemWords(each) for each in MARKS))
