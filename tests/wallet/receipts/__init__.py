"""Receipts, taken home."""
