"""The flight recorder: sees gopls from the side, keeps what a bad end needs to be explained, never stands in between.

`recording` is the loop beside a running gopls, `depth` decides when it looks deeper, `keeping` makes an incident of a
session, `keep_alive` chooses the remedy for the next start, `installing` points editors at the launcher.
"""
