"""First drafts of this page, as beginners hand them in."""


# %% p = p - lr * g
# SGD: makes a new tensor and leaves the parameter where it was
# Adagrad: divides by the sum of squares, without the root
# Adam: corrects neither average for its start at 0
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = self.momentum * state.get("v", 0) + g
        state["v"] = v
        if self.nesterov:
            v = g + self.momentum * v
        p = p - lr * v


class Adagrad(Optimizer):
    def __init__(self, params, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10):
        super().__init__(params, lr, weight_decay)
        self.lr_decay, self.eps = lr_decay, eps

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        state["s"] = state.get("s", 0) + g**2
        p -= lr * g / (state["s"] + self.eps)


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class Adam(Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        v = average(state, "v", b2, g**2)
        p -= self.lr * m / (torch.sqrt(v) + self.eps)


# %% no memory from step to step
# SGD: forgets the velocity from step to step
# RMSProp: swaps alpha and 1 - alpha
# Adadelta: has no learning rate
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = torch.zeros_like(p)
        v = self.momentum * v + g
        if self.nesterov:
            v = g + self.momentum * v
        p -= lr * v


class RMSProp(Optimizer):
    def __init__(self, params, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(params, lr, weight_decay)
        self.alpha, self.eps, self.momentum = alpha, eps, momentum

    def update(self, p, g, state):
        if "s" not in state:
            state["s"] = torch.zeros_like(p)
            state["v"] = torch.zeros_like(p)
        state["s"] = (1 - self.alpha) * state["s"] + self.alpha * g**2
        state["v"] = self.momentum * state["v"] + g / (state["s"].sqrt() + self.eps)
        p -= self.lr * state["v"]


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class Adadelta(Optimizer):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.rho, self.eps = rho, eps

    def update(self, p, g, state):
        s = average(state, "s", self.rho, g**2)
        u = state.get("u", torch.zeros_like(g))
        dx = torch.sqrt(u + self.eps) / torch.sqrt(s + self.eps) * g
        average(state, "u", self.rho, dx**2)
        p -= dx


# %% no_grad forgotten
# SGD: steps with gradient tracking switched on
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is not None:
                s["t"] += 1
                self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        state["v"] = self.momentum * state.get("v", 0) + g
        if self.nesterov:
            p -= lr * (g + self.momentum * state["v"])
        else:
            p -= lr * state["v"]


# %% eps under the root
# Adagrad: adds eps under the root of the sum
# RMSProp: adds eps under the root of the average
# Adam: adds eps under the root of the corrected square
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class Adagrad(Optimizer):
    def __init__(self, params, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10):
        super().__init__(params, lr, weight_decay)
        self.lr_decay, self.eps = lr_decay, eps

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        state["s"] = state.get("s", torch.zeros_like(p)) + g * g
        p -= lr * g / torch.sqrt(state["s"] + self.eps)


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class RMSProp(Optimizer):
    def __init__(self, params, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(params, lr, weight_decay)
        self.alpha, self.eps, self.momentum = alpha, eps, momentum

    def update(self, p, g, state):
        s = average(state, "s", self.alpha, g**2)
        step = g / torch.sqrt(s + self.eps)
        state["v"] = self.momentum * state.get("v", 0) + step
        p -= self.lr * state["v"]


class Adam(Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        t = state["t"]
        b1, b2 = self.betas
        m = average(state, "m", b1, g) / (1 - b1**t)
        v = average(state, "v", b2, g * g) / (1 - b2**t)
        p -= self.lr * m / torch.sqrt(v + self.eps)


# %% decay counted from 1
# SGD: lets the learning rate decay from the very first step
# Adagrad: divides by 1 + t * lr_decay where 1 + (t - 1) * lr_decay is meant
# Nadam: is Adam
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + state["t"] * self.lr_decay)
        v = self.momentum * state.get("v", 0) + g
        state["v"] = v
        p -= lr * (g + self.momentum * v if self.nesterov else v)


class Adagrad(Optimizer):
    def __init__(self, params, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10):
        super().__init__(params, lr, weight_decay)
        self.lr_decay, self.eps = lr_decay, eps

    def update(self, p, g, state):
        lr = self.lr / (1 + state["t"] * self.lr_decay)
        state["s"] = state.get("s", 0) + g**2
        p -= lr * g / (state["s"].sqrt() + self.eps)


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class Nadam(Optimizer):
    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=0.004):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps, self.momentum_decay = betas, eps, momentum_decay

    def update(self, p, g, state):
        t = state["t"]
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        v = average(state, "v", b2, g**2)
        p -= self.lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + self.eps)


# %% uphill
# SGD: walks uphill
# RMSProp: divides by the mean square, without the root
# Adamax: does not correct the average gradient
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = self.momentum * state.get("v", 0) + g
        state["v"] = v
        p += lr * (g + self.momentum * v if self.nesterov else v)


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class RMSProp(Optimizer):
    def __init__(self, params, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(params, lr, weight_decay)
        self.alpha, self.eps, self.momentum = alpha, eps, momentum

    def update(self, p, g, state):
        s = average(state, "s", self.alpha, g**2)
        state["v"] = self.momentum * state.get("v", 0) + g / (s + self.eps)
        p -= self.lr * state["v"]


class Adamax(Optimizer):
    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        u = torch.maximum(b2 * state.get("u", torch.zeros_like(g)), g.abs() + self.eps)
        state["u"] = u
        p -= self.lr * m / u


# %% a moving average of everything
# SGD: averages the gradients where momentum adds them up
# Adagrad: averages the squares where Adagrad adds them up
# Adam: corrects the average gradient, but not the average square
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = average(state, "v", self.momentum, g)
        p -= lr * (g + self.momentum * v if self.nesterov else v)


class Adagrad(Optimizer):
    def __init__(self, params, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10):
        super().__init__(params, lr, weight_decay)
        self.lr_decay, self.eps = lr_decay, eps

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        s = average(state, "s", 0.9, g**2)
        p -= lr * g / (s.sqrt() + self.eps)


class Adam(Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        v = average(state, "v", b2, g**2)
        m_hat = m / (1 - b1 ** state["t"])
        p -= self.lr * m_hat / (v.sqrt() + self.eps)


# %% grad is zero, state a reference
# SGD: takes no notice of nesterov
# Adam: goes on writing into what it saved
# RMSProp: lets momentum gather the raw gradients
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": self.state}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = saved["state"]


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        state["v"] = self.momentum * state.get("v", 0) + g
        p -= lr * state["v"]


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class RMSProp(Optimizer):
    def __init__(self, params, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(params, lr, weight_decay)
        self.alpha, self.eps, self.momentum = alpha, eps, momentum

    def update(self, p, g, state):
        s = average(state, "s", self.alpha, g**2)
        state["v"] = self.momentum * state.get("v", 0) + g
        p -= self.lr * state["v"] / (s.sqrt() + self.eps)


class Adam(Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        v = average(state, "v", b2, g**2)
        t = state["t"]
        p -= self.lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + self.eps)


# %% the learning rate in the velocity
# SGD: takes the learning rate into the velocity
# Adadelta: gathers squared gradients in u, not squared changes
# Adamax: never lets the maximum fade
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            self.update(p, p.grad + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = self.momentum * state.get("v", 0) + lr * g
        state["v"] = v
        p -= lr * g + self.momentum * v if self.nesterov else v


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class Adadelta(Optimizer):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.rho, self.eps = rho, eps

    def update(self, p, g, state):
        s = average(state, "s", self.rho, g**2)
        u = state.get("u", torch.zeros_like(g))
        dx = (u + self.eps).sqrt() / (s + self.eps).sqrt() * g
        average(state, "u", self.rho, g**2)
        p -= self.lr * dx


class Adamax(Optimizer):
    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        u = torch.maximum(state.get("u", torch.zeros_like(g)), g.abs() + self.eps)
        state["u"] = u
        p -= self.lr / (1 - b1 ** state["t"]) * m / u


# %% a missing gradient
# SGD: takes a missing gradient for a gradient of 0
# Adadelta: adds eps beside the roots
# Nadam: keeps the momentum at beta1 from the first step on
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            g = torch.zeros_like(p) if p.grad is None else p.grad
            s["t"] += 1
            self.update(p, g + self.weight_decay * p, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        v = self.momentum * state.get("v", 0) + g
        state["v"] = v
        p -= lr * (g + self.momentum * v if self.nesterov else v)


def average(state, name, share, value):
    old = state.get(name, torch.zeros_like(value))
    state[name] = share * old + (1 - share) * value
    return state[name]


class Adadelta(Optimizer):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.rho, self.eps = rho, eps

    def update(self, p, g, state):
        s = average(state, "s", self.rho, g**2)
        u = state.get("u", torch.zeros_like(g))
        dx = (u.sqrt() + self.eps) / (s.sqrt() + self.eps) * g
        average(state, "u", self.rho, dx**2)
        p -= self.lr * dx


class Nadam(Optimizer):
    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=0.004):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps, self.momentum_decay = betas, eps, momentum_decay

    def update(self, p, g, state):
        b1, b2 = self.betas
        t = state["t"]
        m = average(state, "m", b1, g)
        v = average(state, "v", b2, g**2)
        ahead = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)
        p -= self.lr * ahead / ((v / (1 - b2**t)).sqrt() + self.eps)


# %% decay into the gradient
# SGD: averages the gradients where momentum adds them up
# SGD: lets the learning rate decay from the very first step
# SGD: writes the weight decay into the gradient it was given
#   or: says "the gradient of parameter 1 afterwards"
# Adagrad: adds eps under the root of the sum


class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            s["t"] += 1
            if self.weight_decay:
                p.grad += self.weight_decay * p
            self.update(p, p.grad, s)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"lr": self.lr, "state": copy.deepcopy(self.state)}

    def load_state_dict(self, saved):
        self.lr = saved["lr"]
        self.state = copy.deepcopy(saved["state"])


class SGD(Optimizer):
    def __init__(self, params, lr=0.001, momentum=0.0, nesterov=False, weight_decay=0.0, lr_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov, self.lr_decay = momentum, nesterov, lr_decay

    def update(self, p, g, state):
        v = state.get("v", torch.zeros_like(p))
        v = self.momentum * v + (1 - self.momentum) * g
        state["v"] = v
        lr = self.lr / (1 + state["t"] * self.lr_decay)
        if self.nesterov:
            v = g + self.momentum * v
        p -= lr * v


class Adagrad(Optimizer):
    def __init__(self, params, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10):
        super().__init__(params, lr, weight_decay)
        self.lr_decay, self.eps = lr_decay, eps

    def update(self, p, g, state):
        state["s"] = state.get("s", 0) + g**2
        lr = self.lr / (1 + (state["t"] - 1) * self.lr_decay)
        p -= lr * g / torch.sqrt(state["s"] + self.eps)


# %% no bias correction
# Adam: corrects the average gradient, but not the average square
# Adam: adds eps under the root of the corrected square
# Adamax: compares gradients with their signs
# Adadelta: gathers squared gradients in u, not squared changes
class Optimizer:
    def __init__(self, params, lr, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.state = [{"t": 0} for _ in self.params]

    def update(self, p, g, state):
        raise NotImplementedError("every optimizer has its own update")

    @torch.no_grad()
    def step(self):
        for p, state in zip(self.params, self.state):
            if p.grad is not None:
                state["t"] += 1
                self.update(p, p.grad + self.weight_decay * p, state)

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def state_dict(self):
        return {"state": copy.deepcopy(self.state), "lr": self.lr}

    def load_state_dict(self, saved):
        self.state = copy.deepcopy(saved["state"])
        self.lr = saved["lr"]


def average(state, name, share, value):
    state[name] = share * state.get(name, 0) + (1 - share) * value
    return state[name]


class Adam(Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        v = average(state, "v", b2, g**2)
        p -= self.lr * m / (1 - b1 ** state["t"]) / torch.sqrt(v + self.eps)


class Adamax(Optimizer):
    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def update(self, p, g, state):
        b1, b2 = self.betas
        m = average(state, "m", b1, g)
        u = state.get("u", torch.zeros_like(p))
        state["u"] = torch.maximum(b2 * u, g + self.eps)
        p -= self.lr / (1 - b1 ** state["t"]) * m / state["u"]


class Adadelta(Optimizer):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.rho, self.eps = rho, eps

    def update(self, p, g, state):
        s = average(state, "s", self.rho, g**2)
        u = average(state, "u", self.rho, g**2)
        d = torch.sqrt(u + self.eps) / torch.sqrt(s + self.eps) * g
        p -= self.lr * d
