"""Health and cost (H)."""
