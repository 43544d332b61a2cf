"""What was handed in: files, bulk downloads, roster."""
