"""Platform (P)."""
