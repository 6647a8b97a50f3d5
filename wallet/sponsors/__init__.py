"""Who pays: sponsors, their orders, budgets and campaigns."""
