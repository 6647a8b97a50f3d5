"""Money owed for coins that could not be delivered when the service ended: a list by issuer."""
