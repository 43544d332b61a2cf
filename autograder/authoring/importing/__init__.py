"""Assignments of other systems as pages: what their tests ask crosses into the judge, the rest is told part by part."""
