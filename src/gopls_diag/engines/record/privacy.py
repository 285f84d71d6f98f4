"""Takes private words out of everything that an incident keeps, by the rules of world/redaction.py.

Two passes: the first learns each secret where it stands beside its name, the second finds it wherever else it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gopls_diag.model.system import Machine
from gopls_diag.parse.private_words import PrivateWords, blank, is_secret_name
from gopls_diag.world.redaction import may_keep_variable

_ARGUMENTS = ("arguments", "given_arguments")


class Privacy:
    """What was learnt of names and secrets of one machine and one session."""

    def __init__(self, machine: Machine | None, environment: Mapping[str, str]) -> None:
        self._words = PrivateWords()
        if machine is not None:
            self._words.learn_host(machine.host)
            self._words.learn_user(machine.user)
            self._learn_home(machine.home)
        for name, value in environment.items():
            if name.upper() in {"USER", "USERNAME", "LOGNAME"}:
                self._words.learn_user(value)
            elif name.upper() in {"HOME", "USERPROFILE"}:
                self._learn_home(value)
            elif name.upper() in {"HOSTNAME", "COMPUTERNAME", "HOST"}:
                self._words.learn_host(value)
            elif is_secret_name(name):
                self._words.learn_secret(value)

    def value(self, value: Any) -> Any:
        """A JSON value, first pass: every text clean, values of unknown variables and of secret flags gone."""
        if isinstance(value, str):
            return self._words.clean(value)
        if isinstance(value, Mapping):
            return {name: self._field(name, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each) for each in value]
        return value

    def known(self, value: Any) -> Any:
        """A JSON value, second pass: without any secret that was met."""
        if isinstance(value, str):
            return self._words.clean_known(value)
        if isinstance(value, Mapping):
            return {name: self.known(each) for name, each in value.items()}
        return [self.known(each) for each in value] if isinstance(value, list) else value

    def content(self, content: bytes) -> bytes:
        """A text file, first pass."""
        text = content.decode("utf-8", "surrogateescape")
        return self._words.clean(text).encode("utf-8", "surrogateescape")

    def known_content(self, content: bytes) -> bytes:
        """A text file, second pass."""
        text = content.decode("utf-8", "surrogateescape")
        return self._words.clean_known(text).encode("utf-8", "surrogateescape")

    def _field(self, name: str, value: Any) -> Any:
        if name == "environment" and isinstance(value, Mapping):
            return {key: self.value(each) for key, each in value.items() if may_keep_variable(key)}
        if name in _ARGUMENTS and isinstance(value, list):
            return self._arguments(str(each) for each in value)
        return self.value(value)

    def _arguments(self, words: Iterable[str]) -> list[str]:
        kept: list[str] = []
        is_secret = False
        for word in words:
            name, equals, value = word.partition("=")
            if is_secret and not word.startswith("-"):
                self._words.learn_secret(word)
                kept.append(blank(word))
            elif equals and is_secret_name(name.strip("-").replace("-", "_")):
                self._words.learn_secret(value)
                kept.append(f"{name}={blank(value)}")
            else:
                kept.append(self._words.clean(word))
            is_secret = not equals and word.startswith("-") and is_secret_name(word.strip("-").replace("-", "_"))
        return kept

    def _learn_home(self, path: str) -> None:
        parts = [each for each in path.replace("\\", "/").split("/") if each]
        if len(parts) >= 2 and parts[-2].lower() in ("home", "users"):
            self._words.learn_user(parts[-1])
