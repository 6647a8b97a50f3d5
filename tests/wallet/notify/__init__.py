"""What people are told outside the wallet."""
