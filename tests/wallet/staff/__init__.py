"""Tests of staff and their roles."""
