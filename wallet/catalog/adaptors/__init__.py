"""How the wallet speaks to a partner: the carriers' contract, and what a partner offers."""
