"""What runs over there, in a worker: read as text, never imported by the server."""
