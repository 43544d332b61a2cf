"""The line between judge and worker, both ends; ``CODEC.md`` describes what goes over it."""
