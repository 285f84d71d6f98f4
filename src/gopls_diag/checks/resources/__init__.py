"""Resources, watching, daemon, cache (R)."""
