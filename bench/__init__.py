"""Figures: what the house promises, measured beside a reference in the same run."""
