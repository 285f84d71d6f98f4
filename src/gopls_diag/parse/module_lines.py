"""The lines that go.mod and go.work are made of: words, blocks, comments; their shared grammar.

The grammar is that of golang.org/x/mod/modfile (read.go, rule.go). Strings and comments end with their line, so the
text is read line by line, and a line that cannot be read costs only itself: the go command stops at the first one, we
go on and say both what was understood and what was not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gopls_diag.model.module_file import ModuleFileProblem, Replacement, Statement

_BLANK = " \t\r"
_PUNCTUATION = "()[]{},"
_WORD_PATTERN = re.compile(r"[^\s()\[\]{},]+")
_STRING_PATTERN = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_GO_VERSION_PATTERN = re.compile(r"^([1-9][0-9]*)\.(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))?([a-z]+[0-9]+)?$")
_TOOLCHAIN_PATTERN = re.compile(r"^(default$|go1$|go1\.)")
_MAJOR_PATTERN = re.compile(r"^(v\d+)\.")
_PATH_MAJOR_PATTERN = re.compile(r"/(v(?:[2-9]|[1-9][0-9]+))$")
_DRIVE_PATTERN = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """One directive: a line of its own, or a line in a block."""

    verb: str
    words: tuple[str, ...]
    """The words after the verb; quoted strings still in their quotes."""
    number: int
    comments: tuple[str, ...] = ()
    """Texts of the comment lines above it and of the comment behind it, without the slashes."""
    suffix: str = ""
    """The comment behind it alone."""


class RefusedError(Exception):
    """A directive that the go command refuses; the message says why, in its words."""


@dataclass(slots=True)
class ModuleLineReader:
    """Reads the text; `problems` grows while `lines()` is consumed."""

    text: str
    blocks: frozenset[str]
    """Verbs that may open a block."""
    problems: list[ModuleFileProblem] = field(default_factory=list)
    _above: list[str] = field(default_factory=list)
    _verb: str | None = None
    _block_line: int = 0
    _block_comments: tuple[str, ...] = ()
    _is_block_known: bool = True

    def lines(self) -> Iterator[ModuleLine]:
        """Every directive that could be read, in order."""
        number = 0
        for number, raw in enumerate(self.text.split("\n"), start=1):
            try:
                words, comment = _split(raw)
            except RefusedError as reason:
                self.problems.append(ModuleFileProblem(number, str(reason)))
                continue
            if not words:
                self._comment_line(comment)
                continue
            found = (
                self._in_block(words, comment, number) if self._verb is not None else self._top(words, comment, number)
            )
            if found is not None:
                yield found
        if self._verb is not None:
            self.problems.append(
                ModuleFileProblem(self._block_line, f"syntax error (unterminated block: {self._verb})")
            )

    def _comment_line(self, comment: str | None) -> None:
        if comment is not None:
            self._above.append(comment)
        elif self._verb is None:
            self._above.clear()
        elif self._above:
            self._above.append("")

    def _take_comments(self, comment: str | None) -> tuple[str, ...]:
        taken = tuple(each for each in self._above if each or self._verb is None)
        self._above.clear()
        return taken if comment is None else (*taken, comment)

    def _top(self, words: list[str], comment: str | None, number: int) -> ModuleLine | None:
        if words[0] in _PUNCTUATION:
            self._above.clear()
            self.problems.append(ModuleFileProblem(number, f"unknown directive: {words[0]}"))
            return None
        if len(words) > 1 and words[-1] == "(":
            self._open(words[:-1], number)
            return None
        if len(words) > 2 and words[-2:] == ["(", ")"]:
            self._open(words[:-2], number)
            self._verb = None
            return None
        return ModuleLine(words[0], tuple(words[1:]), number, self._take_comments(comment), comment or "")

    def _open(self, words: list[str], number: int) -> None:
        self._block_comments = self._take_comments(None)
        self._verb, self._block_line = words[0], number
        self._is_block_known = len(words) == 1 and words[0] in self.blocks
        if not self._is_block_known:
            self.problems.append(ModuleFileProblem(number, f"unknown block type: {' '.join(words)}"))

    def _in_block(self, words: list[str], comment: str | None, number: int) -> ModuleLine | None:
        if words[0] == ")":
            self._verb = None
            self._above.clear()
            if len(words) > 1:
                self.problems.append(ModuleFileProblem(number, "syntax error (expected newline after closing paren)"))
            return None
        comments = self._take_comments(comment) or self._block_comments
        if not self._is_block_known:
            return None
        return ModuleLine(self._verb or "", tuple(words), number, comments, comment or "")


def _split(raw: str) -> tuple[list[str], str | None]:
    """The words of one line, and its comment if it has one."""
    words: list[str] = []
    at = 0
    while at < len(raw):
        character = raw[at]
        if character in _BLANK:
            at += 1
        elif raw.startswith("//", at):
            return words, raw[at + 2 :].strip()
        elif raw.startswith("/*", at):
            raise RefusedError("mod files must use // comments (not /* */ comments)")
        elif character in _PUNCTUATION:
            words.append(character)
            at += 1
        else:
            word = _string(raw, at) if character in '"`' else _word(raw, at)
            words.append(word)
            at += len(word)
    return words, None


def _string(raw: str, at: int) -> str:
    found = _STRING_PATTERN.match(raw, at)
    if found is None:
        raise RefusedError("unexpected newline in string")
    return found[0]


def _word(raw: str, at: int) -> str:
    found = _WORD_PATTERN.match(raw, at)
    word = found[0] if found else raw[at]
    for end in (word.find("//"), word.find("/*")):
        if end > 0:
            word = word[:end]
    strange = next((each for each in word if not each.isprintable() or each.isspace()), None)
    if strange is not None:
        raise RefusedError(f"unexpected input character {json.dumps(strange)}")
    return word


def unquoted(word: str) -> str:
    """The string that a word stands for; RefusedError when its quotes are wrong."""
    if word.startswith('"'):
        try:
            value = json.loads(word, strict=False)
        except ValueError:
            value = None
        # Go's escapes and JSON's differ in \x, \a, \v and octal, which no module path or folder was seen to use.
        if not isinstance(value, str):
            raise RefusedError("invalid quoted string: invalid syntax")
        return value
    if any(each in word for each in "\"'`"):
        raise RefusedError("invalid quoted string: unquoted string cannot contain quote")
    return word


def one_word(line: ModuleLine) -> Statement:
    """The only argument of a directive, unquoted."""
    if len(line.words) != 1:
        usage = {"module": "usage: module module/path", "use": "usage: use local/dir"}
        raise RefusedError(usage.get(line.verb, f"{line.verb} directive expects exactly one argument"))
    return Statement(unquoted(line.words[0]), line.number)


def go_version(line: ModuleLine) -> Statement:
    """The version of a `go` line."""
    if len(line.words) != 1:
        raise RefusedError("go directive expects exactly one argument")
    if not _GO_VERSION_PATTERN.match(line.words[0]):
        raise RefusedError(f"invalid go version '{line.words[0]}': must match format 1.23.0")
    return Statement(line.words[0], line.number)


def toolchain(line: ModuleLine) -> Statement:
    """The name of a `toolchain` line."""
    if len(line.words) != 1:
        raise RefusedError("toolchain directive expects exactly one argument")
    if not _TOOLCHAIN_PATTERN.match(line.words[0]):
        raise RefusedError(f"invalid toolchain version '{line.words[0]}': must match format go1.23.0 or default")
    return Statement(line.words[0], line.number)


def godebug(line: ModuleLine) -> Statement:
    """The `name=value` of a `godebug` line."""
    if len(line.words) != 1 or "=" not in line.words[0] or any(each in line.words[0] for each in "\"`',"):
        raise RefusedError("usage: godebug key=value")
    return Statement(line.words[0], line.number)


def replacement(line: ModuleLine) -> Replacement:
    """A `replace` line."""
    words = line.words
    arrow = 1 if len(words) >= 2 and words[1] == "=>" else 2
    if not arrow + 2 <= len(words) <= arrow + 3 or words[arrow] != "=>":
        raise RefusedError(
            "usage: replace module/path [v1.2.3] => other/module v1.4 or module/path [v1.2.3] => ../local/directory"
        )
    old_version = unquoted(words[1]) if arrow == 2 else ""
    new_path = unquoted(words[arrow + 1])
    new_version = unquoted(words[arrow + 2]) if len(words) == arrow + 3 else ""
    if new_version and is_folder_path(new_path):
        raise RefusedError(f'replacement module directory path "{new_path}" cannot have version')
    if not new_version and not is_folder_path(new_path):
        if "@" in new_path:
            raise RefusedError("replacement module must match format 'path version', not 'path@version'")
        raise RefusedError(
            "replacement module without version must be directory path (rooted or starting with . or ..)"
        )
    old_path = unquoted(words[0])
    check_major("replace", old_path, old_version)
    return Replacement(old_path, old_version, new_path, new_version, line.number)


def is_folder_path(path: str) -> bool:
    """True if go.mod takes the path for a folder on this machine, by the path rules of any system."""
    if path in (".", "..") or path.startswith(("./", ".\\", "../", "..\\", "/", "\\")):
        return True
    return _DRIVE_PATTERN.match(path) is not None


def check_major(verb: str, path: str, version: str) -> None:
    """Refuse a version whose major number is not that of the path (golang.org/x/mod/module: CheckPathMajor)."""
    major = _MAJOR_PATTERN.match(version)
    if major is None or version.endswith("+incompatible"):
        return
    if path.startswith("gopkg.in/"):
        wanted = path.removesuffix("-unstable").rpartition(".")[2]
        if wanted == major[1] or (wanted == "v1" and version.startswith("v0.0.0-")):
            return
    else:
        suffix = _PATH_MAJOR_PATTERN.search(path)
        wanted = suffix[1] if suffix else "v0 or v1"
        if major[1] in wanted.split(" or "):
            return
    raise RefusedError(f'{verb} {path}: version "{version}" invalid: should be {wanted}, not {major[1]}')


def once(line: ModuleLine, earlier: Statement | None, read: Callable[[ModuleLine], Statement]) -> Statement:
    """The statement of a directive that may stand only once."""
    if earlier is not None:
        raise RefusedError(f"repeated {line.verb} statement")
    return read(line)
