"""Races, each made deterministic or repeated by many threads at once."""
