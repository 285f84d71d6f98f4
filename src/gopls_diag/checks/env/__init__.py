"""Go command and environment (E)."""
