"""Source text that runs in the worker, beside a reference solution: read as text, and imported by tests alone."""
