"""What authors work with: stubs and notebooks, mutants, breakers, and the proof that a page keeps what it promises."""
