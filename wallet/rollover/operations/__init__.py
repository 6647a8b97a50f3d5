"""Writes of own data kept: deposits, take-backs, and what a month's end rolls."""
