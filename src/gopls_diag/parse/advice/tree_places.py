"""What a key of a settings tree claims: whose setting it is, or flags, or environment, by the keys around it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gopls_diag.model.claim import ClaimKind
from gopls_diag.parse.advice import names
from gopls_diag.parse.advice.claim_list import ClaimList
from gopls_diag.parse.advice.tree import Item

_FLAG_KEY = re.compile(r"(?i)(?:flags?|args|arguments|cmd|command|options)$")
_ENVIRONMENT_KEY = re.compile(r"(?i)(?:envvars?|^env|cmd_env|environment)$|\.env$")
_FLAG = re.compile(r"--?[A-Za-z][A-Za-z0-9_.-]*")
_SETTING_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[.-][A-Za-z0-9_]+)*")
_GO_KEY = re.compile(r"go\.[A-Za-z][A-Za-z0-9_.]*")
_SERVER = re.compile(r"(?:^|[.\"'(])gopls(?:[.\"')]+(?:setup|config)?)?$")
_TRANSPARENT = frozenset({"settings", "[go]", "[go.mod]", "customizations", "vscode", "configurations"})
_SERVER_GROUPS = frozenset(
    {"lsp", "servers", "language-server", "languageserver", "language_servers", "opts", "clients"}
)
_GO_FLAG_KEYS = {"buildflags": "build", "testflags": "test", "vetflags": "vet"}


def place_of(path: tuple[str, ...]) -> str:
    """Where a key with these keys around it stands.

    settings (top level), gopls (that object), analyses and the like, server (an editor's entry of gopls, whose own keys
    are the editor's), flags:KEY, environment:KEY, other.
    """
    place = "settings"
    for index, key in enumerate(path):
        if place == "settings":
            place = _from_top(key, path[index - 1] if index else "")
        elif place == "server":
            if key in names.EDITOR_GROUPS:
                place = "gopls"
            elif _ENVIRONMENT_KEY.search(key):
                place = f"environment:{key}"
            elif _FLAG_KEY.search(key):
                place = f"flags:{key}"
            elif key != "binary":
                place = "other"
        elif place == "gopls" or place.startswith("gopls:"):
            place = _within_gopls(key, place)
        elif place == "other":
            place = "server" if _SERVER.search(key) else place
    return place


def _from_top(key: str, around: str) -> str:
    if key in {"gopls", "go.goplsOptions"}:
        return "server" if around in _SERVER_GROUPS else "gopls"
    if around == "languageserver" and key in {"go", "golang"}:
        return "server"
    if key.startswith(("go.", "gopls.")):
        if _ENVIRONMENT_KEY.search(key):
            return f"environment:{key}"
        if key.endswith("ServerFlags") or (_FLAG_KEY.search(key) and "lint" not in key.lower()):
            return f"flags:{key}"
        if "gopls" in key.lower():
            return f"gopls:{key}"
        return "other"
    if key in _TRANSPARENT or key in _SERVER_GROUPS:
        return "settings"
    return "server" if _SERVER.search(key) else "other"


def _within_gopls(key: str, place: str) -> str:
    last = key.rsplit(".", 1)[-1]
    if last in names.ANALYSIS_PLACES:
        return f"names:{last}"
    if _ENVIRONMENT_KEY.search(last):
        return f"environment:{key}"
    if _FLAG_KEY.search(last):
        return f"flags:{key}"
    if key in names.EDITOR_GROUPS or key in {"gopls", "build", "ui", "formatting", "completion", "diagnostic"}:
        return place
    return "other" if key != "semanticTokenTypes" else place


def read_items(items: Iterable[Item], claims: ClaimList, *, style: str) -> None:
    """Add the claims of a tree; style is json, lua or toml."""
    flags = _FlagElements(claims)
    for item in items:
        place = place_of(item.path)
        if item.key:
            flags.ended()
            _read_key(item, place, claims, style)
        elif place.startswith("flags:"):
            flags.take(item, place[6:])


def _read_key(item: Item, place: str, claims: ClaimList, style: str) -> None:
    key = item.key
    if place.startswith("environment:"):
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
            _add(item, ClaimKind.ENVIRONMENT, claims, "gopls" if key.startswith("GOPLS") else "go", place[12:])
        return
    if place == "settings":
        _read_top_key(item, claims, style)
        return
    if not _SETTING_KEY.fullmatch(key):
        return
    if place == "gopls" and not (item.is_open and (key in names.EDITOR_GROUPS or key == "gopls")):
        if not (style == "lua" and key in names.EDITOR_KEYS):
            _add(item, ClaimKind.SETTING, claims, "gopls", "gopls")
            _one_text_flags(item, f"flags:{key}", claims)
    elif place.startswith(("gopls:", "names:")):
        _add(item, ClaimKind.SETTING, claims, "gopls", place[6:])


def _read_top_key(item: Item, claims: ClaimList, style: str) -> None:
    key = item.key
    if claims.name.endswith("argv.json") and _SETTING_KEY.fullmatch(key):
        _add(item, ClaimKind.SETTING, claims, "code", "argv.json")
    elif _GO_KEY.fullmatch(key) and key[3:] not in names.NOT_SETTINGS and item.is_text:
        _add(item, ClaimKind.SETTING, claims, "vscode-go", "settings")
        _one_text_flags(item, f"flags:{key}", claims)
    elif key == "gopls" and style == "json" and item.is_open and not set(item.path) & _SERVER_GROUPS:
        _add(item, ClaimKind.SETTING, claims, "vscode-go", "settings")
    elif item.is_text and (
        (key.startswith("gopls.") and _SETTING_KEY.fullmatch(key))
        or (style == "json" and claims.is_about_go and _is_gopls_name(key))
    ):
        _add(item, ClaimKind.SETTING, claims, "gopls", "settings")


def _is_gopls_name(key: str) -> bool:
    last = key.rsplit(".", 1)[-1]
    if key.split(".", 1)[0] in names.GOPLS_GROUPS and "." in key:
        return any(each.isupper() for each in key) or last in names.GOPLS_SETTINGS
    return key in names.GOPLS_SETTINGS - names.PLAIN_GOPLS_SETTINGS


def _add(item: Item, kind: ClaimKind, claims: ClaimList, program: str, place: str) -> None:
    value = _balanced(item.value) if item.is_open else item.value
    claims.add(item.key, kind, item.line, item.column, program=program, value=value, place=place)


def _balanced(text: str) -> str:
    """An object or array as far as it goes on its line."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "[{(") - (letter in "]})")
        if depth == 0:
            return text[: at + 1]
    return text.rstrip(", ")


def _one_text_flags(item: Item, place: str, claims: ClaimList) -> None:
    """A text that should have been an array: `"go.languageServerFlags": "-rpc.trace -v"`."""
    if item.is_open or not _FLAG_KEY.search(item.key) or not item.value.startswith("-"):
        return
    line = claims.plain_lines[item.line - 1]
    at = line.find(item.value, item.column)
    elements = _FlagElements(claims)
    for word in re.finditer(r"[^ ]+", item.value) if at >= 0 else ():
        elements.take(item._replace(value=word[0], column=at + word.start()), place[6:])


class _FlagElements:
    """Elements of an array of flags; one that is no flag is the value of the one before."""

    def __init__(self, claims: ClaimList) -> None:
        self.claims = claims
        self.open: tuple[Item, str, str, str] | None = None

    def ended(self) -> None:
        self.open = None

    def take(self, item: Item, key: str) -> None:
        text = item.value.strip()
        shift = len(item.value) - len(item.value.lstrip())
        last = key.rsplit(".", 1)[-1].lower()
        program = "dlv" if "dlv" in last else "go" if last in _GO_FLAG_KEYS else "gopls"
        if "delve" in key.lower():
            program = "dlv"
        subcommand = _GO_FLAG_KEYS.get(last, "")
        found = _FLAG.match(text)
        if found and (found.end() == len(text) or text[found.end()] == "="):
            value = text[found.end() + 1 :]
            item = item._replace(column=item.column + shift)
            self._add(item, found[0], program, subcommand, key, value)
            name = found[0].lstrip("-")
            is_open = not value and name not in names.BOOLEAN_FLAGS.get(program, frozenset())
            self.open = (item, found[0], program, key) if is_open else None
        elif self.open is not None:
            flag, name, program, key = self.open
            self._add(flag, name, program, subcommand, key, text)
            self.open = None

    def _add(self, item: Item, text: str, program: str, subcommand: str, key: str, value: str) -> None:
        self.claims.add(
            text,
            ClaimKind.FLAG,
            item.line,
            item.column,
            program=program,
            value=value,
            subcommand=subcommand,
            place=key,
        )
