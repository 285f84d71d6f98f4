"""Claims that one command makes: the command itself, its flags, and the environment it is given."""

from __future__ import annotations

import re
from typing import NamedTuple

from gopls_diag.model.claim import ClaimKind
from gopls_diag.parse.advice import names
from gopls_diag.parse.advice.claim_list import ClaimList
from gopls_diag.parse.advice.shell_words import Word, shell_words, simple_commands

ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,60})=")
_FLAG = re.compile(r"--?[A-Za-z][A-Za-z0-9_.-]*")
_SUBCOMMAND = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_PROGRAM_PATH = re.compile(r"(?:.*[/\\])?([A-Za-z][A-Za-z-]*?)(?:\.exe)?(?:@v?[0-9][0-9.]*)?")
_DEPTH = 3
_LONGEST_WORDS = 400
_SHELLS = frozenset({"sh", "bash", "zsh", "su", "ssh", "fish", "dash", "eval", "watch", "cmd", "powershell", "pwsh"})


class _Called(NamedTuple):
    """A program where it is called: its name and where the name stands."""

    program: str
    column: int


def called_program(word: Word) -> _Called | None:
    """The program that a command's first word names: `gopls` of `$(which gopls)` and of `~/go/bin/gopls`."""
    text = word.text.rstrip(")'\"")
    if text.startswith("$(") and " " in text:
        text = text[: len(text)]
        start = text.rfind(" ") + 1
        text_start = start
    else:
        text_start = 0
    found = _PROGRAM_PATH.fullmatch(text[text_start : text_start + 300].lstrip("'\""))
    if found is None:
        return None
    dropped = len(text[text_start : text_start + 300]) - len(found[0])
    return _Called(found[1], word.column + text_start + dropped + found.start(1))


def read_command(words: list[Word], claims: ClaimList, *, is_strict: bool = True, place: str = "command-line") -> bool:
    """Add the claims of a command line's words, strict where it surely is one; whether it was a command of ours."""
    is_ours = False
    for command in simple_commands(iter(words[:_LONGEST_WORDS])):
        is_ours |= _read_simple(command, claims, is_strict=is_strict, place=place, depth=0)
    return is_ours


def _read_simple(words: list[Word], claims: ClaimList, *, is_strict: bool, place: str, depth: int) -> bool:
    assigned: list[tuple[Word, re.Match[str]]] = []
    at = 0
    while at < len(words):
        word = words[at]
        assignment = ASSIGNMENT.match(word.text)
        if assignment and not word.is_quoted:
            assigned.append((word, assignment))
        elif word.text == "alias" and at + 1 < len(words):
            return _read_alias(words[at + 1], claims, is_strict=is_strict, place=place, depth=depth)
        elif word.text not in names.WRAPPERS and not (at and word.text.startswith("-")):
            break
        at += 1
    called = called_program(words[at]) if at < len(words) else None
    if called is None:
        return False
    rest = words[at + 1 :]
    if called.program in _SHELLS and depth < _DEPTH:
        return _read_inner(rest, claims, is_strict=is_strict, place=place, depth=depth)
    if called.program in {"gopls", "go", "dlv"}:
        for word, assignment in assigned:
            claims.add(
                assignment[1],
                ClaimKind.ENVIRONMENT,
                word.line,
                word.column,
                program=called.program,
                value=word.text[assignment.end() :].strip("\"'"),
                place=place,
            )
    return _read_called(called, words[at], rest, claims, is_strict=is_strict, place=place)


def _read_called(
    called: _Called, word: Word, rest: list[Word], claims: ClaimList, *, is_strict: bool, place: str
) -> bool:
    program = called.program
    if program in {"gopls", "go", "dlv"}:
        _ToolCommand(program, called.column, word.line, claims, is_strict, place).read(rest)
        return True
    if program in names.EDITOR_PROGRAMS:
        if not claims.is_about_go:
            return False
        _flags_alone(rest, claims, "code", "", place)
        return True
    if program == "open" and any(each.text == "--args" for each in rest):
        if claims.is_about_go and any("code" in each.text.lower() for each in rest):
            start = next(index for index, each in enumerate(rest) if each.text == "--args")
            _flags_alone(rest[start + 1 :], claims, "code", "", place)
        return True
    if program in names.MACHINE_PROGRAMS and claims.is_about_go:
        _machine_command(called, word, rest, claims, place)
        return True
    if program in names.OTHER_MACHINE_PROGRAMS and _names_ours(rest):
        _machine_command(called, word, rest, claims, place)
        if program == "docker":
            _docker_memory(rest, claims, place)
        return True
    return False


def _names_ours(words: list[Word]) -> bool:
    return any(name in word.text for word in words for name in names.INSTALLED_NAMES)


def _docker_memory(words: list[Word], claims: ClaimList, place: str) -> None:
    for word in words:
        found = re.match(r"(--memory(?:-[a-z]+)*)(?:=|$)", word.text)
        if found:
            value = word.text[found.end() :]
            claims.add(found[1], ClaimKind.FLAG, word.line, word.column, program="docker", value=value, place=place)


def _read_alias(word: Word, claims: ClaimList, *, is_strict: bool, place: str, depth: int) -> bool:
    found = ASSIGNMENT.match(word.text)
    if not found or depth >= _DEPTH:
        return False
    inner = Word(word.text[found.end() :].strip("'\""), word.line, word.column + found.end())
    shift = len(word.text[found.end() :]) - len(word.text[found.end() :].lstrip("'\""))
    return _read_text(inner._replace(column=inner.column + shift), claims, is_strict, place, depth + 1)


def _read_inner(words: list[Word], claims: ClaimList, *, is_strict: bool, place: str, depth: int) -> bool:
    """What a shell is given to run, as one quoted word."""
    read = [_read_text(each, claims, is_strict, place, depth + 1) for each in words if " " in each.text]
    return any(read)


def _read_text(word: Word, claims: ClaimList, is_strict: bool, place: str, depth: int) -> bool:
    is_ours = False
    words = [each._replace(column=each.column + word.column) for each in shell_words(word.text[:10_000], word.line)]
    for command in simple_commands(iter(words)):
        is_ours |= _read_simple(command, claims, is_strict=is_strict, place=place, depth=depth)
    return is_ours


def _machine_command(called: _Called, word: Word, rest: list[Word], claims: ClaimList, place: str) -> None:
    """`ulimit -v 4194304`: the program with its first flag or word is the command, what is left its value."""
    text = called.program
    arguments = [each.text for each in rest]
    first = rest[0] if rest else None
    takes_first = called.program in {"ulimit", "prlimit", "launchctl", "xcode-select", "brew", "apt", "systemctl"}
    if first and (takes_first or first.text.startswith("-")) and first.line == word.line:
        head = re.match(r"[A-Za-z-]+", first.text)
        joined = f"{text} {head[0]}" if head else text
        line = claims.plain_lines[word.line - 1]
        if head and line.startswith(joined, called.column):
            text = joined
            left = first.text[head.end() :].lstrip("=")
            arguments = ([left] if left else []) + arguments[1:]
    claims.add(
        text,
        ClaimKind.COMMAND,
        word.line,
        called.column,
        program="shell",
        value=" ".join(arguments),
        subcommand=text[len(called.program) :].strip(),
        place=place,
        arguments=tuple(arguments),
    )


def _flags_alone(words: list[Word], claims: ClaimList, program: str, subcommand: str, place: str) -> None:
    for index, word in enumerate(words):
        found = _FLAG.match(word.text)
        if not found:
            continue
        rest = word.text[found.end() :]
        if rest and not rest.startswith("="):
            continue
        value = rest[1:].strip("\"'")
        if not rest and found[0] in {"--install-extension", "--uninstall-extension", "--disable-extension"}:
            value = words[index + 1].text if index + 1 < len(words) else ""
        add_flag(claims, word, found[0], program=program, subcommand=subcommand, value=value, place=place)


def add_flag(
    claims: ClaimList, word: Word, text: str, *, program: str, subcommand: str = "", value: str = "", place: str
) -> None:
    """Add a flag where the word stands."""
    claims.add(
        text,
        ClaimKind.FLAG,
        word.line,
        word.column,
        program=program,
        subcommand=subcommand,
        value=value,
        place=place,
    )


class _ToolCommand:
    """A command of gopls, go or dlv: flags, subcommands and what they are given."""

    def __init__(self, program: str, column: int, line: int, claims: ClaimList, is_strict: bool, place: str) -> None:
        self.program = program
        self.column = column
        self.line = line
        self.claims = claims
        self.is_strict = is_strict
        self.place = place
        self.subcommand: list[Word] = []
        self.arguments: list[str] = []

    def read(self, words: list[Word]) -> None:
        at = 0
        while at < len(words):
            word = words[at]
            text = word.text
            if text == "--" or text in {"\\", "^"}:
                break
            found = _FLAG.match(text)
            if found and (found.end() == len(text) or text[found.end()] == "="):
                at = self._flag(words, at, found)
            elif self._is_subcommand(word):
                self.subcommand.append(word)
            else:
                self.arguments.append(text)
                if self._ends_flags():
                    break
            at += 1
        self.arguments += [each.text for each in words[at + 1 :] if each.text not in {"\\", "^"}]
        self._command()

    def _name(self) -> str:
        return " ".join(each.text for each in self.subcommand)

    def _ends_flags(self) -> bool:
        # What comes after the program of `go run` and `dlv exec` is that program's.
        name = self._name()
        return (self.program == "go" and name.split(" ")[0] in {"run", "tool"}) or not (name or self.is_strict)

    def _is_subcommand(self, word: Word) -> bool:
        text = word.text
        if self.arguments or word.is_quoted or not _SUBCOMMAND.fullmatch(text):
            return False
        known = {"gopls": names.GOPLS_SUBCOMMANDS, "go": names.GO_SUBCOMMANDS, "dlv": names.DLV_SUBCOMMANDS}
        if not self.subcommand:
            return text in known[self.program] or self.is_strict
        if self.program == "go" and len(self.subcommand) == 1:
            first = self.subcommand[0].text
            if first in {"mod", "work", "tool"}:
                return True
            if first == "help":
                return text in names.GO_SUBCOMMANDS
            return first not in names.GO_SUBCOMMANDS and self.is_strict
        return self.program == "gopls" and self.subcommand[0].text == "remote" and len(self.subcommand) == 1

    def _flag(self, words: list[Word], at: int, found: re.Match[str]) -> int:
        word = words[at]
        name = found[0].lstrip("-")
        rest = word.text[found.end() :]
        value = rest[1:].strip("\"'")
        if not rest and at + 1 < len(words) and self._takes_next(name, words[at + 1].text):
            value = words[at + 1].text
            at += 1
        add_flag(
            self.claims,
            word,
            found[0],
            program=self.program,
            subcommand=self._name(),
            value=value,
            place=self.place,
        )
        return at

    def _takes_next(self, name: str, following: str) -> bool:
        if name in names.BOOLEAN_FLAGS[self.program] or not following or following.startswith("-"):
            return False
        if following in {"\\", "^"}:
            return False
        if self.program == "dlv":
            return name in names.VALUED_DLV_FLAGS
        if self.program == "gopls":
            return bool(self.subcommand) or following not in names.GOPLS_SUBCOMMANDS
        return following not in {".", "./..."} and "@" not in following

    def _command(self) -> None:
        if not self.subcommand:
            return
        name = self._name()
        text = f"{self.program} {name}"
        first = self.subcommand[0]
        line, column = self.line, self.column
        if not self.claims.plain_lines[line - 1].startswith(text, column):
            text, line, column = first.text, first.line, first.column
        self.claims.add(
            text,
            ClaimKind.COMMAND,
            line,
            column,
            program=self.program,
            value=" ".join(self.arguments),
            subcommand=name,
            place=self.place,
            arguments=tuple(self.arguments),
        )
