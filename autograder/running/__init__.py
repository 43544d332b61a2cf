"""A class over many processes and machines."""
