"""Words that several formats share, so that one thing has one name in all of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from gopls_diag.model.declaration import Declaration
from gopls_diag.model.finding import Reach, Severity
from gopls_diag.model.outcome import Clean, Crashed, Found, NotApplicable, Unknown
from gopls_diag.model.report import CheckOutcome, Report, SubjectLine

_STEERING_PATTERN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(words: str) -> str:
    """The words with all that would steer a terminal or turn the direction of the text shown as a picture or an escape.

    What files and programs say reaches the reader's terminal; an escape sequence in it could clear the screen.
    """
    return _STEERING_PATTERN.sub(_picture, words.replace("\r\n", "\n"))


def _picture(found: re.Match[str]) -> str:
    point = ord(found[0])
    return chr(0x2400 + point) if point < 0x20 else "\u2421" if point == 0x7F else f"\\u{point:04x}"


def printable_report(report: Report) -> Report:
    """The report with every string in it printable; declarations are our own words."""
    cleaned = _printable(report)
    assert isinstance(cleaned, Report)
    return cleaned


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(_printable(each) for each in value)
    if is_dataclass(value) and not isinstance(value, type | Declaration):
        return replace(value, **{each.name: _printable(getattr(value, each.name)) for each in fields(value)})
    return value


def versions(subject: SubjectLine) -> tuple[str, str]:
    """gopls and go, or that they were not found."""
    return f"gopls {subject.gopls}" if subject.gopls else "no gopls found", subject.go or "no go found"


def tilde(text: str, home: str) -> str:
    """A path with the home folder as `~`."""
    if home and (text == home or text.startswith((home + "/", home + "\\"))):
        return "~" + text[len(home) :]
    return text


@dataclass(frozen=True, slots=True)
class Places:
    """How paths are shortened for people: what lies in the folder that is examined is told from there."""

    folder: str
    home: str

    def short(self, path: str) -> str:
        """The path from the folder, else from home as `~`, else as it is."""
        if self.folder and path.startswith((self.folder + "/", self.folder + "\\")):
            return path[len(self.folder) + 1 :]
        return tilde(path, self.home)


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
    unheard = sum(isinstance(each.outcome, Unknown) and each.outcome.is_unheard for each in report.outcomes)
    if unheard:
        parts.append(f"{unheard} need {'--log' if report.probe else '--probe or --log'}")
    if counted[Unknown] > unheard:
        parts.append(f"{counted[Unknown] - unheard} could not tell{more}")
    if counted[Crashed]:
        parts.append(f"{counted[Crashed]} failed in gopls-diag itself{more}")
    line = f"{looked} {'check' if looked == 1 else 'checks'}: {', '.join(parts)}"
    if counted[NotApplicable]:
        line += f"; {counted[NotApplicable]} more {'does' if counted[NotApplicable] == 1 else 'do'} not apply here"
    return line if report.verdict else f"{nothing_found(report)}. {line}"


def repairable_codes(report: Report) -> list[str]:
    """Codes of the causes of which fix can repair something, worst first; what is only worth knowing is not counted."""
    causes = [each for each in report.findings if each.explained_by is None and each.severity is not Severity.INFO]
    return list(dict.fromkeys(each.code for each in causes if any(r.reach is not Reach.NONE for r in each.remedies)))


def nothing_found(report: Report) -> str:
    """What it means that there is no verdict; never "all well" when little could be learnt."""
    judged = sum(isinstance(each.outcome, Clean | Found) for each in report.outcomes)
    blind = sum(
        isinstance(each.outcome, Crashed) or (isinstance(each.outcome, Unknown) and not each.outcome.is_unheard)
        for each in report.outcomes
    )
    if judged + blind == 0:
        return "Nothing was examined"
    return "Nothing wrong was found" if judged >= blind else "Nothing was found, but most checks could not tell"


def not_told(outcomes: tuple[CheckOutcome, ...]) -> Iterator[str]:
    """A line for each check that did not simply look and judge."""
    for done in outcomes:
        name = f"{done.declaration.code} {done.declaration.id}"
        match done.outcome:
            case Unknown(reason=reason):
                yield f"{name}: could not tell: {reason}"
            case Crashed(reason):
                yield f"{name}: failed: {reason}"
            case NotApplicable(reason):
                yield f"{name}: does not apply: {reason}"
            case Found(_, reason) if reason:
                yield f"{name}: could not look at everything: {reason}"
            case Clean() | Found():
                pass
