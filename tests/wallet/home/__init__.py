"""Tests of what a subscriber sees of all families together."""
