"""E13: gopls says that Go is too old for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Remedy, Severity, advise, run
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"(Found Go version|Gopls was built with Go version) 1\.(\d{1,3}), which is not supported by this version of gopls"
    r"(?:[^\n]{0,200} install gopls (v[\d.]{3,12}\d))?"
)


@check(
    "E13",
    Severity.WARNING,
    why="gopls was never tried with that Go: parts of the workspace may not load.",
    explains=("X10",),
)
def go_refused_by_gopls(sayings: Sayings) -> Iterator[Finding]:
    """gopls says that Go is too old for it.

    What it means: gopls compares the go command that it runs, and the Go that built it, with the oldest that it
        supports. One of them is older.
    Why it matters: gopls goes on, but what it asks of an old go command may fail.
    How to fix: Install a newer Go and build gopls with it, or install the gopls that the message names.
    When to ignore: When everything works and Go has to stay old.
    Source: golang/tools gopls/internal/util/goversion/goversion.go; seen with gopls v0.23.0 and go1.18.
    """
    for heard in sayings.matching(PATTERN):
        minor, fitting = heard.match[2], heard.match[3]
        what = "the go command is" if heard.match[1].startswith("Found") else "gopls was built with"
        remedies: list[Remedy] = [advise("Install a newer Go and build gopls with it", link="https://go.dev/dl/")]
        if fitting:
            install = f"golang.org/x/tools/gopls@{fitting}"
            remedies.append(run("go", "install", install, title="Or install the gopls that fits this Go"))
        yield Finding(
            f"gopls does not support this Go: {what} Go 1.{minor}", evidence=(quote(heard),), remedies=tuple(remedies)
        )
    sayings.need(Channel.SHOW, Channel.LOG)
