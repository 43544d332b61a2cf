"""Our side: what starts workers, and the student's module as checks see it."""
