"""What goes out by texts and e-mails."""
