"""Who acts for organisations."""
