"""S13: tracing is left on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import Flag, is_refused, with_flag, written_flags
from gopls_diag.checks.settings._written import asked, need_editors, quoted, removal, shown
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsFlags
from gopls_diag.model.outcome import Unknown

COSTS = {
    "rpc.trace": "every message between editor and gopls is written out, on each key press",
    "v": "gopls writes more",
    "vv": "gopls writes much more",
    "verbose": "gopls writes more",
    "veryverbose": "gopls writes much more",
    "profile.cpu": "gopls measures itself all the time",
    "profile.trace": "gopls records every switch of goroutines, megabytes a second",
    "profile.block": "gopls measures each wait",
}


@check(
    "S13", Severity.INFO, why="It costs time on each key press and fills the log, so that what matters is hard to find."
)
def tracing_left_on(
    editors: Editors, commands: GoplsCommands | Unknown, flags: GoplsFlags | Unknown
) -> Iterator[Finding]:
    """Tracing of gopls is left on.

    What it means: A flag or setting that is meant for hunting a fault is on all the time.
    Why it matters: Each message is formatted and written, often many kilobytes for one completion; logs grow by
        megabytes an hour, and with v0.56 of the Go extension and older without bound.
    How to fix: Take it out when the hunt is over.
    When to ignore: While you are hunting.
    Source: golang/tools gopls/internal/cmd/serve.go (-rpc.trace), internal/settings (verboseOutput); seen
        with the Go extension 0.56.0 (one log of 12 MB, not turned over) and 0.57.2 (turned over at 5 MB).
    """
    need_editors(editors)
    for editor in editors.all:
        arguments = () if is_refused(editor, commands, flags) else editor.language_server_flags
        for flag in written_flags(arguments):
            if flag.name in COSTS and flag.value != "false":
                yield _flag(editor, flag)
        for setting in editor.gopls_settings.values():
            if setting.short == "verboseOutput" and setting.value is True:
                said = "gopls writes each step of its work into the log: verboseOutput is on"
                yield Finding(said, (quoted(setting),), (asked(removal(setting)),))
        trace = editor.settings.get("go.trace.server")
        if trace and trace.value in ("messages", "verbose"):
            said = f"The editor writes each message from and to gopls into a log: go.trace.server is {trace.value}"
            yield Finding(said, (quoted(trace),), (asked(removal(trace)),))
        debug = editor.tools_environment.get("GODEBUG")
        if debug and isinstance(debug.value, str) and "gctrace=1" in debug.value:
            said = "Each garbage collection of gopls and go is written to the log: GODEBUG has gctrace=1"
            yield Finding(said, (quoted(debug),), (asked(removal(debug)),))


def _flag(editor: EditorSetup, flag: Flag) -> Finding:
    setting, name = flag.setting, flag.name
    # What was taken for the value of a switch is an argument of its own; a profile's file goes with its flag.
    own = flag if name.startswith("profile.") else replace(flag, value=None)
    return Finding(
        f"-{name} is left on in {editor.label}: {COSTS[name]}",
        (Evidence(setting.file, f"{setting.key}: {shown(setting.value)}", setting.line),),
        (asked(with_flag(editor, own)),),
    )
