"""Where gopls comes from. Apart from gopls.py, which is more than a dump of goroutines needs."""

from __future__ import annotations

GOPLS_PACKAGE = "golang.org/x/tools/gopls"
