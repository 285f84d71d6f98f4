"""Reads what articles, answers, scripts and settings claim about gopls, go, the Go extension and delve.

What is taken: names that are given out as a flag, a setting, an environment variable, a command or a path of these
programs, whether they exist or not, and what is done to the machine for their sake (`ulimit -v`). What is not: flags
of other programs, source code of Go, addresses of pages, names of files that belong to a module (`go.mod`, `go.work`).
A path is a claim where it names a place on a disk: `~/.cache/gopls`, `.vscode/settings.json`; never a path of a source
repository. A command that only starts gopls is no claim; its flags are.
"""

from gopls_diag.parse.advice.reading import read_claims

__all__ = ["read_claims"]
