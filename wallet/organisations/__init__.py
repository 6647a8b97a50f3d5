"""Who acts for an organisation, and in which role."""
