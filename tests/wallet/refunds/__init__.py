"""Tests of refund lists."""
