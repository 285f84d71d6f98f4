"""The editor's client gave gopls up after several crashes in three minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"The (\S{1,60}) server crashed (\d{1,4}) times in the last 3 minutes")


@check(
    "X12",
    Severity.ERROR,
    why="gopls is not started again in that window.",
)
def crashes_counted_by_editor(sayings: Sayings) -> Iterator[Finding]:
    """The editor's client gave gopls up after several crashes in three minutes.

    What it means: These are the words of the stock client of VS Code's library. The Go extension has not used it for
    gopls since v0.15 (June 2020): it is a much older extension, or another editor or plugin that uses that client.
    Why it matters: gopls stays away until it is restarted by hand or the window is loaded anew, and the reason of
    the crashes is still there.
    How to fix: Find the reason of the crashes; update the extension.
    When to ignore: When the log is old.
    Source: microsoft/vscode-languageserver-node client/src/common/client.ts; golang/vscode-go commit 2d1aed13.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"The editor gave {heard.match[1]} up after {heard.match[2]} crashes within three minutes",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Look for the reason of the crashes above these words, and update the extension"),),
        )
    sayings.need(Channel.CLIENT, Channel.SHOW)
