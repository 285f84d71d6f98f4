"""P04: a symbolic link that leads nowhere, on the way to what go needs."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.go_list import GoList
from gopls_diag.model.link import LinkedPlace, LinkedPlaces
from gopls_diag.model.outcome import Unknown

SDK = "the macOS SDK"


@check(
    "P04",
    Severity.ERROR,
    why="What lies behind the link cannot be read, so go and gopls fail or take another file.",
    explains=("E02", "E03", "E04", "E07", "E08", "E09", "E22", "E23", "E28", "W01", "W02", "W03", "W08", "W09", "C04"),
)
def link_astray(places: LinkedPlaces, listed: GoList | Unknown) -> Iterator[Finding]:
    """A symbolic link leads in a circle or nowhere.

    What it means: GOROOT, GOPATH, a cache, the workspace, something that it uses, or the macOS SDK is reached through a
        link whose target is missing, or through links that lead back to themselves.
    Why it matters: The go command reports a missing folder or "too many levels of symbolic links"; a go.mod that is a
        broken link is passed over in silence and the next one above is taken.
    How to fix: Look at the link with ls -l, then point it at what exists or remove it.
    When to ignore: A broken SDK link matters only where cgo is used; gopls itself never reads the SDK.
    Source: cmd/go/internal/modload/init.go (findModuleRoot); path_resolution(7): ELOOP, ENOENT.
    """
    uses_cgo = isinstance(listed, GoList) and any(each.cgo_files for each in listed.packages)
    for place, roles in _by_link(places).items():
        is_sdk = place.role == SDK
        leads = "lead" if len(roles) > 1 else "leads"
        where = "in a circle" if place.is_loop else "nowhere"
        yield Finding(
            summary=f"{_opened(' and '.join(roles))} {leads} {where}: the link {place.link} points to {place.target}",
            evidence=(Evidence(place.link, f"-> {place.target}"),),
            remedies=(advise(_advice(place)),),
            severity=_severity(roles, is_sdk=is_sdk, uses_cgo=uses_cgo),
            why=_why(roles, is_sdk=is_sdk),
        )


def _severity(roles: list[str], *, is_sdk: bool, uses_cgo: bool) -> Severity | None:
    """The SDK matters to cgo alone; an entry of GOPATH that holds no module cache matters to nobody but go install."""
    if is_sdk:
        return Severity.WARNING if uses_cgo else Severity.INFO
    return Severity.INFO if roles == ["GOPATH"] else None


def _why(roles: list[str], *, is_sdk: bool) -> str | None:
    if is_sdk:
        return "The C compiler finds no headers, so cgo packages fail."
    return "The module cache lies elsewhere, so gopls loads without it." if roles == ["GOPATH"] else None


def _by_link(places: LinkedPlaces) -> dict[LinkedPlace, list[str]]:
    """Each link once, by the first place that it spoils, with the roles of all of them."""
    firsts: dict[str, LinkedPlace] = {}
    roles: dict[LinkedPlace, list[str]] = {}
    for place in places.astray:
        first = firsts.setdefault(place.link, place)
        if place.role not in roles.setdefault(first, []):
            roles[first].append(place.role)
    return roles


def _opened(role: str) -> str:
    """The role as a sentence begins; names and paths keep their letters."""
    return f"The {role[4:]}" if role.startswith("the ") else role


def _advice(place: LinkedPlace) -> str:
    if place.role == SDK:
        return "Install the command line tools anew: xcode-select --install"
    return f"Point {place.link} at what exists, or remove it"
