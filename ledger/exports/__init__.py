"""A month of the books as files that other people's accounting programs read and check."""
