"""Claims of a line of prose: in its inline code, its commands, its flags and what the words around say of them."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import NamedTuple

from gopls_diag.model.claim import ClaimKind
from gopls_diag.parse.advice import names
from gopls_diag.parse.advice.claim_list import ClaimList
from gopls_diag.parse.advice.commands import called_program, read_command
from gopls_diag.parse.advice.line_names import dotted_names, environment_names, palette_commands, path_names
from gopls_diag.parse.advice.plain_text import without_addresses
from gopls_diag.parse.advice.prose_flags import Nearby, programs_of, read_flags
from gopls_diag.parse.advice.shell_words import Word, shell_words
from gopls_diag.parse.advice.tree import read_tree
from gopls_diag.parse.advice.tree_places import read_items

_CODE = re.compile(r"`{1,3}([^`]+)`")
_KEY_IN_PROSE = re.compile(r'"(?:go\.[A-Za-z.]+|gopls(?:\.[A-Za-z.]+)?)" *[:=]')
_COMMAND_CUE = re.compile(
    r"(?i)\b(?:run|runs|running|ran|execute|executing|type|try|use|using|invoke|command|with|via|call|enter)\W*$"
    r"|(?:运行|执行|输入|使用|命令|通过|用|试试|调用|加上)[^A-Za-z]{0,6}$"
    r"|[:$%>] *$",
    re.A,
)
_PROGRAM_START = re.compile(r"\b(gopls|go|dlv|code|ulimit|launchctl|xcode-select|sysctl) +[-A-Za-z0-9]", re.A)
_HAN = re.compile("[㐀-鿿]")
_BARE_END = re.compile('[^ -~]|`|\\. |\\.$|, |; |: |\\)|" |\\*\\*')
_CODE_WORD = re.compile(r"[/=@$~0-9]|^\.|[a-z]\.[a-z]")
_PLAIN_VALUES = frozenset({"off", "on", "true", "false", "auto", "none", "all", "unlimited", "local"})
_SETTING_CUE = re.compile(
    r"(?i)setting|\boption|config|preference|\bset\b|enable|disable|设置|配置|选项|参数|开启|关闭|禁用|启用",
    re.A,
)
_CAMEL = re.compile(r"[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+")
_ANALYZER_NAME = re.compile(r"[a-z][a-z0-9]{3,30}")
_ANALYZER_CUE = re.compile(r"(?i)analy[sz]er|分析器")
_ALNUM = re.compile(r"[A-Za-z0-9]+")
_NAME_LETTER = re.compile(r"[A-Za-z0-9_./$:(-]")
_DLV = re.compile(r"(?i)\bdlv\b|\bdelve\b|\(dlv\)", re.A)
_LIST_MARK = re.compile(r"(?:[-*+>#|$%]|\d+[.)])? *$")


_LONGEST_COMMAND = 500
_LONGEST_LINE = 50_000
"""Of a longer line of prose only the beginning is read; nobody writes so."""


_DLV_PROMPT = re.compile(r" *\(dlv\) *")
_VERSION_QUERY = re.compile(
    r"(?:\bgopls|[ `\"'(])@(latest|master|main|stable|upgrade|patch|release|nightly|beta|v[0-9][0-9A-Za-z.-]*)", re.A
)


class _Span(NamedTuple):
    """Inline code: where its content begins and ends."""

    start: int
    end: int


def read_prose_line(written: str, number: int, claims: ClaimList, nearby: Nearby) -> None:
    """Add the claims of one plain line; `nearby` remembers the programs of the lines before."""
    line = without_addresses(written[:_LONGEST_LINE])
    if not line.strip():
        nearby.blank_line()
        return
    environment_names(line, number, claims)
    dotted_names(line, number, claims)
    path_names(line, number, claims)
    palette_commands(line, number, claims)
    if (prompt := _DLV_PROMPT.match(line)) is not None:
        words = [each for each in shell_words(line, number, prompt.end()) if not each.is_operator]
        if words and words[0].text.replace("-", "").isalpha():
            add_prompt_command(words[:20], claims, place="dlv")
        return
    _version_queries(line, number, claims)
    spans = [_Span(found.start(1), found.end(1)) for found in _CODE.finditer(line)] if "`" in line else []
    programs = programs_of(line)
    bare = _without_spans(line, spans)
    for span in spans:
        _read_code(line, span, number, claims)
    for found in _KEY_IN_PROSE.finditer(line) if claims.is_about_go else ():
        read_items(read_tree([(number, found.start(), line[: found.start() + 5_000])]), claims, style="json")
        break
    taken = _read_bare_commands(bare, number, claims)
    read_flags(line, number, claims, programs, nearby, taken=taken, spans=[(each.start, each.end) for each in spans])
    if claims.is_about_go:
        _bare_settings(bare, number, claims)
    nearby.line_read(programs)


def _version_queries(line: str, number: int, claims: ClaimList) -> None:
    """`gopls@stable`, `@master`: versions to install gopls at, apart from a whole `go install` command."""
    if "@" not in line or "gopls" not in line:
        return
    for found in _VERSION_QUERY.finditer(line):
        if found[0][0] == "g" and line[found.start() - 1 : found.start()] == "/":
            continue
        start = found.start() + (found[0][0] not in "g@")
        text = line[start : found.end()]
        claims.add(
            text,
            ClaimKind.COMMAND,
            number,
            start,
            program="go",
            value=f"golang.org/x/tools/gopls@{found[1]}",
            subcommand="install",
            arguments=(f"golang.org/x/tools/gopls@{found[1]}",),
        )


def _without_spans(line: str, spans: list[_Span]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [line[at:start], "`" * (end - start)]
        at = end
    return "".join((*parts, line[at:]))


def _read_code(line: str, span: _Span, number: int, claims: ClaimList) -> None:
    content = line[span.start : span.end]
    before = line[max(0, span.start - 40) : span.start - 1].rstrip("` ")
    if '":' in content or '" :' in content or re.search(r"[\"A-Za-z\]] *= *\{", content):
        read_items(read_tree([(number, span.start, line[: span.end])]), claims, style="json")
        return
    words = list(shell_words(line, number, span.start, span.end))
    if not words or _read_repl(line, words, before, claims):
        return
    has_cue = _COMMAND_CUE.search(before) is not None
    if _is_command(words, has_cue=has_cue):
        read_command(words, claims, is_strict=has_cue or len(words) <= 4)
    elif claims.is_about_go and (len(words) == 1 or (len(words) == 2 and words[0].text.endswith((":", "=")))):
        _code_setting(line, words[0], claims, value=words[1].text if len(words) == 2 else "")


def _is_command(words: list[Word], *, has_cue: bool) -> bool:
    """Whether inline code is a command; `go func`, `go statement` and `gopls foo.go:12` are none."""
    texts = [each.text for each in words]
    index = next((at for at, text in enumerate(texts) if "=" not in text and text not in names.WRAPPERS), None)
    if index is None:
        return False
    called = called_program(words[index])
    if called is None:
        return False
    following = texts[index + 1] if index + 1 < len(texts) else ""
    if called.program == "go":
        return following in names.GO_SUBCOMMANDS or (has_cue and following.isalpha() and following.islower())
    return called.program in names.GO_PROGRAMS | names.MACHINE_PROGRAMS | names.OTHER_MACHINE_PROGRAMS


def _read_repl(line: str, words: list[Word], before: str, claims: ClaimList) -> bool:
    """A command of delve's own prompt, where the line speaks of delve."""
    first = words[0]
    if not first.text.isalpha() or not first.text.islower() or first.text in names.GO_PROGRAMS:
        return False
    if not _DLV.search(line):
        return False
    is_known = first.text in names.DLV_PROMPT_COMMANDS and (len(words) > 1 or len(first.text) > 3)
    is_known_with_arguments = is_known and len(words) > 1
    if not (
        _COMMAND_CUE.search(before)
        or is_known_with_arguments
        or (is_known and re.search(r"(?i)command|prompt|命令", line))
    ):
        return False
    add_prompt_command(words, claims, place="prose")
    return True


def add_prompt_command(words: list[Word], claims: ClaimList, *, place: str) -> None:
    """Add what is typed at delve's prompt: its first word, or `goroutines -u` with a flag."""
    first = words[0]
    arguments = [each.text for each in words[1:] if not each.is_operator]
    for word in words[1:]:
        if re.fullmatch(r"-[a-z]+", word.text):
            claims.add(
                word.text,
                ClaimKind.FLAG,
                word.line,
                word.column,
                program="dlv",
                subcommand=first.text,
                place="dlv",
            )
    claims.add(
        first.text,
        ClaimKind.COMMAND,
        first.line,
        first.column,
        program="dlv",
        value=" ".join(arguments),
        subcommand=first.text,
        place="dlv" if place == "dlv" else place,
        arguments=tuple(arguments),
    )


def _code_setting(line: str, word: Word, claims: ClaimList, *, value: str) -> None:
    text = word.text.strip('"').partition("=")[0].partition(":")[0]
    shift = len(word.text) - len(word.text.lstrip('"'))
    if _ANALYZER_NAME.fullmatch(text) and _ANALYZER_CUE.search(line) and "gopls" in line:
        owner = "golangci-lint" if "golangci" in line else "gopls"
        place = "golangci" if owner == "golangci-lint" else "analyses"
        if text not in names.GOPLS_SETTINGS and text not in names.GO_PROGRAMS:
            claims.add(text, ClaimKind.SETTING, word.line, word.column + shift, program=owner, place=place)
            return
    if text in names.GOPLS_SETTINGS:
        if not value and text in names.PLAIN_GOPLS_SETTINGS and not ("gopls" in line and _SETTING_CUE.search(line)):
            return
    elif not (_CAMEL.fullmatch(text) and "gopls" in line and _SETTING_CUE.search(line)):
        return
    claims.add(text, ClaimKind.SETTING, word.line, word.column + shift, program="gopls", value=value)


def _bare_settings(bare: str, number: int, claims: ClaimList) -> None:
    for found in _ALNUM.finditer(bare):
        text = found[0]
        if text not in names.GOPLS_SETTINGS or text.islower():
            continue
        before = bare[found.start() - 1 : found.start()] if found.start() else " "
        after = bare[found.end() : found.end() + 1]
        if _NAME_LETTER.match(before) or (after and after in "(_/."):
            continue
        claims.add(text, ClaimKind.SETTING, number, found.start(), program="gopls")


def _read_bare_commands(bare: str, number: int, claims: ClaimList) -> list[tuple[int, int]]:
    """Commands that stand in a sentence without any mark; the spans that they take."""
    taken: list[tuple[int, int]] = []
    last_end = 0
    for found in _PROGRAM_START.finditer(bare):
        start = found.start(1)
        if start < last_end:
            continue
        before = bare[start - 1] if start else " "
        if (before.isalnum() and before.isascii()) or before in "_.-@\\":
            continue
        stop = _BARE_END.search(bare, start, start + _LONGEST_COMMAND)
        end = stop.start() if stop else min(len(bare), start + _LONGEST_COMMAND)
        words = _command_words(bare, number, start, end)
        if words:
            read_command(words, claims, is_strict=False, place="command-line")
            last = words[-1]
            last_end = last.column + len(last.text)
            taken.append((start, last_end))
    return taken


def _command_words(bare: str, number: int, start: int, end: int) -> list[Word]:
    """The words of a command in a sentence, up to where the sentence goes on; none where it is no command."""
    coming = (each for each in shell_words(bare, number, start, end) if not each.is_operator)
    words = list(islice(coming, 3))
    if len(words) < 2:
        return []
    program, second = words[0].text, words[1].text
    subcommands = {"gopls": names.GOPLS_SUBCOMMANDS, "go": names.GO_SUBCOMMANDS, "dlv": names.DLV_SUBCOMMANDS}
    before = bare[max(0, start - 40) : start]
    is_spoken = _COMMAND_CUE.search(before) is not None or bool(_HAN.search(bare[max(0, start - 8) : start]))
    is_spoken |= start < 8 and _LIST_MARK.match(bare[:start]) is not None
    third = words[2].text if len(words) > 2 else ""
    if second.startswith("-"):
        if not re.fullmatch(r"--?[A-Za-z][A-Za-z0-9_.-]*(?:=.*)?", second):
            return []
        kept = 1
    elif program == "launchctl" and second in {"limit", "setenv"} and third:
        kept = 3
    elif program not in subcommands:
        return []
    elif second in names.GO_SECOND_WORDS and third in names.GO_SECOND_WORDS[second]:
        kept = 3
    elif second in subcommands[program] and (is_spoken or _is_code_word(third) or third in names.GO_ENVIRONMENT):
        kept = 2
    else:
        return []
    taken = words[:kept]
    for word in chain(words[kept:], coming):
        is_value = taken[-1].text.startswith("-") and _is_plain_value(word.text)
        if not (_is_code_word(word.text) or is_value or word.text in names.GO_ENVIRONMENT):
            break
        taken.append(word)
    return taken


def _is_code_word(text: str) -> bool:
    return (text.startswith("-") and len(text) > 1) or _CODE_WORD.search(text) is not None


def _is_plain_value(text: str) -> bool:
    return text in _PLAIN_VALUES or (text.isupper() and text.isalpha())
