"""The launcher that an editor starts instead of gopls, in two forms of one behaviour: Go sources, and launch.py."""
