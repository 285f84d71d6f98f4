"""What is printed about a signal: `[signal SIGSEGV: …]` behind a panic, and the heads of crashes by a signal.

Printed by `sigpanic`, `fatalsignal` and `printpanicval` of golang/go src/runtime/signal_unix.go, panic.go,
signal_windows.go (`Exception 0x…`) and os3_plan9.go (the note, then `PC=0x…`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from gopls_diag.model.crash import SignalDetail

_BRACKET_PATTERN = re.compile(
    r"\[signal ([A-Za-z0-9]{1,20})(?:: ([^\]=]{0,100}?))? code=(-?[0-9a-fx]{1,20}) addr=(0x[0-9a-f]{1,16})"
    r" pc=(0x[0-9a-f]{1,16})\]?"
)
_HEAD_PATTERN = re.compile(r"(SIG[A-Z0-9]{2,10}|[Ss]ignal [0-9]{1,3})(?:: ([ -~]{0,100}))?")
_PC_PATTERN = re.compile(r"PC=(0x[0-9a-f]{1,16})(?: m=(-?[0-9]{1,10}))?")
_CODE_PATTERN = re.compile(r" sigcode=(-?[0-9]{1,20})")
_ADDRESS_PATTERN = re.compile(r" addr=(0x[0-9a-f]{1,16})")
_EXCEPTION_PATTERN = re.compile(
    r"Exception (0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16})"
)
_DURING_CGO = ("signal arrived during cgo execution", "signal arrived during external code execution")
_NUMBERS = {"0x4": "SIGILL", "0x6": "SIGABRT", "0x7": "SIGBUS", "0x8": "SIGFPE", "0xb": "SIGSEGV"}
"""Go 1.7 and older printed numbers; those that are the same, or the only ones, on the systems that it ran on."""


def parse_bracket(text: str) -> SignalDetail | None:
    """`[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x486a55]`, also with a number for the name."""
    matched = _BRACKET_PATTERN.match(text)
    if matched is None:
        return None
    name, words, code, address, pc = matched.groups()
    return SignalDetail(
        _NUMBERS.get(name, name), (words or "").strip(), _signed(code), int(address, 16), int(pc, 16), during_cgo=False
    )


def parse_signal_head(text: str) -> SignalDetail | None:
    """`SIGQUIT: quit`, `Signal 42` and `signal 35`; None if the line is none."""
    matched = _HEAD_PATTERN.fullmatch(text)
    if matched is None or (matched[1][0] == "S" and matched[1][1] == "I" and matched[2] is None):
        return None
    return SignalDetail(matched[1], matched[2] or "")


def parse_exception(text: str) -> SignalDetail | None:
    """`Exception 0xc0000005 0x0 0x0 0x47b5f1`: code, two words of information, address (Windows)."""
    matched = _EXCEPTION_PATTERN.fullmatch(text.rstrip())
    if matched is None:
        return None
    return SignalDetail(matched[1], code=int(matched[2], 16), address=int(matched[3], 16), pc=int(matched[4], 16))


def parse_pc(text: str) -> SignalDetail | None:
    """`PC=0x4960e1 m=0 sigcode=0 addr=0x56ca`, the line behind the head; without a name."""
    matched = _PC_PATTERN.match(text)
    if matched is None:
        return None
    code = _CODE_PATTERN.search(text, matched.end())
    address = _ADDRESS_PATTERN.search(text, matched.end())
    return SignalDetail(
        "",
        code=_signed(code[1]) if code else None,
        address=int(address[1], 16) if address else None,
        pc=int(matched[1], 16),
    )


def with_line(signal: SignalDetail, text: str) -> SignalDetail | None:
    """The signal with what a line behind its head tells; None if the line tells nothing of it."""
    if text.startswith("PC=") and (more := parse_pc(text)):
        return replace(
            signal,
            code=more.code if more.code is not None else signal.code,
            address=more.address if more.address is not None else signal.address,
            pc=more.pc,
        )
    if text.startswith("signal arrived during "):
        return replace(signal, during_cgo=text.startswith(_DURING_CGO))
    if text.startswith("instruction bytes:"):
        return signal
    return None


def _signed(text: str) -> int | None:
    """sigcode is an int32 or int64 that the runtime prints without its sign."""
    try:
        number = int(text, 0)
    except ValueError:
        return None
    if number >= 1 << 63:
        return number - (1 << 64)
    return number - (1 << 32) if 1 << 31 <= number < 1 << 32 else number
