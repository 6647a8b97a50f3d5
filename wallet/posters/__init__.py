"""A link as a picture: words and a QR code that a chat app reads when it is pressed long."""
