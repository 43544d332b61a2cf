"""One file a family: ``breakers(target)`` yields those that apply, by what the reference showed."""
