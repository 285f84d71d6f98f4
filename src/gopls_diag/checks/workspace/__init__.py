"""Workspace and files (W)."""
