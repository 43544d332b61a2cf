"""The playground of neural networks: a network that the student's own code trains, watched while it learns."""
