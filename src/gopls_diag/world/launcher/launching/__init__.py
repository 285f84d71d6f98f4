"""The parts of launch.py, which import each other by their relation: they work without gopls-diag too."""
