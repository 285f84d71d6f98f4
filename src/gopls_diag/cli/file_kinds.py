"""What a file that is no log looks like, by its first bytes."""

from __future__ import annotations

_BEGINNINGS = (
    (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00", "a core dump (open it with dlv core)"),
    (b"\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00", "a core dump (open it with dlv core)"),
    (b"\x7fELF", "a program (ELF)"),
    (b"MZ", "a program of Windows"),
    (b"\xcf\xfa\xed\xfe", "a program of macOS"),
    (b"\xca\xfe\xba\xbe", "a program of macOS"),
    (b"MDMP", "a memory dump of Windows (open it with dlv core)"),
    (b"PAGEDU", "a memory dump of Windows"),
    (b"LPKSHHRH", "a journal of systemd (give the output of journalctl)"),
    (b"ElfFile\x00", "an event log of Windows (export it as text)"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd (try: zstd -dc FILE | gopls-diag crash -)"),
    (b"\xfd7zXZ\x00", "packed with xz (try: xz -dc FILE | gopls-diag crash -)"),
    (b"BZh", "packed with bzip2 (try: bzip2 -dc FILE | gopls-diag crash -)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"PK\x03\x04", "a zip archive (save it to a file and give its path)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF-", "a PDF"),
    (b"SQLite format 3\x00", "a database"),
    # The first field of the message: a type of samples, which are the strings 1 and 2 of the table.
    (b"\x0a\x04\x08\x01\x10\x02", "a profile (open it with go tool pprof; goroutine?debug=2 gives text)"),
    *(
        (b"go 1.%d trace\x00" % minor, "an execution trace of Go (open it with go tool trace)")
        for minor in range(5, 40)
    ),
)
_TEXT_MARKS = (b"\xff\xfe", b"\xfe\xff", b"# telemetry/counter file ")
"""Marks of UTF-16, and of the counters of Go programs, which are read although they are no text."""
_TAR_MARK_AT = 257
_ODD_SHARE = 0.3
"""Logs hold some bytes that are no text; a file that is a third of them is none."""


def kind_of(head: bytes) -> str:
    """What a file that begins so is, in words; "" if it may be a log. Takes at least 4 KiB, or the whole file."""
    head = head[:4096]
    if head[_TAR_MARK_AT : _TAR_MARK_AT + 5] == b"ustar":
        return "a tar archive (unpack it and give the folder)"
    for beginning, words in _BEGINNINGS:
        # What begins with plain letters may be text all the same.
        if head.startswith(beginning) and (not beginning.isalnum() or b"\0" in head[:64]):
            return words
    if head.startswith(_TEXT_MARKS):
        return ""
    return "binary" if _odd_share(head) > _ODD_SHARE else ""


def _odd_share(head: bytes) -> float:
    """The share of control characters; UTF-16 without its mark has NULs on one side only and counts as text."""
    if not head:
        return 0.0
    nuls = head.count(0)
    if nuls and (head[::2].count(0) * 8 < nuls or head[1::2].count(0) * 8 < nuls):
        head = head.replace(b"\0", b"")
    text = head.translate(None, bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32)) + b"\x7f")
    return 1 - len(text) / max(len(head), 1)
