"""The market's stages of the month's close."""
