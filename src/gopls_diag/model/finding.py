"""What a check says: findings, the evidence that proves them, the remedies that repair them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is for somebody who wants completion to work.

    error: gopls does not start, does not load the workspace, or is being killed.
    warning: something that was asked for has no effect, or gopls is likely to fail or to cost much more than it must.
    info: worth knowing, nothing to repair now. Never counts for the exit code.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting ascending puts errors first."""
        return (Severity.ERROR, Severity.WARNING, Severity.INFO).index(self)


class Confidence(StrEnum):
    """How well the evidence proves the finding.

    certain: the evidence is the fault itself. likely: other causes are rare. possible: worth a look.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE).index(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that prove a finding, and where they were read."""

    source: str
    """A command line as a person would type it, or a path."""
    text: str
    """The words themselves, as short as still proves it."""
    line: int | None = None
    """Line in the file named by source, counted from 1."""


class RemedyKind(StrEnum):
    """What a remedy is made of."""

    SETTING = "setting"
    COMMAND = "command"
    FILE = "file"
    LINK = "link"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class SettingEdit:
    """One change to one key of one settings file."""

    file: str
    """Path of the settings file; one that does not exist yet is made."""
    key: str
    """The key as it stands in the file; nested keys are joined with a slash: `gopls/build.directoryFilters`."""
    value: Any = None
    """The JSON value to set; ignored when `action` is remove, the new last segment when it is rename, the whole new
    key when it is move."""
    action: str = "set"
    """set, remove, rename, or move (to another object of the same file; value and comments go along)."""


class Reach(StrEnum):
    """What applying a remedy touches, and so who may let it be applied.

    none: it is words, or a command to copy; fix shows it and does nothing. settings, go-env: undone byte for byte, so
    `--yes` is enough when the remedy is safe. project: files of the user's project, cache: folders that gopls makes
    again; each is confirmed by itself.
    """

    NONE = "none"
    SETTINGS = "settings"
    GO_ENV = "go-env"
    PROJECT = "project"
    CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to repair a finding, as data: shown by presenters, applied only by the fix engine."""

    title: str
    """What to do, in the imperative, in a few words."""
    kind: RemedyKind
    safe: bool = False
    """True if it can be undone and can neither lose work nor change what the program builds."""
    edits: tuple[SettingEdit, ...] = ()
    """Applied together or not at all, in this order; all in settings files."""
    command: tuple[str, ...] = ()
    """The argument list to run; empty when there is no command."""
    folder: str = ""
    """Where the command must run; empty where that does not matter."""
    reach: Reach = Reach.NONE
    link: str | None = None
    """A page to read."""

    @property
    def setting(self) -> SettingEdit | None:
        """The first of the edits."""
        return self.edits[0] if self.edits else None


_GO_ENV_CHANGES = ("-u", "-w")


def run(*command: str, title: str, safe: bool = False) -> Remedy:
    """A remedy that is a command to copy; `go env -u` and `-w` are also what fix can do and undo."""
    words = command[2:] if command[:1] == ("env",) else command
    is_go_env = words[:2] == ("go", "env") and words[2:3] != () and words[2] in _GO_ENV_CHANGES
    reach = Reach.GO_ENV if is_go_env else Reach.NONE
    return Remedy(title=title, kind=RemedyKind.COMMAND, safe=safe, command=command, reach=reach)


def run_in_project(*command: str, folder: str, title: str) -> Remedy:
    """A remedy that is a command which changes files of the user's project, in the folder where it must run."""
    return Remedy(title, RemedyKind.COMMAND, command=command, folder=folder, reach=Reach.PROJECT)


def delete_cache(path: str, *, title: str) -> Remedy:
    """A remedy that deletes a folder of gopls's cache, which gopls makes again; the command is for the reader."""
    command = () if "\\" in path else ("rm", "-r", path)
    return Remedy(title, RemedyKind.FILE, command=command, folder=path, reach=Reach.CACHE)


def change_settings(*edits: SettingEdit, title: str) -> Remedy:
    """A remedy of several changes that only make sense together."""
    return Remedy(title, RemedyKind.SETTING, safe=True, edits=edits, reach=Reach.SETTINGS)


def set_setting(file: str, key: str, value: Any, *, title: str) -> Remedy:
    """A remedy that gives a key of a settings file another value."""
    return change_settings(SettingEdit(file, key, value), title=title)


def remove_setting(file: str, key: str, *, title: str) -> Remedy:
    """A remedy that takes a key out of a settings file."""
    return change_settings(SettingEdit(file, key, None, "remove"), title=title)


def rename_setting(file: str, key: str, new_key: str, *, title: str) -> Remedy:
    """A remedy that renames a key of a settings file and keeps its value."""
    return change_settings(SettingEdit(file, key, new_key, "rename"), title=title)


def advise(title: str, *, link: str | None = None) -> Remedy:
    """A remedy in words, where neither a command nor a setting does it."""
    return Remedy(title, RemedyKind.LINK if link else RemedyKind.ADVICE, link=link)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in its own words; the engine adds which check it was.

    The summary is one sentence without a full stop that a person in a hurry can act on: what is wrong, with its name.
    """

    summary: str
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    why: str | None = None
    """What it does to the reader; None takes the check's own sentence."""
    severity: Severity | None = None
    """None takes the check's own severity."""
    confidence: Confidence = Confidence.CERTAIN
    because_of: str | None = None
    """The code of the cause, when the check itself saw that this is only its consequence (`"E04"`)."""
