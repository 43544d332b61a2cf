"""The desk: a page for those who mark, over the results of any `gradus grade`.

The server (:mod:`.server`) keeps the lab's rules: loopback alone, a random token in every address, its own host and
origin, nothing loaded from elsewhere. It runs nobody's code. What is shown comes from :mod:`.results`, which reads the
gradebook as it is now; what is changed goes through :mod:`.edits` into the gradebook's log, which only grows.

Everything lies twice below the token: under ``named/`` with the students' names, under ``anonymous/`` without them. An
address never holds a name: a student is called by an id that nobody can guess the name from (:mod:`.hide`).
"""
