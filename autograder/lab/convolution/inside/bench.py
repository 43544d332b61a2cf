"""Over there: kernels and digits, by the student's functions and network.

It runs below `running`, `parts`, `state_dicts`, `answers` and `training`: all are sent to the worker as one source, and
nothing of this package can be imported there.
"""
# ruff: noqa: F821 - the names of the sources above

import io

import torch

CONVOLUTION, DIGITS = "s4_cnns/convolution", "s4_cnns/digits"
TASKS, SEEING = "s3_neural_networks/tasks", "s6_further/explainability"
MAPS = 16  # of one layer that are shown
OF_DIGITS = ("digit", "unit", "train", "judge", "load")  # what is asked of a network
RAISED = (Exception, SystemExit, KeyboardInterrupt)  # what running a student's code may raise
WAIT_SECONDS = 0.5  # that nothing is asked before it is asked whether to go on


class Bench:
    """Answers what the page asks; of what waits only the last of each kind.

    Args:
        exchange: takes a frame or None and seconds to wait, and returns what the page says.
        fetch: brings sources, data and weights by name.
        keep: takes the weights of a trained network.
        running: is told which page's code runs.
    """

    def __init__(self, exchange, fetch, keep, running):
        self.exchange, self.fetch, self.keep, self.running = exchange, fetch, keep, running
        self.parts = Parts(fetch("parts"), running.of)
        self.models = {}
        self.unfit = False  #: do the weights that were kept belong to another network of the student's?
        self.waiting = []

    def run(self):
        """Answer for as long as the page is there."""
        self.tell_parts()
        while True:
            self.waiting += self.exchange(None, WAIT_SECONDS if not self.waiting else 0.0)
            last = {message["type"]: place for place, message in enumerate(self.waiting)}
            self.waiting = [m for place, m in enumerate(self.waiting) if last[m["type"]] == place]
            if self.waiting:
                message = self.waiting.pop(0)
                try:
                    with self.running.of(DIGITS if message["type"] in OF_DIGITS else ""):
                        interrupts_are_errors(getattr(self, "on_" + message["type"]))(message)
                except LookupError as error:
                    self.show("nothing", why=str(error))
                finally:
                    _as_it_was()

    def show(self, kind, **values):
        """Send a frame; what the page says meanwhile waits."""
        self.waiting += self.exchange({"type": kind, **values}, 0.0)

    # -- whose part it is ------------------------------------------------------------------------

    def use(self, address, name, owner, call, asked=()):
        """Return (what `call` makes of a definition, whose it was, what was wrong with the student's).

        `call` checks what comes back and raises ValueError with what is wrong with it. The student's must give what
        the course's gives; `asked` says to what.
        """
        found, whose = self.parts.find(address, name, owner)
        if whose == "course":
            return call(found), whose, self.parts.problem(address) if owner == "yours" else ""
        try:
            with self.running.of(address):
                value = call(found)
            _as_it_was()
            insist_alike(name, value, call, self.parts.space(address, "course").get(name), asked)
            return value, whose, ""
        except RAISED as error:
            why = _why(error)
            _as_it_was()
            try:
                found, whose = self.parts.find(address, name, "course")
            except LookupError:
                raise LookupError(f"your {name}: {why}"[:400]) from None
            return call(found), whose, f"your {name}: {why}"[:400]
        finally:
            _as_it_was()

    def tell_parts(self, saved=False):
        """Say of every part whose it is."""
        names = [(CONVOLUTION, n) for n in ("conv2d", "maxpool2d", "avgpool2d")]
        names += [(DIGITS, n) for n in ("DigitClassifier", "train_digits", "evaluate", "hardest")]
        names += [(SEEING, n) for n in ("occlusion", "grad_cam", "layer_maps")] + [(TASKS, "confusion_matrix")]
        parts = [
            {"page": page, "name": name, "owner": self.whose(page, name), "problem": self.parts.problem(page)}
            for page, name in names
        ]
        self.show("parts", parts=parts, trained="yours" in self._known(), saved=saved)

    def whose(self, page, name):
        """Return whose definition would be used."""
        try:
            return self.parts.find(page, name)[1]
        except LookupError:
            return "nobody"

    def on_reload(self, message):
        """Take the sources as they are now; a network of an earlier source is built anew with its weights."""
        self.parts = Parts(self.fetch("parts"), self.running.of)
        self.models.pop("yours", None)
        self.unfit = False
        self.tell_parts(saved=True)

    # -- kernels ---------------------------------------------------------------------------------

    def on_kernel(self, m):
        """Lay a kernel on a picture, then pool."""
        x = torch.frombuffer(bytearray(m["image"]), dtype=torch.uint8).reshape(1, 1, m["height"], m["width"]) / 255
        size = m["size"]
        w = torch.tensor(m["kernel"]).reshape(1, 1, size, size)
        w = w.flip((2, 3)) if m["flipped"] else w
        stride, padding, dilation = m["stride"], m["padding"], m["dilation"]
        sides = [(n + 2 * padding - dilation * (size - 1) - 1) // stride + 1 for n in x.shape[2:]]
        if min(sides) < 1:
            self.show("nothing", why="the kernel, with its gaps, is larger than the padded picture")
            return

        def convolved(conv2d):
            out = _tensor(_untouched(conv2d, x, w.clone(), None, stride, padding, dilation), (1, 1, *sides))
            return out, _tensor(_untouched(conv2d, UNEVEN, TURNED.clone(), None, 2, 1, 1), (1, 1, 4, 5))

        (out, _), owner, problem = self.use(CONVOLUTION, "conv2d", m["owner"], convolved, ("…", OF_UNEVEN))
        pooled, pool_owner, pool_problem = None, "", ""
        pool, over = m["pooling"], min(m["pool"], *sides)
        if pool != "none":
            inside = [n // over for n in sides]
            name = "maxpool2d" if pool == "max" else "avgpool2d"
            pooled, pool_owner, pool_problem = self.use(
                CONVOLUTION, name, m["owner"], lambda pooling: _tensor(_untouched(pooling, out, over), (1, 1, *inside))
            )
        self.show(
            "mapped", serial=m["serial"], owner=owner, problem=problem, map=_map(out[0, 0]),
            pooled=None if pooled is None else _map(pooled[0, 0]), pool_owner=pool_owner, pool_problem=pool_problem,
        )  # fmt: skip

    # -- digits ----------------------------------------------------------------------------------

    def model(self, owner):
        """Return a trained network and whose it is: the course's where the student's is not trained."""
        if owner not in self._known():
            owner = "course"
        if owner not in self.models:
            if owner == "course" and not self.fetch("weights course"):
                raise LookupError("no network is trained: write DigitClassifier and train_digits, then train it here")
            kind, whose = self.parts.find(DIGITS, "DigitClassifier", owner)
            if whose != owner:
                return self.model("course")
            made = kind()
            try:
                made.load_state_dict(self.weights(f"weights {owner}", made))
            except Wrong:
                if owner == "course":
                    raise
                self.unfit = True  # they are an earlier network's
                return self.model("course")
            self.models[owner] = made.eval()
        return self.models[owner], owner

    def weights(self, name, model):
        """Return the weights of this name, as they fit a network.

        Raises:
            Wrong: they do not, or are none; why.
        """
        found, why = state_dict_of(self.fetch(name), model.state_dict())
        if why:
            raise Wrong(why)
        return found

    def _known(self):
        """Return whose networks are trained."""
        kept = not self.unfit and self.fetch("weights yours")
        return {"course"} | ({"yours"} if "yours" in self.models or kept else set())

    def on_digit(self, m):
        """Read a drawing, and show what the layers make of it."""
        image = torch.frombuffer(bytearray(m["pixels"]), dtype=torch.uint8).reshape(1, 1, SIDE, SIDE) / 255
        problem = ""
        try:
            model, owner = self.model(m["owner"])
            logits, seen = watched(model, image)
        except RAISED as error:
            problem = f"your DigitClassifier: {_why(error)}"[:400]
            model, owner = self.model("course")
            logits, seen = watched(model, image)
        p = logits.softmax(1)[0]
        target = m["target"] if m["target"] >= 0 else int(p.argmax())
        layers = [
            {
                "name": name, "channels": out.shape[1], "height": out.shape[2], "width": out.shape[3],
                "low": float(out.min()), "high": float(out.max()), "maps": _grey(out[0, :MAPS]),
            }
            for name, _, out in seen
        ]  # fmt: skip
        heats = []
        if m["occlusion"]:
            sides = (SIDE - 5) // 2 + 1
            found = self.use(
                SEEING, "occlusion", m["parts"],
                lambda occlusion: _tensor(
                    _untouched(lambda x: occlusion(model, x, target, 5, 2), image[0]), (sides, sides)
                ),
            )  # fmt: skip
            heats.append(_heat("occlusion", *found))
        if m["cam"] and seen:
            part = next((p for _, p, _ in reversed(seen) if isinstance(p, torch.nn.Conv2d)), seen[-1][1])
            (a, g), maps_owner, maps_problem = self.use(
                SEEING, "layer_maps", m["parts"],
                lambda layer_maps: _two_maps(layer_maps(model, part, image[0].clone(), target)),
            )  # fmt: skip
            cam, cam_owner, cam_problem = self.use(
                SEEING, "grad_cam", m["parts"], lambda grad_cam: _tensor(grad_cam(a.clone(), g.clone()), a.shape[1:])
            )
            both = "yours" if (maps_owner, cam_owner) == ("yours", "yours") else cam_owner
            heats.append(_heat("Grad-CAM", cam, both, maps_problem or cam_problem))
        self.show(
            "read", serial=m["serial"], owner=owner, problem=problem, probabilities=p.tolist(), target=target,
            layers=layers, heats=heats,
        )  # fmt: skip

    def on_unit(self, m):
        """Say what one unit sees, and which pixels raise it."""
        image = torch.frombuffer(bytearray(m["pixels"]), dtype=torch.uint8).reshape(1, 1, SIDE, SIDE) / 255
        model, _ = self.model(m["owner"])
        seen_now = watched(model, image)[1]
        names = [name for name, _, _ in seen_now]
        if m["layer"] not in names:
            self.show("nothing", why=f"the network has no layer {m['layer'][:100]!r} now: click a unit of one it has")
            return
        place = names.index(m["layer"])
        many = tuple(seen_now[place][2].shape[1:])
        if any(at >= size for at, size in zip((m["channel"], m["y"], m["x"]), many, strict=True)):
            self.show("nothing", why=f"the layer {m['layer'][:100]!r} has the shape {many}: no unit is at this place")
            return

        def slope(batch):
            batch = batch.clone().requires_grad_()
            _, seen = watched(model, batch, grad=True)
            out = seen[place][2]
            value = out[:, m["channel"], m["y"], m["x"]]
            if not value.requires_grad:
                return value, torch.zeros_like(batch)
            return value, torch.autograd.grad(value.sum(), batch)[0]

        generator = torch.Generator().manual_seed(0)
        _, many = slope(torch.rand(32, 1, SIDE, SIDE, generator=generator) * 2 - 0.5)
        touched = (many != 0).any(0)[0]
        rows, columns = touched.any(1).nonzero()[:, 0], touched.any(0).nonzero()[:, 0]
        box = [int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1] if len(rows) else [0, 0, 0, 0]
        value, own = slope(image)
        self.show("unit", serial=m["serial"], value=float(value[0]), box=box, slope=_map(own[0, 0]))

    # -- training --------------------------------------------------------------------------------

    def on_train(self, m):
        """Train a network, telling how it goes; then judge it."""
        train_images, train_labels, test_images, test_labels = self._digits()
        if m["augmented"]:
            train_images, train_labels = _shifted(train_images, train_labels)
        owner = m["owner"]
        kind, whose = self.parts.find(DIGITS, "DigitClassifier", owner)
        train, trainer = self.parts.find(DIGITS, "train_digits", owner)
        torch.manual_seed(m["seed"])
        try:
            model = kind()
            _insist_on_a_network(model)
            drawn = torch.get_rng_state()
            watched(model, test_images[:2])
            torch.set_rng_state(drawn)
        except RAISED as error:
            self.refuse("DigitClassifier", error)
            return
        watch = Watch(self, model, (train_images[:300], train_labels[:300]), (test_images, test_labels))
        hook = model.register_forward_pre_hook(watch.look)
        stopped = False
        try:
            train(model, train_images.clone(), train_labels.clone(), m["seed"])
        except Stop:
            stopped = True
        except RAISED as error:
            self.refuse("train_digits", error)
            return
        finally:
            hook.remove()
        if whose == "yours":  # a network of the course's trained here is there until the page is left
            box = io.BytesIO()
            torch.save(model.state_dict(), box)
            self.keep(box.getvalue())
        self.models[whose] = model.eval()
        watch.measure(done=True, stopped=stopped, trainer=trainer)
        self.tell_parts()
        self.on_judge({**m, "owner": whose})

    def refuse(self, name, error):
        """Say that a part of the digits' page failed, and that nothing is trained."""
        self.show("nothing", why=f"your {name}: {_why(error)}"[:400], page=DIGITS)
        self.tell_parts()

    def on_stop(self, m):
        """Say that there is nothing to stop: a training hears of it where it is looked at."""
        self.show("nothing", why="no training goes on just now, so none was stopped")

    def on_judge(self, m):
        """Show the accuracy on held-out digits, the most mistaken of them, and what is taken for what."""
        _, _, images, labels = self._digits()
        model, owner = self.model(m["owner"])
        use = m["parts"]
        accuracy, evaluate_owner, trouble = self.use(
            DIGITS, "evaluate", use, lambda evaluate: _share(evaluate(model, images.clone(), labels.clone()))
        )
        model.eval()
        with torch.no_grad():
            logits = model(images)
        p, losses, count = logits.softmax(1), F.cross_entropy(logits, labels, reduction="none"), 12
        places, hardest_owner, problem = self.use(
            DIGITS, "hardest", use,
            lambda hardest: _worst(hardest(model, images.clone(), labels.clone(), count), losses, count),
        )  # fmt: skip
        model.eval()
        said = p.argmax(1)
        confusion, confusion_owner, wrong = self.use(
            TASKS, "confusion_matrix", use,
            lambda confusion_matrix: _tensor(confusion_matrix(said.clone(), labels.clone(), 10), (10, 10), False),
        )  # fmt: skip
        self.show(
            "judged", owner=owner, accuracy=accuracy, count=len(labels),
            owners=[["evaluate", evaluate_owner], ["hardest", hardest_owner], ["confusion_matrix", confusion_owner]],
            problems=[one for one in (trouble, problem, wrong) if one],
            confusion=[[int(n) for n in row] for row in confusion],
            hardest=[
                {
                    "pixels": bytes((images[k, 0] * 255).round().byte().flatten().tolist()),
                    "label": int(labels[k]), "said": int(said[k]), "sure": float(p[k].max()),
                }
                for k in places
            ],
        )  # fmt: skip

    def on_load(self, m):
        """Take the weights of a file of the student's."""
        if not m["name"]:
            self.show("nothing", why="no file was named: put one with your weights, .pt or .pth, into the workspace")
            return
        kind, whose = self.parts.find(DIGITS, "DigitClassifier")
        if whose != "yours":
            unwritten = "your DigitClassifier is not written yet, so no file of its weights fits"
            self.show("nothing", why=self.parts.problem(DIGITS) or unwritten)
            return
        try:
            model = kind()
        except RAISED as error:
            self.refuse("DigitClassifier", error)
            return
        try:
            model.load_state_dict(self.weights(f"file {m['name']}", model))
        except RAISED as error:
            self.show("nothing", why=f"the file {m['name'][:150]} cannot be used: {_why(error)}"[:500])
            return
        self.models["yours"] = model.eval()
        box = io.BytesIO()
        torch.save(model.state_dict(), box)
        self.keep(box.getvalue())
        self.tell_parts()
        self.on_judge({"owner": "yours", "parts": "yours"})

    def on_sample(self, m):
        """Give a held-out digit of one class, to draw on."""
        _, _, images, labels = self._digits()
        own = (labels == m["digit"]).nonzero()[:, 0]
        place = own[m["nth"] % len(own)]
        self.show("sampled", digit=m["digit"], pixels=bytes((images[place, 0] * 255).round().byte().flatten().tolist()))

    def _digits(self):
        if not hasattr(self, "digits"):
            a, b, c, d = self.fetch("digits")
            self.digits = a / 255, b, c / 255, d
        return self.digits


def run(exchange, fetch, keep, place):
    """Answer the page."""
    Bench(exchange, fetch, keep, Running(place)).run()
