"""The demo: a month played through the real operations, settled, and served."""
