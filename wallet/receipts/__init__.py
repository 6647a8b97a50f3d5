"""Receipts: a subscriber takes home what proves a transaction, without believing us."""
