"""Everyday records, kept as long as policy says and no longer."""
