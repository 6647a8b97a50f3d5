"""The market's tests."""
