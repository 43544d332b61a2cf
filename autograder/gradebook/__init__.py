"""What is kept of grades, how it counts, and what grading again changes."""
