"""What runs in a worker, beside the student's code: data sets, network, loop and race, torch alone."""
