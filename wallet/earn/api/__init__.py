"""JSON: tasks, earnings, and the sponsors' postbacks."""
