"""Coins turned into data on any carrier."""
