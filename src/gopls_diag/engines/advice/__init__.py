"""Advice: what the claims of a text are worth, by what is installed and by tables of what there ever was.

`names` holds the tables, one file a kind judges it, `judging` is the way through them.
"""
