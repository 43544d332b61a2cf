"""The playground of neural networks: a network that the student's own code trains, watched while it learns.

From the page to the worker and back:

- ``static/``: the page. ``panel.js`` leads one run, ``network.js``, ``plane.js``, ``chart.js`` and ``controls.js`` draw
  it; ``url.js`` makes a link of a state; ``race.js`` and ``missions.js`` stand below.
- :mod:`.state`: all that decides a run, in one value: what a link carries, a worker builds, a script reproduces.
- :mod:`.session`: a thread for each run on a page. It asks the worker for steps in short stretches, and for a picture
  only when the page takes one.
- :mod:`.hosted`: the worker, and whose fault it is when it fails: :class:`.hosted.Trouble` names page, part and line.
- ``inside/``: what runs in the worker, torch alone: data sets, the parts and how each is tried first, the loop,
  the race.
- :mod:`.missions`: what to bring about, and how it is seen that it came about.
- :mod:`.export`: a run as a script of its own, made of the definitions that it used.
- :mod:`.cards`: the check that would have caught what failed.
"""
