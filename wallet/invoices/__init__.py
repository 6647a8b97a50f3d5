"""A month's invoices: what a sponsor ordered, paid and spent; what a merchant earned for coins."""
