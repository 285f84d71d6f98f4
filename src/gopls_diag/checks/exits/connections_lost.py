"""An editor window has lost gopls some times, though not yet for good."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.editor_log import GIVE_UP_AFTER, EditorLogs, ServerState
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run

_MANY = 3
"""From here on two more losses end it."""


@check(
    "X04",
    Severity.WARNING,
    why="At the fifth loss the editor does not start gopls again, and says nothing.",
)
def connections_lost(logs: EditorLogs) -> Iterator[Finding]:
    """An editor window has lost gopls some times, though not yet for good.

    What it means: The log of that window holds lost connections: gopls ended, and the Go extension started it anew.
    The extension suppresses the message and leaves an empty line (and, with older clients, a line `true`). They are
    counted until the server is restarted by hand; there is no window of time.
    Why it matters: Each loss means that the workspace is loaded anew. After the fifth gopls stays away (H09).
    How to fix: Look at how gopls ended, in the log and in the findings of crashes and kills. `Go: Restart Language
    Server` resets the count.
    When to ignore: When it was one loss and it did not come again.
    Source: golang/vscode-go extension/src/language/goLanguageServer.ts (closed, stopLanguageClient), commit 6f77bbd0;
    seen with the Go extension 0.56.0 and 0.57.2.
    """
    for window in logs.windows:
        count = window.log.lost_in_a_row
        if not window.is_open or not 0 < count < GIVE_UP_AFTER or window.log.state is ServerState.GIVEN_UP:
            continue
        last = window.log.lost[-1]
        where = f" {window.window}" if window.window else ""
        times = "once" if count == 1 else f"{count} times"
        yield Finding(
            f"{window.label}{where} has lost gopls {times}"
            + (f", the last time by {last.ending}" if last.ending else ""),
            evidence=(Evidence(window.path, f"{last.clock} {last.text}".strip() or "an empty message", last.line),),
            remedies=(
                run("gopls-diag", "crash", window.path, title="See what the log says about how it ended"),
                advise("Run `Go: Restart Language Server` in VS Code, which resets the count"),
            ),
            severity=None if count >= _MANY else Severity.INFO,
        )
