"""Carriers' offices: the organisations that speak for a carrier, and their console."""
