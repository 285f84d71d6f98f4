"""Shell start files and limits.conf: lines that limit the address space (`ulimit -v`, `as`).

Forms: POSIX ulimit and the manuals of bash, zsh (`limit vmemoryuse`), fish and csh; limits.conf(5). The unit is KiB in
all but zsh's and csh's `limit`, which take a suffix.
"""

from __future__ import annotations

import re

from gopls_diag.model.shell_limits import AddressSpaceLimit

_ULIMIT_PATTERN = re.compile(
    r"(?:^|[;&|({\s])ulimit((?:[ \t]+-[A-Za-z]+(?:[ \t]+[0-9]{1,18}\b)?)+)(?:[ \t]+([^\s;&|#]{1,64}))?"
)
_OPTION_PATTERN = re.compile(r"-([A-Za-z]+)(?:[ \t]+([0-9]{1,18}))?")
_LONG_PATTERN = re.compile(r"(?:^|[;&|\s])ulimit[ \t][^;#\n]{0,80}?--virtual-memory-size[ \t=]+([^\s;&|#]{1,64})")
_LIMIT_PATTERN = re.compile(
    r"(?:^|[;&|({\s])limit(?:[ \t]+-h)?[ \t]+(?:vmemoryuse|addressspace)[ \t]+([^\s;&|#]{1,64})"
)
_SIZE_PATTERN = re.compile(r"^(\d{1,12})([kKmMgG]?)[bB]?$")
_FACTORS = {"": 1024, "k": 1024, "m": 1024**2, "g": 1024**3}
_NO_LIMIT = ("unlimited", "infinity", "-1", "hard", "soft")
_COMMENT_PATTERN = re.compile(r"(?:^|\s)#.*$")


def parse_shell_file(text: str, *, path: str) -> tuple[AddressSpaceLimit, ...]:
    """Lines of a shell start file that lower the address space of what is started from that shell.

    Lines that only show the limit, that lift it, or that a comment holds are none.
    """
    found: list[AddressSpaceLimit] = []
    for number, written in enumerate(text.splitlines(), 1):
        if "limit" not in written:
            continue
        line = _COMMENT_PATTERN.sub("", written[:2000])
        value = _ulimit(line)
        if value is None or value.lower() in _NO_LIMIT:
            continue
        found.append(AddressSpaceLimit(path, number, line.strip(), _bytes(value)))
    return tuple(found)


def _ulimit(line: str) -> str | None:
    """The value that a line gives to the address space, as written; None if it gives none."""
    for pattern in (_LONG_PATTERN, _LIMIT_PATTERN):
        long = pattern.search(line)
        if long:
            return long[1].strip("\"'")
    short = _ULIMIT_PATTERN.search(line)
    if not short:
        return None
    value: str | None = None
    # bash takes several limits in one command: `ulimit -n 4096 -v 4194304`.
    for option in _OPTION_PATTERN.finditer(short[1]):
        if "v" in option[1]:
            value = option[2] or (short[2] or "").strip("\"'") or None
    return value


def _bytes(value: str) -> int | None:
    found = _SIZE_PATTERN.match(value)
    return int(found[1]) * _FACTORS[found[2].lower()] if found else None


def parse_limits_conf(text: str, *, path: str) -> tuple[AddressSpaceLimit, ...]:
    """Lines of a limits.conf that limit `as`: `subject type as value`, the value in KiB."""
    found: list[AddressSpaceLimit] = []
    for number, written in enumerate(text.splitlines(), 1):
        line = _COMMENT_PATTERN.sub("", written[:2000])
        words = line.split()
        if len(words) != 4 or words[2] != "as" or words[1] not in ("soft", "hard", "-"):
            continue
        if words[3].lower() in _NO_LIMIT:
            continue
        found.append(AddressSpaceLimit(path, number, " ".join(words), _bytes(words[3]), words[0]))
    return tuple(found)
