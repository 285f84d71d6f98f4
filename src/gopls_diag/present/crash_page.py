"""One self-contained page of what logs say."""

from __future__ import annotations

from gopls_diag.model.crash_report import CrashReport


def render(report: CrashReport, version: str) -> str:
    """The page."""
    return f"<!doctype html><meta charset=utf-8><title>gopls-diag {version}</title><p>{len(report.crashes)}"
