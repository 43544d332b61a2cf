"""The map: sections and pages, what is reached and what is next."""
