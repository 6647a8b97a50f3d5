"""Tests of everyday records."""
