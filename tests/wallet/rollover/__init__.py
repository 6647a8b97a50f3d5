"""Tests of own data kept."""
