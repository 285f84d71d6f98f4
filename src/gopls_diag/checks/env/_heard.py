"""Quoting what was said."""

from __future__ import annotations

from gopls_diag.model.finding import Evidence
from gopls_diag.model.saying import Heard


def quote(heard: Heard) -> Evidence:
    """The line that matched, and where it was heard."""
    return Evidence(heard.saying.source, heard.words, heard.saying.line)
