"""What may leave the machine in a recording: by the class of the field first, by the shape of the words second.

Classes: variables that no fact reads are left out, arguments of unrelated programs too; settings that are not about Go
and lines of shell start files that are not about limits, paths or Go are blanked. Then every string loses secrets of
known shapes, names of people and machines, and addresses. Everything keeps its length and equal words stay equal, so
that the redacted world gives the same findings: a question that a fact will ask is changed exactly like its answer.

Names of modules, packages, files and folders are kept: findings are about them. Whoever sends a recording is told so.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from gopls_diag.model.request import Request
from gopls_diag.parse.kernel_log import cut_kernel_log
from gopls_diag.parse.private_words import PrivateWords, blank, is_secret_name
from gopls_diag.parse.settings_blanking import blank_places, blank_settings
from gopls_diag.world.port import Answer, Question

Heard = tuple[tuple[Question, Answer], ...]

_VARIABLE_PATTERN = re.compile(
    r"(?i)^(?:GO[A-Z0-9]+|GOPLS[A-Z_]*|GO_[A-Z]*TOOL[A-Z]*|CGO_[A-Z_]+|PKG_CONFIG[A-Z_]*|XDG_[A-Z_]+|VSCODE_[A-Z_]+|LC_[A-Z]+"
    r"|WSL[A-Z_]*|NVIM[A-Z_]*|VIM[A-Z]*|HELIX_[A-Z]+|ZED_[A-Z_]+|CURSOR_[A-Z_]+|ELECTRON_[A-Z_]+|SNAP|SNAP_NAME|FLATPAK_ID"
    r"|CC|CXX|FC|AR|PATH|PATHEXT|HOME|HOMEDRIVE|HOMEPATH|USER|USERNAME|LOGNAME|USERPROFILE|APPDATA|LOCALAPPDATA"
    r"|PROGRAMFILES|PROGRAMDATA|SYSTEMROOT|COMSPEC|PROCESSOR_[A-Z0-9_]+|SHELL|LANG|LANGUAGE|TERM|TERM_PROGRAM"
    r"|TERM_PROGRAM_VERSION|COLORTERM|NO_COLOR|TMPDIR|TEMP|TMP|PWD|ZDOTDIR|EDITOR|VISUAL|SDKROOT|DEVELOPER_DIR"
    r"|MACOSX_DEPLOYMENT_TARGET|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|CODESPACES|REMOTE_CONTAINERS|CONTAINER|DEVCONTAINER"
    r"|KUBERNETES_SERVICE_HOST|GIT_TERMINAL_PROMPT|LD_LIBRARY_PATH|LD_PRELOAD|DYLD_[A-Z_]+|NIX_PATH|__CF_USER_TEXT_ENCODING)$"
)
"""Variables that facts read or that change what go and gopls do; all others are left out."""

_RELATED_PATTERN = re.compile(
    r"(?i)(?:^|[\\/ \"])(?:go|gopls|gopls-diag|dlv|dlv-dap|staticcheck|golangci-lint[a-z-]*|gofumpt|bazel"
    r"|gopackagesdriver|code|code-[a-z]+|code helper.*|codium|vscodium|cursor|windsurf|positron|trae|kiro|antigravity"
    r"|electron|node|nvim|vim|vi|neovide|emacs|emacsclient|hx|helix|zed|zed-editor|sublime_text|kate|lapce|goland|idea)"
    r"(?:\.exe|\.app)?$"
)
"""Programs whose arguments are kept: gopls, go, editors and what they run."""

_SHELL_FILE_PATTERN = re.compile(
    r"(?:^|[\\/])(?:\.?(?:bashrc|bash_profile|bash_login|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|tcshrc|login)"
    r"|bash\.bashrc|config\.fish|environment|profile\.d[\\/][^\\/]+|.{0,60}profile\.ps1)$"
)
_SHELL_LINE_PATTERN = re.compile(
    r"ulimit|prlimit|\bGO[A-Z0-9]+\b|GOPLS|\bPATH\b|fish_add_path|systemd-run|^\s*(?:limit|source|\.)\s"
)
_SETTINGS_FILE_PATTERN = re.compile(
    r"(?i)(?:settings|coc-settings|devcontainer|profiles|storage)\.json$|\.code-workspace$"
)
_STORAGE_FILE_PATTERN = re.compile(r"(?:^|[\\/])storage\.json$")
_HOMES_PATTERN = re.compile(r"(?i)^(?:/home|/Users|[A-Z]:\\Users)[\\/]?$")
_HOME_NAME_PATTERN = re.compile(r"(?i)^(?:/home|/Users|[A-Z]:\\Users)[\\/]([^\\/]+)")
_SECRET_FLAG_PATTERN = re.compile(r"^--?[a-z-]*$")


def redact(heard: Heard, request: Request) -> tuple[Heard, Request, dict[str, int]]:
    """The recording and its request without private parts, and how much was removed, by class."""
    redaction = _Redaction(heard, request)
    first = [redaction.pair(question, answer) for question, answer in heard]
    asked = redaction.value(_fields(request))
    # Only now every secret is known; one that was named in an environment may stand in a log without its name.
    cleaned = tuple((Question(q.kind, redaction.known(q.arguments)), redaction.known(a)) for q, a in first)
    asked = redaction.known(asked)
    logs = tuple(asked.pop("logs"))
    return (
        cleaned,
        replace(request, **asked, logs=logs),
        {kind: count for kind, count in sorted(redaction.words.removed.items()) if count},
    )


def may_keep_variable(name: str) -> bool:
    """True if the value of the environment variable may stand in a recording."""
    return bool(_VARIABLE_PATTERN.match(name)) and not is_secret_name(name)


def _fields(request: Request) -> dict[str, Any]:
    return {"folder": request.folder, "editor": request.editor, "logs": list(request.logs)}


class _Redaction:
    """One redaction: what was learnt of names and secrets, and the walk over questions and answers."""

    def __init__(self, heard: Heard, request: Request) -> None:
        self.words = PrivateWords()
        self._folders = {_plain(request.folder)} | {
            _plain(str(answer.get("path", "")))
            for question, answer in heard
            if question.kind == "file.resolve" and question.arguments.get("path") == request.folder
        }
        for question, answer in heard:
            self._learn(question, answer)

    def _learn(self, question: Question, answer: Answer) -> None:
        match question.kind:
            case "machine":
                self.words.learn_host(str(answer.get("host", "")))
                self.words.learn_user(str(answer.get("user", "")))
                self._learn_home(str(answer.get("home", "")))
            case "environment":
                self._learn_variables(answer.get("variables", {}))
            case "process":
                self._learn_variables(answer.get("environment") or {})
            case _:
                pass

    def _learn_variables(self, variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            if name.upper() in {"USER", "USERNAME", "LOGNAME"}:
                self.words.learn_user(value)
            elif name.upper() in {"HOME", "USERPROFILE"}:
                self._learn_home(value)
            elif name.upper() in {"HOSTNAME", "COMPUTERNAME", "HOST"}:
                self.words.learn_host(value)
            elif is_secret_name(name):
                self.words.learn_secret(value)

    def _learn_home(self, path: str) -> None:
        found = _HOME_NAME_PATTERN.match(path)
        if found:
            self.words.learn_user(found[1])

    def pair(self, question: Question, answer: Answer) -> tuple[Question, Answer]:
        """One question and its answer, both cleaned."""
        arguments = {name: self._argument(name, value) for name, value in question.arguments.items()}
        match question.kind:
            case "environment":
                answer = {**answer, "variables": self._variables(answer.get("variables", {}))}
            case "machine":
                answer = {**answer, **self._machine(answer)}
            case "processes":
                answer = {**answer, "processes": [self._process(row) for row in answer.get("processes", ())]}
            case "process" if answer.get("environment"):
                answer = {**answer, "environment": self._variables(answer["environment"])}
            case "file.read":
                answer = self._file(str(question.arguments.get("path", "")), answer)
            case "command" if _is_kernel_log(question.arguments.get("command")):
                text, removed = cut_kernel_log(str(answer.get("stdout", "")))
                self.words.removed["lines of the kernel's log"] += removed
                answer = {**answer, "stdout": text}
            case "file.list" if _HOMES_PATTERN.match(str(question.arguments.get("path", ""))):
                entries = [[self.words.name(name), kind] for name, kind in answer.get("entries", ())]
                answer = {**answer, "entries": entries}
            case _:
                pass
        return Question(question.kind, arguments), self.value(answer)

    def _argument(self, name: str, value: Any) -> Any:
        if name == "environment" and isinstance(value, Mapping):
            return self._changes(value)
        if name == "script" and isinstance(value, Mapping):
            return {key: self._argument(key, each) for key, each in value.items()}
        return self.value(value)

    def _changes(self, variables: Mapping[str, str | None]) -> dict[str, str | None]:
        """Changes to an environment: blanked rather than left out, because a fact will ask with the blanked setting."""
        changed: dict[str, str | None] = {}
        for name, value in variables.items():
            if value is None or may_keep_variable(name):
                changed[name] = None if value is None else self.words.clean(value)
            else:
                changed[blank(name) if is_secret_name(name) else name] = blank(value)
        return changed

    def _variables(self, variables: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in variables.items() if may_keep_variable(name)}
        self.words.removed["environment variables"] += len(variables) - len(kept)
        return kept

    def _machine(self, machine: Answer) -> Answer:
        known = {name: str(machine[name]) for name in ("user", "host") if machine.get(name)}
        return {name: self.words.name(value, name) for name, value in known.items()}

    def _process(self, row: Mapping[str, Any]) -> dict[str, Any]:
        changed = dict(row)
        command = list(row.get("command", ()))
        names = (str(row.get("name", "")), str(row.get("executable", "")).removesuffix(" (deleted)"), *command[:1])
        if not any(_RELATED_PATTERN.search(each) for each in names) and len(command) > 1:
            self.words.removed["arguments of other programs"] += len(command) - 1
            changed["command"] = command[:1]
        else:
            changed["command"] = self._arguments(command)
        if row.get("user"):
            changed["user"] = self.words.user(str(row["user"]))
        return changed

    def _arguments(self, command: list[str]) -> list[str]:
        """Arguments with the value after a flag that names a secret blanked."""
        kept: list[str] = []
        is_secret = False
        for each in command:
            if is_secret:
                self.words.learn_secret(each)
                self.words.removed["secret values"] += 1
            kept.append(blank(each) if is_secret else each)
            is_secret = bool(_SECRET_FLAG_PATTERN.match(each)) and is_secret_name(each.replace("-", "_"))
        return kept

    def _file(self, path: str, answer: Answer) -> Answer:
        is_settings = _SETTINGS_FILE_PATTERN.search(path) is not None
        if not is_settings and not _SHELL_FILE_PATTERN.search(path):
            return answer
        if "base64" in answer:
            text = base64.b64decode(answer["base64"]).decode("utf-8", "surrogateescape")
        elif "text" in answer:
            text = answer["text"]
        else:
            return answer
        if _STORAGE_FILE_PATTERN.search(path):
            text, blanked = blank_places(text, is_kept=self._is_kept_place)
            self.words.removed["places that an editor remembers"] += blanked
        if is_settings:
            text, blanked = blank_settings(text, is_allowed_variable=may_keep_variable)
            self.words.removed["settings that are not about Go"] += blanked
        else:
            text = self._shell_file(text)
        if "text" in answer:
            return {**answer, "text": text}
        return {**answer, "base64": base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")}

    def _is_kept_place(self, uri: str) -> bool:
        """True for the examined folder and for workspace files, which may name it."""
        place = _plain(unquote(uri))
        return place.endswith(".code-workspace") or any(each and place.endswith(each) for each in self._folders)

    def _shell_file(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        for index, line in enumerate(lines):
            if line.strip() and not _SHELL_LINE_PATTERN.search(line):
                # A comment, so that a blanked line can never be read as a command.
                lines[index] = "#" + blank(line[1:]) if line[:1] not in "\r\n" else line
                self.words.removed["lines of shell start files"] += 1
        return "".join(lines)

    def value(self, value: Any) -> Any:
        """A JSON value with every string in it clean."""
        return _mapped(value, self.words.clean, self._bytes)

    def _bytes(self, text: str) -> str:
        content = base64.b64decode(text).decode("latin-1")
        return base64.b64encode(self.words.clean(content).encode("latin-1", "replace")).decode("ascii")

    def known(self, value: Any) -> Any:
        """A JSON value without any secret that was met."""
        return _mapped(value, self.words.clean_known, None)


def _is_kernel_log(command: Any) -> bool:
    words = [str(each) for each in command] if isinstance(command, (list, tuple)) else []
    program = words[0].rsplit("/", 1)[-1] if words else ""
    return (
        program == "dmesg"
        or (program == "journalctl" and "_TRANSPORT=kernel" in words)
        or words[:1] == ["/usr/bin/log"]
    )


def _plain(path: str) -> str:
    """A path for comparing: the case and the slashes of systems that ignore them are ignored everywhere."""
    return path.replace("\\", "/").rstrip("/").casefold()


def _mapped(value: Any, clean: Any, clean_bytes: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {
            clean(name): clean_bytes(each) if name == "base64" and clean_bytes else _mapped(each, clean, clean_bytes)
            for name, each in value.items()
        }
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [_mapped(each, clean, clean_bytes) for each in value]
    return value
