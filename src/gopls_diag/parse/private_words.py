"""Takes private words out of text: secrets of known shapes, people's and machines' names, addresses.

Everything is replaced by as many characters as it had, so that lines, columns, sizes and binary formats stay what they
were. The same word always gets the same stand-in, so that paths that were equal stay equal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

KNOWN_SECRET_LENGTH = 8
"""A secret of this many characters is taken out wherever else it stands, too; shorter words would hit innocent text."""

SECRET_NAME_PATTERN = re.compile(
    r"(?i)token|secret|passw|passphrase|credential|api_?key|access_?key|private_?key|signing_?key|encryption_?key|_key$"
    r"|^key$|_pat$|_pwd$|_auth$|cookie|webhook|\bdsn$|_dsn$|license_?key|connection_?string"
)
_HARMLESS_NAME_PATTERN = re.compile(r"(?i)semantic|tokenize")

_TOKEN_PATTERN = re.compile(
    r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|gl(?:pat|ptt|cbt|dt|rt|oas)-[A-Za-z0-9_-]{16,}"
    r"|A(?:KIA|SIA|BIA|CCA|ROA|IDA)[A-Z0-9]{16}|xox[abeprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}"
    r"|[spr]k[-_](?:live|test|proj|ant|svcacct|or)[-_A-Za-z0-9]{10,}|sk-[A-Za-z0-9]{20,}"
    r"|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|dckr_pat_[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}"
    r"|hvs\.[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{16,}|GOCSPX-[A-Za-z0-9_-]{16,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|dop_v1_[a-f0-9]{32,}|shpat_[a-fA-F0-9]{24,}"
    r"|sq0(?:atp|csp)-[A-Za-z0-9_-]{16,}|key-[a-f0-9]{32}|glsa_[A-Za-z0-9_]{24,}|lin_api_[A-Za-z0-9]{20,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|ATATT[A-Za-z0-9_=-]{20,}"
    r"|hooks\.slack\.com/services/[A-Za-z0-9/]{20,}|discord(?:app)?\.com/api/webhooks/[A-Za-z0-9/_-]{20,}"
)
_TOKEN_SIGNS = (
    *("gh" + each + "_" for each in "pousr"),
    *("gl" + each for each in ("pat-", "ptt-", "cbt-", "dt-", "rt-", "oas-", "sa_")),
    *("A" + each for each in ("KIA", "SIA", "BIA", "CCA", "ROA", "IDA", "Iza", "TATT")),
    *("k" + mark for mark in "-_"),
    *("github_pat_", "xox", "xapp-", "npm_", "pypi-", "dckr_pat_", "hf_", "hvs.", "ya29.", "GOCSPX-", "SG.", "dop_v1_"),
    *("shpat_", "sq0", "key-", "lin_api_", "eyJ", "hooks.slack", "/api/webhooks/"),
)
"""One of these stands in every text that the pattern can match: a search for each is faster than the pattern."""

_KEY_BLOCK_PATTERN = re.compile(r"-----BEGIN [A-Z0-9 ]{3,60}-----([^-]+)-----END ")
_USER_INFO_PATTERN = re.compile(r"(:(?:\\?/){2})([^\s/@'\"\\<>|]{1,500})@")
_ASSIGNED_PATTERN = re.compile(
    r"(?i)((?:token|secret|passwd|password|passphrase|credential|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key"
    r"|shared[_-]?key|signing[_-]?key|signature|_pwd|_auth)[a-z0-9_.-]{0,40}[\"']?\s{0,3}(?:=>|:=|[:=])\s{0,3}[\"']?)"
    r"([^\s\"',;&}{)(]{3,500})"
)
_SPOKEN_PATTERN = re.compile(
    r"(?i)(\b(?:bearer|basic|token)\s{1,2})([A-Za-z0-9+/_.=~-]{16,500})"
    r"|(?i:(\bpasswd|\bpassword|--password|--token|--api-key)(\s{1,2})([^\s\"',;]{8,500}))"
    r"|(\bcurl [^\n]{0,80}-u [A-Za-z0-9._-]{1,40}:)([^\s\"']{4,500})"
)
_ASSIGNED_WORDS = (
    *("token", "secret", "passwd", "password", "passphrase", "credential", "signature", "_pwd", "_auth"),
    *(
        f"{kind}{mark}key"
        for kind in ("api", "access", "private", "account", "shared", "signing")
        for mark in ("", "_", "-")
    ),
)
_SPOKEN_WORDS = ("bearer", "basic", "token", "passwd", "password", "--password", "--token", "--api-key", "curl ")
_MAIL_PATTERN = re.compile(r"@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.([A-Za-z]{2,24}))\b")
_MAIL_NAME_PATTERN = re.compile(r"[A-Za-z0-9._%+-]{1,64}$")
_IP_PATTERN = re.compile(r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b")
_IPV6_PATTERN = re.compile(r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b|\bfe80::[0-9a-fA-F:]{2,40}")
_MAC_PATTERN = re.compile(r"\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b")
_HOME_PATTERN = re.compile(r"(?i)([\\/](?:home|Users)[\\/]{1,4})([^\\/\s:;,\"'<>|)(\]\[]{1,64})")

_NOT_MAIL_ENDINGS = frozenset(
    """service slice scope socket mount timer target go json md txt log lock local sum mod work yaml yml toml
    so dylib""".split()  # noqa: SIM905
)
_PUBLIC_NAMES = frozenset(
    """root user users admin administrator guest test tester tests home host local localhost public shared default node
    code vscode codespace codespaces runner runneradmin ubuntu debian fedora alpine docker container linuxbrew homebrew
    nobody system service server build builder jenkins gitlab github golang gopls main vendor internal workspace
    workspaces project projects ec2-user opc vagrant coder developer path file work module linux windows darwin error
    """.split()  # noqa: SIM905
)
"""User and host names that say nothing of a person; they are left, because they are words of other things as well."""
_PLAIN_VALUES = frozenset(
    "true false null none nil yes no auto required optional missing unset empty string".split()  # noqa: SIM905
)
_SHORTEST_WORD = 4


_FILE_NAME_PATTERN = re.compile(r"(?i)^\.|\.(?:work|mod|sum|json|toml|ya?ml|lua|code-workspace|log|env)$")
"""What stands in /home besides home folders, or is looked for there on the way up from the workspace."""


def is_secret_name(name: str) -> bool:
    """True for the name of a variable or setting whose value is never kept."""
    return bool(SECRET_NAME_PATTERN.search(name)) and not _HARMLESS_NAME_PATTERN.search(name)


def blank(words: str) -> str:
    """As many x; line ends stay."""
    return "".join(each if each in "\r\n" else "x" for each in words)


class PrivateWords:
    """Names that were learnt, and what has been taken out by class."""

    def __init__(self) -> None:
        self.removed: Counter[str] = Counter()
        self.secrets: set[str] = set()
        """Whole secrets that were met; they are taken out everywhere in a second pass."""
        self._stand_ins: dict[str, str] = {}
        self._everywhere: dict[str, str] = {}
        self._names_pattern: re.Pattern[str] | None = None

    def learn_user(self, name: str) -> None:
        """A user's name: taken out in home paths, and everywhere if it is no common word."""
        self._learn(name.replace("/", "\\").rsplit("\\", 1)[-1], "user")

    def learn_host(self, name: str) -> None:
        """The machine's name, and its first label."""
        for each in {name, name.split(".", maxsplit=1)[0]}:
            self._learn(each, "host")

    def _learn(self, name: str, kind: str) -> None:
        key = name.lower()
        if not name or key in _PUBLIC_NAMES:
            return
        if key not in self._stand_ins:
            self._stand_ins[key] = _stand_in(kind, len(name), len(self._stand_ins))
        if len(name) >= _SHORTEST_WORD and not name.isdigit():
            self._everywhere[key] = kind
            alternatives = "|".join(re.escape(each) for each in sorted(self._everywhere, key=len, reverse=True))
            self._names_pattern = re.compile(rf"(?i)(^|[^A-Za-z0-9])({alternatives})($|[^A-Za-z0-9])")

    def learn_secret(self, words: str) -> None:
        """A secret in full."""
        if len(words) >= KNOWN_SECRET_LENGTH and not words.startswith(("/", "~", "xxxxxxxx")) and words.strip("x*"):
            self.secrets.add(words)

    def user(self, name: str) -> str:
        """A field that is a user's name."""
        domain, separator, own = name.rpartition("\\")
        return (self.name(domain) + separator + self.name(own)) if separator else self.name(own)

    def name(self, name: str, kind: str = "user") -> str:
        """The stand-in of a name, in its letter case; a public name is itself."""
        if not name or name.lower() in _PUBLIC_NAMES or _FILE_NAME_PATTERN.search(name):
            return name
        key = name.lower()
        if key not in self._stand_ins:
            self._stand_ins[key] = _stand_in(kind, len(name), len(self._stand_ins))
        return "".join(b.upper() if a.isupper() else b for a, b in zip(name, self._stand_ins[key], strict=True))

    def clean(self, text: str) -> str:
        """The text without private words; as long as it was."""
        if not text:
            return text
        text = self.clean_secrets(text)
        if "@" in text:
            text = self._without_mail(text)
        text = _HOME_PATTERN.sub(self._home, text)
        if self._names_pattern is not None:
            # Neighbours share a separator, so a second pass takes what the first had to leave.
            text = self._names_pattern.sub(self._name, self._names_pattern.sub(self._name, text))
        if "." in text:
            text = _IP_PATTERN.sub(self._address, text)
        if ":" in text or "-" in text:
            text = _MAC_PATTERN.sub(self._digits("network addresses"), text)
            text = _IPV6_PATTERN.sub(self._digits("network addresses"), text)
        return text

    def clean_secrets(self, text: str) -> str:
        """The text without words that have the shape of a secret; names and addresses stay."""
        if "-----BEGIN " in text:
            text = _KEY_BLOCK_PATTERN.sub(self._key_block, text)
        if "@" in text:
            text = _USER_INFO_PATTERN.sub(self._user_info, text)
        if any(each in text for each in _TOKEN_SIGNS):
            text = _TOKEN_PATTERN.sub(self._token, text)
        text = _replaced_at(text, _ASSIGNED_WORDS, _ASSIGNED_PATTERN, self._assigned)
        return _replaced_at(text, _SPOKEN_WORDS, _SPOKEN_PATTERN, self._spoken)

    def clean_known(self, text: str) -> str:
        """The text without the secrets that were met anywhere."""
        for each in self.secrets:
            if each in text:
                self.removed["secret values"] += text.count(each)
                text = text.replace(each, blank(each))
        return text

    def _token(self, found: re.Match[str]) -> str:
        self.removed["tokens"] += 1
        self.learn_secret(found[0])
        return blank(found[0])

    def _key_block(self, found: re.Match[str]) -> str:
        self.removed["private keys"] += 1
        start = found.start(1) - found.start()
        # In JSON the line ends of a key block are written \\n.
        inner = re.sub(r"[^\r\n\\]", "x", found[1]).replace("\\x", "\\n")
        return found[0][:start] + inner + found[0][start + len(inner) :]

    def _user_info(self, found: re.Match[str]) -> str:
        if found[2] == "git" or not found[2].strip("x:"):
            return found[0]
        self.removed["credentials in addresses"] += 1
        name, colon, password = found[2].partition(":")
        self.learn_secret(password if colon else name)
        return f"{found[1]}{blank(name)}{colon}{blank(password)}@"

    def _without_mail(self, text: str) -> str:
        """The name before the @ is looked for backwards: a pattern for all of it would try at every letter."""
        pieces: list[str] = []
        done = 0
        for found in _MAIL_PATTERN.finditer(text):
            name = _MAIL_NAME_PATTERN.search(text[max(done, found.start() - 64) : found.start()])
            domain, ending = found[1], found[2].lower()
            is_version = domain[:1] == "v" and domain[1:2].isdigit()
            if name is None or name[0] == "git" or ending in _NOT_MAIL_ENDINGS or is_version:
                continue
            if not (name[0] + domain).strip("x."):
                continue
            self.removed["e-mail addresses"] += 1
            pieces += [text[done : found.start() - len(name[0])], re.sub(r"[^.]", "x", name[0]), "@"]
            pieces.append(re.sub(r"[^.]", "x", domain))
            done = found.end()
        return "".join([*pieces, text[done:]])

    def _spoken(self, found: re.Match[str]) -> str:
        value = found[2] or found[5] or found[7]
        if not value.strip("x*."):
            return found[0]
        self.removed["secret values"] += 1
        self.learn_secret(value)
        return found[0][: len(found[0]) - len(value)] + blank(value)

    def _assigned(self, found: re.Match[str]) -> str:
        value = found[2]
        # A variable, a path or a plain word of configuration is no secret.
        if not value.strip("x*.") or value.startswith(("$", "/", "~", "<", "%")) or value.lower() in _PLAIN_VALUES:
            return found[0]
        self.removed["secret values"] += 1
        self.learn_secret(value)
        return found[1] + blank(value)

    def _home(self, found: re.Match[str]) -> str:
        stand_in = self.name(found[2])
        self.removed["user names"] += stand_in != found[2]
        return found[1] + stand_in

    def _name(self, found: re.Match[str]) -> str:
        kind = self._everywhere[found[2].lower()]
        self.removed[f"{kind} names"] += 1
        return found[1] + self.name(found[2], kind) + found[3]

    def _address(self, found: re.Match[str]) -> str:
        parts = found[0].split(".")
        if parts[0] in {"127", "0"} or any(int(each) > 255 for each in parts):
            return found[0]
        return self._digits("network addresses")(found)

    def _digits(self, kind: str) -> Callable[[re.Match[str]], str]:
        def replace(found: re.Match[str]) -> str:
            self.removed[kind] += 1
            return re.sub(r"[0-9a-fA-F]", "0", found[0])

        return replace


def _replaced_at(
    text: str, words: tuple[str, ...], pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]
) -> str:
    """The text with the pattern replaced where one of the words begins it.

    Ten times as fast as letting the pattern search: an alternation that ignores case is tried at every letter.
    """
    # One byte a character, so that places in the bytes are places in the text; bytes.lower changes ASCII alone.
    lowered = text.encode("latin-1", "replace").lower()
    places: set[int] = set()
    for word in words:
        sign = word.encode()
        at = lowered.find(sign)
        while at >= 0:
            places.add(at)
            at = lowered.find(sign, at + 1)
    pieces: list[str] = []
    done = 0
    for at in sorted(places):
        found = pattern.match(text, at) if at >= done else None
        if found:
            pieces += [text[done:at], replace(found)]
            done = found.end()
    return "".join([*pieces, text[done:]])


def _stand_in(kind: str, length: int, number: int) -> str:
    """A word of that length that tells the number apart: `usera`, `userb`; `usa`."""
    letter = "abcdefghijklmnopqrstuvwxyz"[number % 26]
    if length == 1:
        return letter
    second = "" if number < 26 or length < 3 else "abcdefghijklmnopqrstuvwxyz"[number // 26 % 26]
    body = (kind + "o" * length)[: length - 1 - len(second)]
    return body + second + letter
