"""Coins or data given by a link that one friend may claim."""
