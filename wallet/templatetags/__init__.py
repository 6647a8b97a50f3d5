"""How the templates say amounts, goods and refusals."""
