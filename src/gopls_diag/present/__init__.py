"""Model to text, JSON, SARIF and Markdown: one file a format.

A presenter decides nothing: what is worst, what explains what and what to do about it stand in the model. Nothing is
imported here, because `explain` must start as fast as Python does.
"""
