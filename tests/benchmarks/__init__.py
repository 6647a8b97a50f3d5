"""Figures to read, never to pass or fail."""
