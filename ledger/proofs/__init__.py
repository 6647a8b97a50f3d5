"""The proofs that the books are clean, and the command that runs them."""
