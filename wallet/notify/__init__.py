"""What somebody is told outside the wallet: texts and e-mails, as wished and not at night."""
