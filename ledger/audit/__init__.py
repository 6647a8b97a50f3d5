"""The admin's read-only rooms: accounts, transactions, and what caused them."""
