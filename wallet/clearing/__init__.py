"""Inter-carrier clearing: what each carrier redeemed in a month, whose coins they were, and who pays whom."""
