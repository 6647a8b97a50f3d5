"""How the wallet speaks to a carrier: one contract, one adaptor for each way of speaking."""
