"""Coins earned by a task a sponsor pays for."""
