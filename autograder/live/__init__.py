"""Checking what lives in a notebook: the kernel forks the workers, a warm judge beside it asks them."""
