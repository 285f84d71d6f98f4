"""What all crashes of gopls have in common: where to look in the dump, and what to do."""

from __future__ import annotations

import re

from gopls_diag.model.finding import Evidence, Remedy, advise, run
from gopls_diag.model.gopls import GOPLS_PACKAGE
from gopls_diag.model.saying import Heard

FRAME_PATTERN = re.compile(r"^(golang\.org/x/tools/[^\s(]{1,300}(?:\([^\s()]{1,100}\)[^\s(]{0,200})?)\(", re.MULTILINE)


def crash_evidence(heard: Heard) -> tuple[Evidence, ...]:
    """The line that tells of the crash and, behind it, the first function of gopls's own: the place as a rule."""
    found = FRAME_PATTERN.search(heard.saying.text, heard.match.start())
    line = Evidence(heard.saying.source, heard.words, heard.line)
    return (line, Evidence(heard.saying.source, found[1])) if found else (line,)


def crash_remedies() -> tuple[Remedy, ...]:
    """What repairs a defect of gopls: a newer one, or its maintainers."""
    return (
        run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls"),
        advise(
            "Search gopls's issues for the functions of the stack", link="https://github.com/golang/go/labels/gopls"
        ),
    )
