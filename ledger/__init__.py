"""The double-entry ledger: every coin and every megabyte is always in exactly one account."""
