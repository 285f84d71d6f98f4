"""E18: a private module cannot be fetched, because nobody may be asked for a password."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Remedy, Severity, advise, run
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(r"could not read (?:Username|Password) for '?(https?://[^'\s:]{1,200})|terminal prompts disabled")


@check("E18", Severity.WARNING, why="That module stays unknown to gopls.", explains=("E16",))
def private_module_without_login(sayings: Sayings, environment: GoEnvironment | Unknown) -> Iterator[Finding]:
    """A private module cannot be fetched without a login.

    What it means: The go command let git fetch a module over https; the server asked for a user name, and git may not
        ask for one when an editor runs it.
    Why it matters: Packages of that module are errors, and completion knows nothing of them.
    How to fix: Give git the credentials beforehand (a credential helper, or ssh in place of https), and name the
        module's prefix in GOPRIVATE so that no public proxy is asked.
    When to ignore: When the module's path was mistyped: servers ask for a login for repositories that do not exist too.
    Source: golang/go src/cmd/go/internal/modfetch/codehost/git.go; https://go.dev/doc/faq#git_https.
    """
    seen: set[str] = set()
    for heard in sayings.matching(PATTERN):
        server = heard.match[1] or ""
        if (not server and seen) or server in seen:
            continue
        seen.add(server)
        host = server.partition("://")[2] or "HOST"
        remedies: list[Remedy] = [
            run(
                "git",
                "config",
                "--global",
                f"url.ssh://git@{host}/.insteadOf",
                f"https://{host}/",
                title=f"Use ssh for {host}",
            ),
            *_kept_private(host, environment),
            advise("Or set up a git credential helper", link="https://go.dev/doc/faq#git_https"),
        ]
        yield Finding(
            f"git may not ask for a login for {server or 'a private module'}",
            evidence=(quote(heard),),
            remedies=tuple(remedies),
        )
    sayings.need(Channel.LOG, Channel.SHOW, Channel.STDERR, Channel.CLIENT)


def _kept_private(host: str, environment: GoEnvironment | Unknown) -> tuple[Remedy, ...]:
    """Keep public proxies out of it: by the owner's prefix, since a host may hold public modules too."""
    present = environment.origin("GOPRIVATE") if isinstance(environment, GoEnvironment) else None
    if present is None:
        return (advise(f"Ask no public proxy for your modules from there: go env -w GOPRIVATE={host}/OWNER"),)
    if host in present.value:
        return ()
    return (advise(f"Add {host}/OWNER to GOPRIVATE in {present.place}, which is {present.value}"),)
