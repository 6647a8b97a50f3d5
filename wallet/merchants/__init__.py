"""Merchants: coins handed out over the counter by one-time QR codes, from a funded budget."""
