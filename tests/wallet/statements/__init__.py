"""Tests of subscribers' month statements."""
