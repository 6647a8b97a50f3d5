"""Tests of the audit rooms."""
