"""A world whose answers are hurt at random: what a bad disk, a strange tool or a wrong file would answer."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable
from typing import Any

from gopls_diag.world.port import Answer, NotRecorded, Question, World

STRANGE_NUMBERS = (0, -1, 1, 2**31, -(2**63), 2**63, 10**30, 0.5, 1e308)
STRANGE_VALUES: tuple[Any, ...] = (
    *(None, True, False, [], {}, "", " ", [None], [[]], {"": None}, {"a": {}}, [1, 2], ["x", 3], "\0", "\ud800"),
    *("\udcff/x", "a" * 5000, "line\nline", "é\u202e漢", "${env:HOME}", "~", "~/", "%", "/", "..", "-1"),
    *STRANGE_NUMBERS,
)
STRANGE_NAMES = (
    "\udcff\udcfe",
    "a\nb",
    "q\"u'o",
    "漢字",
    "\u202egol",
    " ",
    "-",
    "x" * 255,
    "go.mod",
    "$HOME",
    "*",
    "a:b",
)
ERRORS = ("missing", "denied", "Input/output error", "Stale file handle", "File name too long", "is a folder", "")
WORDS = (
    *("{", "}", "[", "]", '"', ":", ",", "\\", "//", "/*", "=", "(", ")", "\n", "\r\n", "\t", " ", "\0", "\ufeff", "%"),
    *("go1.", "go1.99999999999999999999", "v0.", "v0.23.0", "module ", "require (", "replace a => b", "use ", "null"),
    *(
        "gopls",
        "exit code ",
        "signal: ",
        "killed",
        "panic: ",
        "goroutine 1 [",
        "0x",
        "-9",
        "1e999",
        "NaN",
        "é",
        "\ud83d",
    ),
    *("GOFLAGS", "-tags=", "//go:build ", 'import "C"\n', "#cgo ", "Out of memory: Killed process ", "max"),
)


class HurtWorld(World):
    """Passes questions on to a world and hurts some of the answers, the same question always in the same way."""

    def __init__(self, world: World, seed: str, share: float) -> None:
        self._world = world
        self._seed = seed
        self._share = share

    def ask(self, question: Question) -> Answer:
        """The other world's answer, or what is left of it."""
        chance = random.Random(f"{self._seed} {question.key}")
        if chance.random() >= self._share:
            return self._world.ask(question)
        if question.kind not in ("machine", "environment", "clock") and chance.random() < 0.3:
            if chance.random() < 0.2:
                raise NotRecorded(f"the recording does not hold {question.kind}")
            return {"error": chance.choice(ERRORS[:-1])}
        try:
            answer = copy.deepcopy(self._world.ask(question))
        except NotRecorded:
            answer = {"error": "missing"}
        hurt = HURTS.get(question.kind)
        return hurt(chance, answer, question) if hurt else answer


def hurt_text(chance: random.Random, text: str) -> str:
    """A text that is empty, cut, strange, huge or, where it is JSON, of other types than expected."""
    match chance.randrange(10):
        case 0:
            return ""
        case 1:
            return text[: chance.randrange(len(text) + 1)]
        case 2:
            return "".join(chance.choice(WORDS) for _ in range(chance.randrange(60)))
        case 3:
            at = chance.randrange(len(text) + 1)
            return text[:at] + chance.choice(WORDS) + text[at + chance.randrange(4) :]
        case 4:
            return (text or "x") * (1 + (1 << 20) // (50 * max(1, len(text))))
        case 5:
            return chance.choice("[{(\n \0x-") * 30_000
        case 6:
            lines = text.splitlines(keepends=True)
            chance.shuffle(lines)
            return "".join(lines)
        case _:
            return hurt_json(chance, text)


def hurt_json(chance: random.Random, text: str) -> str:
    """The text with one to three values changed, if it is JSON or a row of JSON values; else something that is."""
    decoder, values, at = json.JSONDecoder(), [], 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            break
        values.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    if not values:
        return json.dumps(chance.choice(STRANGE_VALUES))
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(values))
        values[place] = changed(chance, values[place])
    return "\n".join(json.dumps(each) for each in values)


def changed(chance: random.Random, value: Any) -> Any:
    """The value with one part of it, or all of it, replaced."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(sorted(value))
        return {**value, name: changed(chance, value[name])}
    if isinstance(value, list) and value and chance.random() < 0.7:
        place = chance.randrange(len(value))
        return [*value[:place], changed(chance, value[place]), *value[place + 1 :]]
    strange = chance.choice(STRANGE_VALUES)
    return [strange] if chance.random() < 0.1 else strange


def _read(chance: random.Random, answer: Answer, question: Question) -> Answer:
    text = answer.get("text", "")
    match chance.randrange(8):
        case 0:
            content = chance.randbytes(chance.randrange(400))
        case 1:
            content = text.encode("utf-16", "surrogatepass")
        case 2:
            content = text.encode("utf-8", "surrogatepass")
            at = chance.randrange(len(content) + 1)
            content = content[:at] + chance.randbytes(3) + content[at:]
        case _:
            return {
                "text": hurt_text(chance, text).encode("utf-8", "replace").decode()[: question.arguments["limit_bytes"]]
            }
    return {"base64": base64.b64encode(content).decode("ascii")}


def _stat(chance: random.Random, answer: Answer, question: Question) -> Answer:
    default = {"kind": "file", "size_bytes": 1, "modified_seconds": 0.0, "mode": 0o644}
    kept = default if "error" in answer else answer
    kind = {"kind": chance.choice(["file", "folder", "link", "socket", "other"])}
    times = {"modified_seconds": chance.choice([-1e9, 0.0, 1e11, 1e18, 4e9]), "size_bytes": chance.choice([0, 2**62])}
    access = {"is_executable": chance.random() < 0.5, "is_writable": False, "mode": chance.choice([0, 0o7777])}
    return {**kept, **chance.choice([kind, times, access])}


def _list(chance: random.Random, answer: Answer, question: Question) -> Answer:
    entries = [each for each in answer.get("entries", []) if chance.random() < 0.7]
    kinds = ["file", "folder", "link", "other"]
    strange = [[chance.choice(STRANGE_NAMES), chance.choice(kinds)] for _ in range(chance.randrange(4))]
    turned = [[name, chance.choice(kinds) if chance.random() < 0.3 else kind] for name, kind in entries]
    return {"entries": sorted(dict(turned + strange).items())}


def _resolve(chance: random.Random, answer: Answer, question: Question) -> Answer:
    path = question.arguments["path"]
    links = [[path, chance.choice(["", ".", path, "../x", "/udcff"])]] if chance.random() < 0.5 else []
    return {"path": path, "links": links, "problem": chance.choice([None, "loop", "broken", "missing"])}


def _volume(chance: random.Random, answer: Answer, question: Question) -> Answer:
    sizes = {"total_bytes": 0, "free_bytes": chance.choice([0, 2**62]), "free_files": chance.choice([None, 0])}
    return {"mount_point": "/", "type": chance.choice(["", "nfs", "9p", "fuse.sshfs", "vfat"]), **sizes}


def _tree(chance: random.Random, answer: Answer, question: Question) -> Answer:
    if "error" in answer:
        return answer
    counts = ("files", "folders", "apparent_bytes", "disk_bytes")
    return {**answer, **{name: chance.choice([0, 10**15]) for name in counts}, "is_complete": chance.random() < 0.5}


def _command(chance: random.Random, answer: Answer, question: Question) -> Answer:
    ends: list[Answer] = [
        {"exit_code": None, "is_timed_out": True, "elapsed_seconds": 30.0, "signal": None},
        {"exit_code": None, "signal": chance.choice([1, 6, 9, 11, 15, 64])},
        {"exit_code": None, "start_error": chance.choice(["missing", "denied", "format", "Text file busy"])},
        {"exit_code": chance.choice([1, 2, 126, 127, 139, 255, 3221225477])},
        {"is_truncated": True},
    ]
    kept = {"exit_code": 0, "stdout": "", "stderr": "", **answer}
    if "error" in answer:
        return answer
    if chance.random() < 0.5:
        kept |= chance.choice(ends)
    name = "stderr" if chance.random() < 0.25 else "stdout"
    # As live: what is no UTF-8 has become U+FFFD.
    kept[name] = hurt_text(chance, kept[name]).encode("utf-8", "replace").decode()
    return kept


def _processes(chance: random.Random, answer: Answer, question: Question) -> Answer:
    rows = [row for row in answer.get("processes", []) if chance.random() < 0.8]
    for row in rows:
        changes: list[Answer] = [
            {"command": []},
            {"executable": ""},
            {"parent_pid": row["pid"]},
            {"started_seconds": chance.choice([0.0, -5.0, 1e18])},
            {"name": chance.choice(STRANGE_NAMES)},
            {"command": [chance.choice(STRANGE_NAMES), *row.get("command", [])]},
            {"resident_bytes": chance.choice([0, 2**62])},
            {"status": chance.choice(["zombie", "", "dead"])},
        ]
        row.update(chance.choice(changes))
    pid = chance.choice([0, 1, 2**31])
    gopls = {"pid": pid, "parent_pid": pid, "name": "gopls", "command": ["gopls", *chance.sample(STRANGE_NAMES, 2)]}
    return {"processes": [*rows, gopls]}


def _process(chance: random.Random, answer: Answer, question: Question) -> Answer:
    if "error" in answer:
        answer = {"pid": question.arguments["pid"]}
    changes: list[Answer] = [
        {"environment": None},
        {"environment": {"HOME": "", "PATH": "::", "GOFLAGS": "'", "\udcff": "\udcff", "GOMEMLIMIT": "x"}},
        {"folder": chance.choice([None, "", "relative", "/gone (deleted)", "/\udcff"])},
        {"limits": {"Max open files": [0, None], "Max address space": [-1, 0], "Max": [None, None]}},
        {"cgroups": hurt_text(chance, answer.get("cgroups") or "0::/user.slice\n")},
        {"open_files": 0, "peak_resident_bytes": 2**62, "cpu_seconds": -1.0},
    ]
    return {**answer, **chance.choice(changes)}


def _environment(chance: random.Random, answer: Answer, question: Question) -> Answer:
    variables = dict(answer["variables"])
    values = (
        "",
        "\udcff",
        ":",
        "::",
        ".",
        "relative/path",
        "~",
        "$HOME",
        "-",
        "'",
        '"',
        "a b",
        "\n",
        "x" * 100_000,
        "off",
    )
    names = ("GOFLAGS", "GOMEMLIMIT", "GODEBUG", "GOPATH", "GOROOT", "GOGC", "GOTOOLCHAIN", "XDG_CONFIG_HOME", "CC")
    for _ in range(chance.randint(1, 6)):
        name = chance.choice([*sorted(variables), *names, "\udcff"])
        if chance.random() < 0.3:
            variables.pop(name, None)
        else:
            variables[name] = chance.choice(values)
    return {"variables": variables}


def _machine(chance: random.Random, answer: Answer, question: Question) -> Answer:
    changes: list[Answer] = [
        {"home": ""},
        {"total_memory_bytes": 0, "available_memory_bytes": 0},
        {"processors": 0},
        {"release": chance.choice(["", "x", "999999.9999", "10.15"])},
        {"architecture": chance.choice(["", "riscv64", "386"])},
        {"user": "", "user_id": None, "host": ""},
    ]
    return {**answer, **chance.choice(changes)}


def _clock(chance: random.Random, answer: Answer, question: Question) -> Answer:
    return {"seconds": chance.choice([0.0, 1.0, 4102444800.0, answer["seconds"]])}


def _session(chance: random.Random, answer: Answer, question: Question) -> Answer:
    if "error" in answer:
        return answer
    transcript = answer["transcript"]
    said = [each for each in transcript.get("utterances", []) if chance.random() < 0.8]
    for each in said:
        if chance.random() < 0.3:
            each["text"] = hurt_text(chance, each["text"])
    ends: list[Answer] = [
        {"ended_by_us": chance.choice(["memory", "time", "broken", "shutdown"]), "exit_code": None, "signal": None},
        {"exit_code": None, "signal": 9},
        {"start_error": "format", "steps": [], "utterances": []},
        {"steps": []},
        {"exit_code": 2, "peak_resident_bytes": None, "cpu_seconds": None},
    ]
    return {"transcript": {**transcript, "utterances": said, **chance.choice(ends)}}


HURTS: dict[str, Callable[[random.Random, Answer, Question], Answer]] = {
    "machine": _machine,
    "environment": _environment,
    "clock": _clock,
    "file.read": _read,
    "file.stat": _stat,
    "file.list": _list,
    "file.resolve": _resolve,
    "file.volume": _volume,
    "file.tree": _tree,
    "command": _command,
    "processes": _processes,
    "process": _process,
    "session": _session,
}
