"""What a subscriber sees of all families together: home, history, inbox, own numbers."""
