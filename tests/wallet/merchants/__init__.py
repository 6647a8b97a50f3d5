"""Merchants and the codes they show."""
