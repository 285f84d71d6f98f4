"""A command line as it may be kept: one short line, without the values that look like secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.parse.private_words import PrivateWords, blank, is_secret_name

LONGEST_COMMAND = 400
_LONGEST_WORD = 200
_FLAG_PATTERN = re.compile(r"^--?[A-Za-z][A-Za-z0-9_.-]{0,80}$")
_NAMED_PATTERN = re.compile(r"^(-{0,2}[A-Za-z][A-Za-z0-9_.-]{0,80}=)(.+)$", re.DOTALL)


def shown_command(words: Sequence[str]) -> str:
    """`go list -e -json -- ./...`: the program's name without its folder, then its arguments.

    The value of a flag or variable whose name is that of a secret, and words that have the shape of one, are replaced
    by as many `x`.
    """
    private = PrivateWords()
    shown: list[str] = []
    is_value_secret = False
    for place, word in enumerate(words[:200]):
        text = word.replace("\\", "/").rsplit("/", 1)[-1] if place == 0 else word
        named = _NAMED_PATTERN.match(text)
        if is_value_secret and not _FLAG_PATTERN.match(text):
            text = blank(text)
        elif named and is_secret_name(named[1].strip("-=").replace("-", "_")):
            text = named[1] + blank(named[2])
        else:
            text = private.clean_secrets(text)
        is_value_secret = bool(_FLAG_PATTERN.match(word)) and is_secret_name(word.strip("-").replace("-", "_"))
        text = " ".join(text.split()) or "''"
        shown.append(text if len(text) <= _LONGEST_WORD else text[: _LONGEST_WORD - 1] + "…")
    line = " ".join(shown)
    return line if len(line) <= LONGEST_COMMAND else line[: LONGEST_COMMAND - 1] + "…"
