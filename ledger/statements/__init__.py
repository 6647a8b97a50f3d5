"""Statements: what an account held at any instant, and its entries of any range, a page at a time."""
