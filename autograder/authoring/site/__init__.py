"""The book: lessons, guides and reference as one static site, made by Sphinx from what lies in the course.

`stage` writes what Sphinx reads, `extension` is what it is taught, `make` runs it. `sources` says what a built book was
made of and needs nothing but Python, because the wheel's build asks it.
"""
