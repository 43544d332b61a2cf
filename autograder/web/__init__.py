"""What the lab and the desk have in common: who may read, a port on loopback, the frame of a page and its look."""
