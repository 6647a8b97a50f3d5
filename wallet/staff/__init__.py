"""Who works here: staff, the groups that give them roles, and the trail of what they do."""
