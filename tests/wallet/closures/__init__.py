"""The end of a wallet."""
