"""A subscriber's month on one page: read, taken home as a table or on paper; rendered on request."""
