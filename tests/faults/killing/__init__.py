"""Kill PostgreSQL and its clients in the middle of postings, and see that nothing was lost or halved."""
