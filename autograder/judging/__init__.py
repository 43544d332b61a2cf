"""One submission before the checks of its page, and which known mistake it makes."""
