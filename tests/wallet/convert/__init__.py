"""Coins turned into data, and data delivered."""
