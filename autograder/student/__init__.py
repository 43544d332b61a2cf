"""The student's side: a workspace, what was done in it, hints, and an answer on every save."""
