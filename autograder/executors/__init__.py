"""Where submissions are graded when not by processes of this machine."""
