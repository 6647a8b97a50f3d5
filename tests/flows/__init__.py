"""Flows: a month from its usage file to its sealed close."""
