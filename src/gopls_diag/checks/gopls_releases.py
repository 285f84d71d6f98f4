"""What each release of gopls needs of Go, as far as its sources say (read 2026-11-22, up to v0.24.0).

golang/tools: gopls/go.mod at each tag (what it takes to build it), gopls/internal/util/goversion/goversion.go (which
go commands it still works with), the dates of the tags (which Go was the newest then). gopls's policy
(gopls/doc/index.md) is to support the two newest releases of Go.
"""

from __future__ import annotations

from gopls_diag.model.version import GoplsVersion, GoVersion

NEWEST_GO = (
    ("v0.24.0", 27),
    ("v0.22.0", 26),
    ("v0.20.0", 25),
    ("v0.18.0", 24),
    ("v0.17.0", 23),
    ("v0.15.0", 22),
    ("v0.13.0", 21),
    ("v0.12.0", 20),
)
"""From that release of gopls on, the newest Go 1.N that was out or announced when it appeared."""

LAST_GOPLS_FOR_GO = ((12, "v0.7.5"), (15, "v0.9.5"), (17, "v0.11.0"), (18, "v0.14.2"), (20, "v0.15.3"))
"""Up to that Go 1.N, the last gopls that works with its go command without a warning (goversion.go, `Supported`)."""

FIRST_GOPLS_WITHOUT_GO = ((12, "v0.8.0"), (15, "v0.10.0"), (17, "v0.12.0"), (18, "v0.15.0"), (20, "v0.16.0"))
"""Up to that Go 1.N, the first gopls that warns of its go command or refuses it."""

GO_TO_BUILD = (
    ("v0.24.0", "go1.27.0"),
    ("v0.22.0", "go1.26.0"),
    ("v0.21.0", "go1.25"),
    ("v0.19.0", "go1.24.2"),
    ("v0.18.0", "go1.23.4"),
    ("v0.17.0", "go1.23.1"),
    ("v0.16.0", "go1.19"),
    ("v0.12.0", "go1.18"),
)
"""From that release on, the Go that it takes to build it (the go line of gopls/go.mod)."""

NEWEST_OF_LINE = {
    "v0.22.0": "v0.23.0",
    "v0.21.0": "v0.21.1",
    "v0.19.0": "v0.20.0",
    "v0.18.0": "v0.18.1",
    "v0.17.0": "v0.17.1",
    "v0.16.0": "v0.16.2",
    "v0.12.0": "v0.15.3",
}
"""The newest release that still builds with the same Go."""


def last_gopls_for(go: GoVersion) -> str:
    """The last gopls that works with that go command; empty when all current ones do."""
    return next((gopls for minor, gopls in LAST_GOPLS_FOR_GO if go.is_known and go.minor <= minor), "")


def refuses(gopls: GoplsVersion, go: GoVersion) -> bool:
    """True if that gopls is known to warn of that go command, or to refuse it, for being too old."""
    first = next((gopls for minor, gopls in FIRST_GOPLS_WITHOUT_GO if go.is_known and go.minor <= minor), "")
    return bool(first) and gopls.is_at_least(first)


def newest_go_known_to(gopls: GoplsVersion, built_with: GoVersion) -> int:
    """The newest Go 1.N that this binary knows: of its release, or of its builder if that is newer; -1 when unknown."""
    release = next((minor for version, minor in NEWEST_GO if gopls.is_at_least(version)), -1)
    return max(release, built_with.minor if built_with.is_known else -1)


def newest_that_builds_with(go: GoVersion) -> str:
    """The newest gopls that this Go builds without downloading another Go: a version, or `latest`."""
    for version, needed in GO_TO_BUILD:
        if go >= GoVersion.parse(needed):
            return NEWEST_OF_LINE.get(version, "latest")
    return ""
