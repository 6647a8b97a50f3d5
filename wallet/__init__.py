"""The wallet: everything a holder does with coins and data."""
