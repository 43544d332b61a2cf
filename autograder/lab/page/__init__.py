"""One page of the course: the lesson on the left, on the right the checks, which answer as the file is saved."""
