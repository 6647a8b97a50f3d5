"""Kill a month's close at every stage and at random, and see that it ends as if nothing had been."""
