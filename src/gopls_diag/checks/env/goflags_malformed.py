"""E05: GOFLAGS holds something that is no flag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(r"parsing \$GOFLAGS: ((?:non-flag|unknown flag) [^\n]{1,200})")


@check(
    "E05",
    Severity.ERROR,
    why="Every go command but go env refuses to run, so gopls cannot load any package.",
    explains=("E28", "W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def goflags_malformed(environment: GoEnvironment, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """GOFLAGS holds something that is no flag.

    What it means: GOFLAGS is a list of flags for every go command. A word in it does not begin with a minus, or is no
        flag that any go command knows. A value with spaces needs quotes: '-tags=a b' as one word, or -tags=a,b.
    Why it matters: The go command stops before it does anything, and gopls with it.
    How to fix: go env -u GOFLAGS, or correct it where it is set.
    When to ignore: Never; go build fails in the terminal as well.
    Source: golang/go src/cmd/go/internal/base/goflags.go.
    """
    setting = environment.origin("GOFLAGS")
    remedies = unset(setting, name="GOFLAGS", otherwise="Correct GOFLAGS where it is set", is_safe=True)
    evidence = (setting.evidence,) if setting else ()
    if not isinstance(sayings, Unknown):
        for heard in sayings.matching(PATTERN):
            words = heard.match[1].strip().rstrip('"').replace('\\"', "").replace('"', "")
            value = f"GOFLAGS is {setting.value!r}" if setting else "GOFLAGS is broken"
            yield Finding(f"{value}: {words}", evidence=(*evidence, quote(heard)), remedies=remedies)
            return
    if setting is None:
        return
    for word in _words(setting.value):
        if not word.startswith("-") or word in ("-", "--") or word.startswith(("---", "-=", "--=")):
            yield Finding(f"GOFLAGS is {setting.value!r}: {word!r} is no flag", evidence=evidence, remedies=remedies)
            return


def _words(text: str) -> list[str]:
    """The words as go splits them (cmd/internal/quoted): at spaces, a word that begins with a quote ends with it."""
    words: list[str] = []
    rest = text.strip()
    while rest:
        mark = rest[0]
        if mark in "'\"":
            word, _, rest = rest[1:].partition(mark)
        else:
            word, rest = [*rest.split(None, 1), ""][:2]
        words.append(word)
        rest = rest.strip()
    return words
