"""Who holds coins: people, organisations, their numbers."""
