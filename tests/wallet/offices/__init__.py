"""Tests of carriers' offices."""
