"""Entries of a journal with a field a line: `journalctl -o verbose`, `-o export`, `-o json-pretty`.

Forms: systemd src/shared/logs-show.c (output_verbose, output_export, output_json) and systemd.journal-fields(7). A
program's own fields are in capitals, those that the journal adds begin with `_`. A message of several lines stands in
`-o verbose` with the lines below each other, indented; in `-o export` it is binary and not read here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.parse.log.carrier import LineCarrier, Peeled
from gopls_diag.parse.log.escapes import json_value

_FIELD_PATTERN = re.compile(r"( {4})?(_{0,2}[A-Z][A-Z0-9_]{1,63})=")
_MEMBER_PATTERN = re.compile(r'\t"(_{0,2}[A-Z][A-Z0-9_]{1,63})" : ')
_ENTRY_PATTERN = re.compile(r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9} \S{1,10} \[s=[0-9a-f]{4,32};")
_MESSAGE = "MESSAGE"
_CONTINUED = " " * 12
"""Four blanks and `MESSAGE=`, below which the further lines of a message stand."""


class JournalFields(LineCarrier):
    """From the first field that the journal itself adds, so that other files of `NAME=value` are left alone."""

    name = ""
    first_characters = " _\t{}ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    mark = ""

    def __init__(self) -> None:
        self._is_journal = False
        self._is_in_message = False

    def passes(self, text: str) -> bool:
        """No dump of the journal has begun, nor does one here."""
        return not self._is_journal and "__CURSOR" not in text

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The message; nothing for the other fields."""
        if not self._is_journal:
            if not ("__CURSOR" in line or _ENTRY_PATTERN.match(line)):
                return None
            self._is_journal, self.name = True, "journald-fields"
        if self._is_in_message and line.startswith(_CONTINUED):
            return (Peeled(line[len(_CONTINUED) :]),)
        self._is_in_message = False
        field = _FIELD_PATTERN.match(line)
        if field:
            self._is_in_message = field[2] == _MESSAGE and bool(field[1])
            return (Peeled(line[field.end() :]),) if field[2] == _MESSAGE else ()
        member = _MEMBER_PATTERN.match(line)
        if member:
            value = json_value(line[member.end() :].rstrip(", ")) if member[1] == _MESSAGE else None
            return tuple(Peeled(each) for each in value.split("\n")) if isinstance(value, str) else ()
        return () if line in ("{", "}") or _ENTRY_PATTERN.match(line) else None
