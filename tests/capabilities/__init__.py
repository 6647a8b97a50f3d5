"""One file for each row of the capabilities: its check, driven through operations, pages or API."""
