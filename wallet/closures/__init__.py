"""The end of a wallet: what is open ends first, what is left is swept, the phone is free."""
