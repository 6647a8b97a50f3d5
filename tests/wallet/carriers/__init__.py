"""Tests of the carriers' faces."""
