"""The life of numbers."""
