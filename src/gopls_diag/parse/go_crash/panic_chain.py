"""The lines that tell of panics: `panic: first [recovered]`, TAB `panic: second`, and what goes on from them.

Printed by `printpanics` and `printpanicval` of golang/go src/runtime/panic.go and error.go. Until Go 1.22 the further
lines of a value stand as they are, since Go 1.23 each has a TAB before it. Go 1.25 writes ` [recovered, repanicked]`
where older releases print the same value a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gopls_diag.model.crash import PanicValue

_RECOVERED = " [recovered]"
_REPANICKED = " [recovered, repanicked]"
_VALUE_LINES = 200
_VALUES = 500


@dataclass(slots=True)
class PanicChain:
    """Panics as they are read, the first cause first."""

    _values: list[list[str]] = field(default_factory=list)
    """Lines of each value; an empty list for a Goexit, which prints nothing."""

    @property
    def is_empty(self) -> bool:
        return not self._values

    def begin(self, text: str, is_indented: bool) -> None:
        """A new `panic: text`. The second and later ones have a TAB, unless a Goexit, silent itself, stands before."""
        if len(self._values) >= _VALUES:
            return
        if self._values and not is_indented:
            self._values.append([])
        self._values.append([text])

    def go_on(self, text: str) -> None:
        """One more line of the value that came last."""
        if self._values and len(self._values[-1]) < _VALUE_LINES:
            self._values[-1].append(text)

    def values(self) -> tuple[PanicValue, ...]:
        """The chain, with the marks taken off the values."""
        lines = [each for each in self._values if each]
        last = lines[-1] if lines else None
        found = [
            _value("\n".join(each), is_last=each is last) if each else PanicValue("", is_goexit=True)
            for each in self._values
        ]
        for at in range(len(found) - 1):
            if found[at].is_recovered and found[at].text == found[at + 1].text:
                found[at] = replace(found[at], is_repanicked=True)
        return tuple(found)


def _value(text: str, is_last: bool) -> PanicValue:
    if text.endswith(_REPANICKED):
        return PanicValue(text[: -len(_REPANICKED)], is_recovered=True, is_repanicked=True)
    # Who is recovered is printed only if another panic came after it: on the last one these are words of the value.
    if text.endswith(_RECOVERED) and not is_last:
        return PanicValue(text[: -len(_RECOVERED)], is_recovered=True)
    return PanicValue(text)
