"""Tests of gift."""
