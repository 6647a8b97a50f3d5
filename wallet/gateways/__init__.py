"""Ways out for words: texts to phones and e-mails, each behind one contract."""
