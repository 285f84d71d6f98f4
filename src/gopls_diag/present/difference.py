"""Two states of a file as a unified diff, also of files far too big for a plain one."""

from __future__ import annotations

import difflib

_CONTEXT_LINES = 3
_LONGEST_MIDDLE_LINES = 2000
_NO_NEWLINE = "\\ No newline at end of file"


def unified(path: str, before: bytes | None, after: bytes | None) -> list[str]:
    """The lines of a unified diff without their ends; none when nothing differs.

    Only what lies between the first and the last line that differ is compared, so a change in a file of 5 MB costs no
    more than finding it. Line ends are not shown, but a line that differs in its end alone is.
    """
    old, new = _lines(before), _lines(after)
    start = 0
    shortest = min(len(old), len(new))
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start == len(old) == len(new):
        return []
    first = max(0, start - _CONTEXT_LINES)
    last_old = min(len(old), len(old) - end + _CONTEXT_LINES)
    last_new = min(len(new), len(new) - end + _CONTEXT_LINES)
    head = [f"--- {path if before is not None else '/dev/null'}", f"+++ {path if after is not None else '/dev/null'}"]
    if last_old - first + last_new - first > _LONGEST_MIDDLE_LINES:
        return [*head, f"@@ lines {start + 1} to {len(old) - end} @@", "  (too much to show)"]
    body = difflib.unified_diff(old[first:last_old], new[first:last_new], n=_CONTEXT_LINES, lineterm="")
    for line in list(body)[2:]:
        if line.startswith("@@"):
            head.append(_moved(line, first))
            continue
        text, newline, rest = line.partition("\n")
        head.append(text.removesuffix("\r"))
        if not newline and not rest:
            head.append(_NO_NEWLINE)
    return head


def _lines(content: bytes | None) -> list[str]:
    if not content:
        return []
    text = content.decode("utf-8", "replace")
    lines = text.split("\n")
    return [each + "\n" for each in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _moved(header: str, by: int) -> str:
    """A hunk's header counts from the beginning of the file, not of the part that was compared."""
    words = header.split(" ")
    for at in (1, 2):
        sign, numbers = words[at][0], words[at][1:].split(",")
        numbers[0] = str(int(numbers[0]) + by)
        words[at] = sign + ",".join(numbers)
    return " ".join(words)
