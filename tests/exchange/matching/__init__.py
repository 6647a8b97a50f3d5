"""The matcher's tests."""
