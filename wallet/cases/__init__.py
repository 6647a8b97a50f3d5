"""Doubts about a line of the history: a subscriber asks, the staff answers into the inbox."""
