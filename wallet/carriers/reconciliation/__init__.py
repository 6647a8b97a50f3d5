"""What carriers' statements say, compared with what we asked and what the ledger booked."""
