"""`python -m gopls_diag`."""

from gopls_diag.cli import main

main()
