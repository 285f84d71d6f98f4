"""Blanks in a JSON settings file what is not about Go, character for character.

A settings file of an editor holds much that is nobody's business: tokens of other extensions, hosts, paths. The finding
must still stand on the same line and column, and a file that does not parse must fail to parse at the same place; so
this is a scanner over characters, not a parser: it never adds or takes one away.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gopls_diag.parse.private_words import is_secret_name

GO_KEY_PATTERN = re.compile(
    r"(?i)^go$|^go\.|gopls|golang|^\[go|^files\.(?:exclude|watcherExclude)$|^search\.exclude$|^folders$"
    r"|^terminal\.integrated\.inheritEnv$|^editor\.(?:formatOnSave|codeActionsOnSave|semanticHighlighting|inlayHints)"
    # What VS Code's storage.json says of open windows and of folders' profiles.
    r"|^http\.proxy|^configURIPath$|^folder(?:Uri)?$|^profileAssociations$|^userDataProfiles$"
)
"""Keys whose values are kept; everything below them as well, secrets apart."""
ENVIRONMENT_KEY_PATTERN = re.compile(r"(?i)toolsEnvVars|^env$|environment")
"""Objects whose keys are names of variables."""

_URI_PATTERN = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,40}://|[A-Za-z]:[\\/]|/")
_STRING_PATTERN = re.compile(r'"(?:[^"\\\r\n]|\\.)*"?')
_COMMENT_PATTERN = re.compile(r"//[^\r\n]*|/\*[^*]*(?:\*+[^*/][^*]*)*(?:\*+/)?")
_NUMBER_PATTERN = re.compile(r"-?[0-9][0-9.eE+-]*")
_ESCAPE_PATTERN = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[^\\]")


class _Level:
    """One object or array that is open."""

    __slots__ = ("is_environment", "is_kept", "is_object", "key", "wants_key")

    def __init__(self, *, is_object: bool, is_kept: bool, is_environment: bool) -> None:
        self.is_object = is_object
        self.wants_key = is_object
        self.is_kept = is_kept
        self.is_environment = is_environment
        self.key: str | None = None


def blank_settings(text: str, *, is_allowed_variable: Callable[[str], bool]) -> tuple[str, int]:
    """The text with other people's settings blanked, and how many values were.

    Args:
        text: a JSON file with or without comments, whole or broken.
        is_allowed_variable: whether the value of the environment variable of that name may be kept.
    """
    pieces: list[str] = []
    removed = 0
    levels = [_Level(is_object=False, is_kept=False, is_environment=False)]
    at = 0
    while at < len(text):
        here = text[at]
        level = levels[-1]
        if here == '"':
            word = _STRING_PATTERN.match(text, at)
            assert word is not None
            piece = word[0]
            if level.wants_key:
                level.key = piece.strip('"')
                level.wants_key = False
                if len(levels) > 2 and is_secret_name(level.key):
                    piece = _blank_string(piece)
            elif not _is_kept(level, is_allowed_variable):
                blanked = _blank_string(piece)
                removed += blanked != piece
                piece = blanked
        elif here == "/" and (comment := _COMMENT_PATTERN.match(text, at)):
            piece = comment[0][:2] + re.sub(r"[^\s*/]", lambda found: _stand_in(found[0]), comment[0][2:])
        elif number := _NUMBER_PATTERN.match(text, at):
            piece = number[0] if _is_kept(level, is_allowed_variable) else re.sub(r"[0-9]", "0", number[0])
        else:
            piece = here
            _step(here, levels, is_allowed_variable)
        pieces.append(piece)
        at += len(piece)
    return "".join(pieces), removed


def blank_places(text: str, *, is_kept: Callable[[str], bool]) -> tuple[str, int]:
    """The text with the paths and URIs in its strings blanked, keys among them, and how many were.

    Args:
        text: a JSON file, whole or broken, like VS Code's storage.json: it lists every folder that was ever opened.
        is_kept: whether the place, as it is written, is one that may be told.
    """
    removed = 0

    def blanked(found: re.Match[str]) -> str:
        nonlocal removed
        inner = found[0].strip('"')
        if not _URI_PATTERN.match(inner) or is_kept(inner):
            return found[0]
        removed += 1
        return _blank_string(found[0])

    return _STRING_PATTERN.sub(blanked, text), removed


def _step(here: str, levels: list[_Level], is_allowed_variable: Callable[[str], bool]) -> None:
    level = levels[-1]
    if here in "{[":
        key = level.key or ""
        levels.append(
            _Level(
                is_object=here == "{",
                is_kept=_is_kept(level, is_allowed_variable),
                is_environment=ENVIRONMENT_KEY_PATTERN.search(key) is not None,
            )
        )
        # An array's values belong to the key that the array belongs to.
        levels[-1].key = level.key if here == "[" else None
        if here == "[":
            levels[-1].is_environment = level.is_environment
    elif here in "}]" and len(levels) > 1:
        levels.pop()
    elif here == "," and level.is_object:
        level.wants_key = True
        level.key = None


def _is_kept(level: _Level, is_allowed_variable: Callable[[str], bool]) -> bool:
    if level.key is None:
        return level.is_kept
    if is_secret_name(level.key):
        return False
    if level.is_environment:
        return is_allowed_variable(level.key)
    return level.is_kept or GO_KEY_PATTERN.search(level.key) is not None


def _blank_string(piece: str) -> str:
    """The string with each character an x, escapes still escapes, as many bytes as before."""
    end = '"' if len(piece) > 1 and piece.endswith('"') else ""
    inner = piece[1 : len(piece) - len(end)]
    return '"' + "".join(_stand_in(each) for each in _ESCAPE_PATTERN.findall(inner)) + end


def _stand_in(unit: str) -> str:
    if len(unit) > 2:
        return "\\u0078"
    if unit.startswith("\\"):
        # As it was: whether an escape is valid decides whether the file parses.
        return unit
    return ("x", "\u00d7", "\u2026", "\U00010000")[len(unit.encode("utf-8", "surrogatepass")) - 1]
