"""The market's part of the end of the service: books close, and what they owe is paid at once."""
