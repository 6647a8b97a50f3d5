"""What came after a month's close."""
