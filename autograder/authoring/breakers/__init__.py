"""Behavioural mutants: the reference solution with one promise broken and everything else kept.

Syntactic mutants are mistakes in how a solution is written; these are mistakes in what it does, whatever its source
looks like. A family is one file in :mod:`.families`; what the reference shows on the calls that the page's checks make
(:mod:`.over_there.recorder`) decides which of its breakers apply. :mod:`.room` asks whether each dies.
"""
