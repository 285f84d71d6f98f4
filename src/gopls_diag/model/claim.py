"""Claims of a text about gopls, go, the Go extension and delve, and what is true of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClaimKind(StrEnum):
    """What a name in a text claims to be."""

    FLAG = "flag"
    SETTING = "setting"
    ENVIRONMENT = "environment"
    COMMAND = "command"
    PATH = "path"


class Truth(StrEnum):
    """What a claim is worth.

    real: it exists in what is installed here and does what such a thing does. elsewhere: it is real, but for another
    program, place or version than the text says or than is installed. retired: it was real once. never-existed: no
    release ever had it. harmful: it is real, and following the text does damage.
    """

    REAL = "real"
    ELSEWHERE = "elsewhere"
    RETIRED = "retired"
    NEVER_EXISTED = "never-existed"
    HARMFUL = "harmful"


@dataclass(frozen=True, slots=True)
class Claim:
    """One name in a text, with what the text says around it."""

    text: str
    """As written, as short as names it: `-memory-profile`, `go.goplsArgs`, `GOPLS_MODE`, `ulimit -v`, `gopls bug`."""
    kind: ClaimKind
    line: int
    """From 1."""
    column: int = 1
    """In characters, from 1."""
    program: str = ""
    """Whose it claims to be: gopls, go, vscode-go, dlv, code, shell, editor; empty where the text does not say."""
    value: str = ""
    """What the text gives it: `off`, `4194304`, `["-rpc.trace"]`; empty when nothing."""
    subcommand: str = ""
    """For a flag of a command with subcommands: `serve`, `mod tidy`, `attach`."""
    place: str = ""
    """Where it stands: `gopls` (inside that object of a settings file), `go.languageServerFlags`, `go.toolsEnvVars`,
    `settings` (top level of a settings file), `command-line`, `prose`."""
    words: str = ""
    """The line that holds it as it is written, cut to 200 characters, for quoting."""
    arguments: tuple[str, ...] = ()
    """Of a command: its words after the subcommand that are neither flags nor their values."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim and what is true of it."""

    claim: Claim
    truth: Truth
    why: str
    """One sentence without a full stop."""
    instead: str | None = None
    """What to use, or None."""
    source: str = ""
    """What proves it: `gopls help serve (v0.23.0)`, `package.json of golang.go 0.57.2`, `golang/tools 3df69b827`."""
    is_noted: bool = False
    """True for something real of which the reader should know more than that: `why` says it."""
