"""The playground of convolutional networks: kernels over a picture, and a digit that the student's network reads."""
