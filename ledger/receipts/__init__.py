"""Receipts: what a holder can show of one transaction, verified by anybody without us."""
