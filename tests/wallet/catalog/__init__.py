"""The catalog's tests."""
