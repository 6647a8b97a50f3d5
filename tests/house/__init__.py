"""Tests of the house itself: sizes, names, rooms."""
