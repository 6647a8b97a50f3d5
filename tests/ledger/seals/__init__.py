"""The tree of seals: arithmetic, horizon, heads, what tampering it finds."""
