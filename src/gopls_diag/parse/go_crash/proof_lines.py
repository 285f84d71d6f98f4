"""The lines of a dump that show a thing, written as the runtime writes them."""

from __future__ import annotations

from gopls_diag.model.go_stack import Frame
from gopls_diag.parse.go_crash.population import Member
from gopls_diag.parse.go_crash.stack_words import exact_words


def header_line(member: Member) -> str:
    """`goroutine 99 [select, 2 minutes]:`; addresses and labels, which prove nothing here, are left out."""
    minutes = f", {member.minutes} minutes" if member.minutes else ""
    return f"goroutine {member.id} [{member.state}{minutes}]:"


def call_line(frame: Frame) -> str:
    """`os/exec.(*Cmd).Wait(0xc000182900)`."""
    return f"{frame.function}({frame.arguments})" if frame.arguments is not None else frame.function


def proof_of(member: Member, address: int) -> tuple[str, ...]:
    """The header and the first call that shows the address."""
    for frame in member.calls:
        if address in exact_words(frame):
            return (header_line(member), call_line(frame))
    return (header_line(member),)


def calls_with(member: Member, *parts: str) -> tuple[str, ...]:
    """The header and the calls whose names hold one of these words, at most five."""
    lines = [call_line(frame) for frame in member.calls if any(part in frame.function for part in parts)]
    return (header_line(member), *lines[:5])
