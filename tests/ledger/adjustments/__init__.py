"""Tests of adjustments and reversals."""
