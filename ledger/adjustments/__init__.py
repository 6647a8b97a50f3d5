"""Adjustments and reversals of the books: proposed by one person, approved by another."""
