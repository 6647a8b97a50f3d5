"""Receipts, verified by the program a stranger runs."""
