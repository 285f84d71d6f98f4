"""Answers `--version`, `--help` and `explain CODE` at once, and starts a plain `crash`, without importing click.

Help pages are files in `help/` that `make docs` writes from the commands; a test proves that they are click's words.
"""

from __future__ import annotations

from gopls_diag.cli.shipped import check_files, print_out, read_shipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gopls_diag.model.page import CheckPage


def answer(arguments: list[str]) -> bool:
    """True if the arguments were one of the quick questions and the answer has been printed."""
    reply = _reply(arguments)
    if reply is None:
        return False
    print_out(reply)
    return True


_CRASH_SWITCHES = {"--report": "report", "--all": "all_stacks", "-v": "verbose", "--verbose": "verbose"}
_CRASH_CHOICES = {"--format": ("format_name", ("text", "json")), "--group": ("group", ("stack", "arguments"))}


def plain_crash(arguments: list[str]) -> tuple[list[str], dict[str, str | bool | int]] | None:
    """The files and options of a `crash` whose words need no second look; None leaves the words to click.

    click costs as much as reading a dump of a thousand goroutines. A test proves that both read the same.
    """
    if arguments[:1] != ["crash"]:
        return None
    files: list[str] = []
    options: dict[str, str | bool | int] = {}
    words = iter(arguments[1:])
    for word in words:
        if not word.startswith("-") or word == "-":
            files.append(word)
        elif word in _CRASH_SWITCHES:
            options[_CRASH_SWITCHES[word]] = True
        elif word in _CRASH_CHOICES:
            name, choices = _CRASH_CHOICES[word]
            value = next(words, "")
            if value not in choices:
                return None
            options[name] = value
        elif word == "--html":
            value = next(words, "")
            if not value or value.startswith("-"):
                return None
            options["page"] = value
        else:
            return None
    return files, options


def _reply(arguments: list[str]) -> str | None:
    if arguments == ["--version"]:
        from gopls_diag import __version__  # noqa: PLC0415

        return f"gopls-diag {__version__}\n"
    if arguments and arguments[-1] == "--help" and all(each.lstrip("-").isalpha() for each in arguments[:-1]):
        return read_shipped("cli", "help", "-".join(["gopls-diag", *arguments[:-1]]) + ".txt")
    if len(arguments) == 2 and arguments[0] == "explain" and not arguments[1].startswith("-"):
        page = written_page(arguments[1])
        if page is not None:
            from gopls_diag.present import check_page  # noqa: PLC0415

            return check_page.text(page)
    return None


def written_page(wanted: str) -> CheckPage | None:
    """The page of the check with this code or id, read from its source; None when there is none."""
    from gopls_diag.parse.check_source import read_check  # noqa: PLC0415

    wanted = wanted.strip()
    # Most folders begin with the letter of their codes: looking there first saves reading the others.
    for family, name in sorted(check_files(), key=lambda file: file[0][0] != wanted[:1].lower()):
        is_named = wanted.lower() == f"{family}/{name.replace('_', '-')}"
        if not is_named and len(wanted) != 3:
            continue
        source = read_shipped("checks", family, name + ".py") or ""
        if is_named or f'"{wanted.upper()}"' in source:
            page = read_check(source, family, name)
            if page is not None and (is_named or page.code == wanted.upper()):
                return page
    return None
