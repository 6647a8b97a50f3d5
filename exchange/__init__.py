"""The market in expiring data."""
