"""W27: an older gopls found no module in the folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"gopls was not able to find modules in your workspace|gopls requires a module at the root of your workspace"
)


@check("W27", Severity.ERROR, why="gopls knows no package of the folder: no completion from other files, false errors.")
def modules_not_found(sayings: Sayings) -> Iterator[Finding]:
    """An older gopls found no module in the opened folder.

    What it means: gopls before v0.15 needed a go.mod, or a go.work, in the opened folder itself; it did not look for
    modules below it. The sentence is gone since then.
    Why it matters: Without a module gopls loads no package.
    How to fix: Upgrade gopls, which finds the module of each open file by itself. Else open the folder that holds
    go.mod, or list the modules in a go.work.
    When to ignore: When the folder has no Go code of your own.
    Source: golang/tools commits 7beb506c8 (gopls v0.6), fff6d6d39 (v0.9.2), 782573673 (gone in v0.15.0);
    golang/go#53882.
    """
    heard = next(sayings.matching(PATTERN), None)
    if heard:
        yield Finding(
            "gopls found no module in the opened folder, and this gopls is too old to look below it",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(
                run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls: since v0.15 it finds modules"),
                advise("Or open the folder that holds go.mod"),
            ),
        )
    sayings.need(Channel.SHOW, Channel.LOG, Channel.DIAGNOSTIC, Channel.STDERR)
