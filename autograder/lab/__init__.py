"""The lab: one local page beside the student's editor, with the map, the pages and the playgrounds.

The server (:mod:`.server`) listens on loopback alone, and everything lies behind a random token in the address. It runs
no code of the student's: a judge answers what was saved, and a playground's loop runs in a worker.

**A view** is a package `autograder/lab/<name>/` with a module `view.py` that defines ``VIEW``, a :class:`.views.View`:
nothing else has to be touched. It brings

- ``templates/<name>.html``, which extends ``lab.html`` (blocks ``main`` and ``scripts``) and is filled with what
  ``VIEW.context(lab, path)`` returns; it is served at ``/<token>/<name>/<path>``;
- ``static/``, served at ``/<token>/static/<name>/``: plain ES modules and CSS. The lab's own ``socket.js`` (imported as
  ``../lab/socket.js``) has ``connect(handlers)``, which opens the view's socket, comes back after a closed laptop, and
  tells which frames were painted; bytes come as base64, for ``bytes()`` and ``floats()`` of the same module;
- ``VIEW.incoming``: the messages that the page may send, a union of :class:`.messages.Message` structs, each with its
  tag. What is none of them is refused in a line and does nothing else;
- ``VIEW.session(lab, outbox, path)``: makes what answers one page, see :class:`.views.Session`. It answers with
  ``outbox.say(message)``, which keeps its order, and ``outbox.show(frame)``, of which the latest wins;
- ``VIEW.address`` and ``VIEW.title``, if it is a playground: the map leads to it.

**A loop in a worker.** ``Loop(lab, outbox, job)`` (:mod:`.loops`) begins a thread that runs ``job(loop)``. There
``loop.worker(sources, seconds)`` forks a worker that holds the lab's ``inside/parts.py`` and the sources named, which
are read as text and run over there, where the student's code runs too::

    def job(loop):
        student = loop.worker([FOLDER / "inside.py"])          # defines run(parts, exchange)
        student.run(loop.lab.parts(["s3_neural_networks/activations"]), loop.exchange(Frame))

Over there ``run`` calls ``exchange(frame)`` some twenty times a second: a dict that becomes a ``Frame`` struct, or None
for none; a second argument says how many seconds to wait for a message. It returns the messages that came meanwhile, as
dicts, each with its ``type``. A frame that does not fit its
struct, a worker that dies, loops or allocates ends the loop with a :class:`.messages.Trouble`. ``loop.tell(message)``
gives it a message, ``loop.stop()`` ends it, whatever the worker does.
"""
