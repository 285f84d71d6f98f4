"""Words that several formats share, so that one thing has one name in all of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from gopls_diag.model.outcome import Clean, Crashed, Found, NotApplicable, Unknown
from gopls_diag.model.report import CheckOutcome, Report, SubjectLine


def versions(subject: SubjectLine) -> tuple[str, str]:
    """gopls and go, or that they were not found."""
    return f"gopls {subject.gopls}" if subject.gopls else "no gopls found", subject.go or "no go found"


def tilde(text: str, home: str) -> str:
    """A path with the home folder as `~`."""
    if home and (text == home or text.startswith((home + "/", home + "\\"))):
        return "~" + text[len(home) :]
    return text


def command_line(command: tuple[str, ...]) -> str:
    """A command as a person would type it into a shell."""
    return " ".join(part if part.startswith("~") else shlex.quote(part) for part in command)


def tally(report: Report, *, more: str = "") -> str:
    """How the checks ended, in numbers; `more` says where the reader finds what could not be told."""
    counted = dict.fromkeys((Clean, Found, Unknown, Crashed, NotApplicable), 0)
    for done in report.outcomes:
        counted[type(done.outcome)] += 1
    looked = len(report.outcomes) - counted[NotApplicable]
    parts = [f"{counted[Clean]} fine", f"{counted[Found]} found"]
    if counted[Unknown]:
        parts.append(f"{counted[Unknown]} could not tell{more}")
    if counted[Crashed]:
        parts.append(f"{counted[Crashed]} failed in gopls-diag itself{more}")
    line = f"{looked} checks: {', '.join(parts)}"
    if report.verdict:
        return line
    if counted[Unknown] + counted[Crashed] > counted[Clean]:
        return f"Nothing was found, but most checks could not tell. {line}"
    return f"Nothing wrong was found. {line}"


def not_told(outcomes: tuple[CheckOutcome, ...]) -> Iterator[str]:
    """A line for each check that did not simply look and judge."""
    for done in outcomes:
        name = f"{done.declaration.code} {done.declaration.id}"
        match done.outcome:
            case Unknown(reason):
                yield f"{name}: could not tell: {reason}"
            case Crashed(reason):
                yield f"{name}: failed: {reason}"
            case NotApplicable(reason):
                yield f"{name}: does not apply: {reason}"
            case Found(_, reason) if reason:
                yield f"{name}: could not look at everything: {reason}"
            case Clean() | Found():
                pass
