"""The student's side: services, fork server, jail."""
