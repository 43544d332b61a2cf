"""What the course contains, and where its files are."""
