"""The matcher, pure and deterministic, and its single writer."""
