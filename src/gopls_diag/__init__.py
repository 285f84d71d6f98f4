"""gopls-diag: why a Go developer's language server failed, proved and repaired."""

# Written here, not read from package metadata: importlib.metadata costs more than the whole start.
__version__ = "0.1.0"
