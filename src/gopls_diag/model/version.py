"""Versions of Go and of gopls: everything that is really printed, in the order that Go itself gives them.

Texts that name no version (`(devel)`, `devel +abc`, a pseudo-version of no release) are versions too, with `is_known`
false: they sort below all others and must not be judged by their order. Nothing here raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

# A number of more than nine digits is no version, and int() of a very long one is not linear.
_GO_PATTERN = re.compile(
    r"(?:go)?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9})|(alpha|beta|rc)(\d{1,9}))?([-+][^\s]{1,200})?"
)
_SEMVER_PATTERN = re.compile(
    r"(?:^|\s)v(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]{1,100}))?(?:\+([0-9A-Za-z.-]{1,100}))?(?:$|\s)"
)
_PSEUDO_PATTERN = re.compile(r"(?:^|\.)(\d{14})-([0-9a-f]{12})$")
_GO_KINDS = ("", "alpha", "beta", "rc")
_FIRST_WITH_POINT_ZERO = 21
"""From go1.21 the first release is called go1.21.0 and `go1.21` names the language, which is older than go1.21rc1."""


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class GoVersion:
    """A version of the Go toolchain, in the order of Go's package go/version: suffixes of packagers do not count."""

    text: str
    """As it was printed."""
    major: int = -1
    minor: int = -1
    patch: int = -1
    """-1 where there is none: `go1.27`, `go1.27rc1`."""
    kind: str = ""
    """alpha, beta or rc; empty for a release."""
    number: int = 0
    """Of the pre-release: 1 in rc1."""
    suffix: str = ""
    """What a packager or an experiment put behind it: `-custom`, `X:jsonv2`."""
    is_devel: bool = False
    """True for a toolchain built from the repository between releases."""

    @staticmethod
    def parse(text: str) -> GoVersion:
        """The version in `go1.24rc1`, `1.26.5`, `go version go1.26.5 linux/amd64`, `devel go1.28-abc`."""
        words = text.strip().removeprefix("go version ").strip()[:300]
        is_devel = words.startswith("devel") or "-devel" in words
        words = words.removeprefix("devel").strip()
        # `go version` ends in os/architecture, `version go1.26.5-X:…` in experiments: the version is the first word.
        first, _, rest = words.partition(" ")
        found = _GO_PATTERN.fullmatch(first)
        if not found or found[1] == "0":
            return GoVersion(text=text.strip(), is_devel=is_devel or "devel" in text)
        minor = int(found[2] or 0)
        kind = found[4] or ""
        patch = -1 if kind or minor >= _FIRST_WITH_POINT_ZERO else 0
        if found[3] is not None:
            patch = int(found[3])
        rest = "" if re.fullmatch(r"[a-z0-9]{1,20}/[a-z0-9]{1,20}", rest.strip()) else rest.strip()
        suffix = " ".join(each for each in (found[6] or "", rest) if each)
        return GoVersion(text.strip(), int(found[1]), minor, patch, kind, int(found[5] or 0), suffix, is_devel)

    @property
    def is_known(self) -> bool:
        """True if the text named a version."""
        return self.major >= 0

    @property
    def language(self) -> str:
        """The language version, `1.26`; empty when the version is not known."""
        return f"{self.major}.{self.minor}" if self.is_known else ""

    @property
    def name(self) -> str:
        """As Go writes it, `go1.26.5`, without suffixes; the text itself when the version is not known."""
        if not self.is_known:
            return self.text or "an unknown Go"
        patch = (
            f".{self.patch}" if self.patch >= 0 and not (self.minor < _FIRST_WITH_POINT_ZERO and not self.patch) else ""
        )
        return f"go{self.language}{patch}{self.kind}{self.number if self.kind else ''}"

    def __str__(self) -> str:
        return self.name

    @property
    def _key(self) -> tuple[int, ...]:
        return (self.major, self.minor, self.patch, _GO_KINDS.index(self.kind), self.number)

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, GoVersion) else NotImplemented

    def __lt__(self, other: GoVersion) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class GoplsVersion:
    """A version of gopls, in the order of semantic versions: pre-releases first, build words do not count."""

    text: str
    """As it was printed."""
    major: int = -1
    minor: int = -1
    patch: int = -1
    prerelease: tuple[str, ...] = ()
    """`("pre", "1")` in v0.24.0-pre.1; empty for a release."""
    commit: str = ""
    """Of a pseudo-version, twelve hex digits."""
    committed: str = ""
    """Of a pseudo-version, YYYYMMDDhhmmss in UTC."""

    @staticmethod
    def parse(text: str) -> GoplsVersion:
        """The version in `v0.23.0`, `golang.org/x/tools/gopls v0.23.0`, `(devel)`, or a pseudo-version."""
        words = text.strip()[:300]
        found = _SEMVER_PATTERN.search(words)
        if not found:
            return GoplsVersion(text=words)
        version = words[found.start() : found.end()].strip()
        prerelease = tuple((found[4] or "").split(".")) if found[4] else ()
        pseudo = _PSEUDO_PATTERN.search(found[4] or "")
        commit, committed = (pseudo[2], pseudo[1]) if pseudo else ("", "")
        numbers = (int(found[1]), int(found[2] or 0), int(found[3] or 0))
        if numbers == (0, 0, 0):
            return GoplsVersion(version, commit=commit, committed=committed)
        return GoplsVersion(version, *numbers, prerelease, commit, committed)

    @property
    def is_known(self) -> bool:
        """True if the text says which release it is, or comes after; false for `(devel)` and v0.0.0-…."""
        return self.major >= 0

    @property
    def is_release(self) -> bool:
        """True for a version that was published as such: v0.23.0."""
        return self.is_known and not self.prerelease

    def is_at_least(self, version: str) -> bool:
        """True if it is known to be that version or a later one; a pre-release of it counts as it."""
        wanted = GoplsVersion.parse(version)
        return self.is_known and (self >= wanted or self._numbers == wanted._numbers)

    def is_before(self, version: str) -> bool:
        """True if it is known to be older than that version and is no pre-release of it."""
        return self.is_known and not self.is_at_least(version)

    def __str__(self) -> str:
        return self.text or "an unknown version"

    @property
    def _numbers(self) -> tuple[int, int, int]:
        return (self.major, self.minor, self.patch)

    @property
    def _key(self) -> tuple[object, ...]:
        # A release comes after its pre-releases; numeric words come before others (semver.org, section 11).
        words = tuple(
            (0, int(each), "") if each.isdigit() and len(each) < 20 else (1, 0, each) for each in self.prerelease
        )
        return (self._numbers, not self.prerelease, words)

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, GoplsVersion) else NotImplemented

    def __lt__(self, other: GoplsVersion) -> bool:
        return bool(self._key < other._key)

    def __hash__(self) -> int:
        return hash(self._key)
