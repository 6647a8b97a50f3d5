"""The tree of seals: every committed transaction a leaf, signed heads, proofs of what it holds."""
