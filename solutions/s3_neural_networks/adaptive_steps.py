# %% [markdown]
# # A step length for each weight
#
# A running average remembers a sequence in one number. With running averages of its gradients, each weight gets a step
# length of its own. You write the average, then one step of Adagrad, RMSProp and Adam as plain functions: what they
# remember comes in and goes out.

# %%
import torch

# %% [markdown]
# ## The running average
#
# $$a_t = \beta\, a_{t-1} + (1 - \beta)\, x_t, \qquad a_0 = 0, \qquad \hat a_t = \frac{a_t}{1 - \beta^t}$$
#
# The hat is the bias correction: without it the first averages are too near to 0.


# %%
def running_average(x: torch.Tensor, beta: float = 0.9, correct: bool = True) -> torch.Tensor:
    """The running average of a sequence after each of its values.

    Args:
        x: (T, ...), float32 or float64: the values x_1 to x_T, each a number or a tensor. T is 1 or more, the other
            dims may have size 0. Stays as it was.
        beta: the share of the old average that stays in each step; 0 or more and below 1.
        correct: True: the average after x_t is divided by 1 - beta**t. False: it is not.

    Returns:
        A new tensor of the shape and dtype of x: beside each value the average of the values up to it, itself included.
        Differentiable.

    Raises:
        ValueError: beta is below 0, or 1 or more.
    """
    ### BEGIN SOLUTION
    if not 0 <= beta < 1:
        raise ValueError(f"beta is {beta}, not in [0, 1)")
    average, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        average = beta * average + (1 - beta) * value
        rows.append(average / (1 - beta**t) if correct else average)
    return torch.stack(rows)
    ### END SOLUTION


# %% [markdown]
# ## Adagrad: divide by the root of a sum
#
# $$s_t = s_{t-1} + g_t^2, \qquad w_t = w_{t-1} - \eta\,\frac{g_t}{\sqrt{s_t} + \varepsilon}$$
#
# Squares, roots and quotients are taken entry by entry.


# %%
def adagrad_step(
    w: torch.Tensor, grad: torch.Tensor, s: torch.Tensor, lr: float = 0.01, eps: float = 1e-10
) -> tuple[torch.Tensor, torch.Tensor]:
    """One step of Adagrad.

    Written out, without PyTorch's own optimizers.

    Args:
        w: the weights, a float32 or float64 tensor of any shape.
        grad: the gradient of the loss at w.
        s: the sum of the squares of the gradients so far, without this one; zeros before the first step. All three
            have one shape and dtype, and stay as they were.
        lr: the learning rate.
        eps: is added to the root.

    Returns:
        (w, s) after the step, of that shape and dtype; differentiable where the new s is not 0. What stays equal need
        not be copied.
    """
    ### BEGIN SOLUTION
    s = s + grad**2
    return w - lr * grad / (s.sqrt() + eps), s
    ### END SOLUTION


# %% [markdown]
# ## RMSProp: divide by the root of an average
#
# $$s_t = \beta\, s_{t-1} + (1 - \beta)\, g_t^2, \qquad w_t = w_{t-1} - \eta\,\frac{g_t}{\sqrt{s_t} + \varepsilon}$$


# %%
def rmsprop_step(
    w: torch.Tensor, grad: torch.Tensor, s: torch.Tensor, lr: float = 0.01, beta: float = 0.99, eps: float = 1e-8
) -> tuple[torch.Tensor, torch.Tensor]:
    """One step of RMSProp, without bias correction.

    Written out, without PyTorch's own optimizers.

    Args:
        w: the weights, a float32 or float64 tensor of any shape.
        grad: the gradient of the loss at w.
        s: the running average of the squares of the gradients so far, without this one; zeros before the first step.
            All three have one shape and dtype, and stay as they were.
        lr: the learning rate.
        beta: the share of s that stays.
        eps: is added to the root.

    Returns:
        (w, s) after the step, of that shape and dtype; differentiable where the new s is not 0. What stays equal need
        not be copied.
    """
    ### BEGIN SOLUTION
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s.sqrt() + eps), s
    ### END SOLUTION


# %% [markdown]
# ## Adam: two averages, both corrected
#
# $$m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t, \qquad s_t = \beta_2 s_{t-1} + (1 - \beta_2)\, g_t^2, \qquad
# w_t = w_{t-1} - \eta\,\frac{m_t / (1 - \beta_1^t)}{\sqrt{s_t / (1 - \beta_2^t)} + \varepsilon}$$


# %%
def adam_step(
    w: torch.Tensor,
    grad: torch.Tensor,
    m: torch.Tensor,
    s: torch.Tensor,
    t: int,
    lr: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One step of Adam.

    Written out, without PyTorch's own optimizers.

    Args:
        w: the weights, a float32 or float64 tensor of any shape.
        grad: the gradient of the loss at w.
        m: the running average of the gradients so far, not corrected; zeros before the first step.
        s: the running average of their squares so far, not corrected; zeros before the first step. All four have one
            shape and dtype, and stay as they were.
        t: the number of this step, counted from 1.
        lr: the learning rate.
        betas: the shares of m and of s that stay.
        eps: is added to the root of the corrected s.

    Returns:
        (w, m, s) after the step, of that shape and dtype, m and s not corrected; differentiable where the new s is not
        0. What stays equal need not be copied.

    Raises:
        ValueError: t is below 1.
    """
    ### BEGIN SOLUTION
    if t < 1:
        raise ValueError(f"steps are counted from 1, and t is {t}")
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s
    ### END SOLUTION


# %% [markdown]
# ## How long are Adam's steps?
#
# In units of the learning rate, step $t$ has the length
#
# $$\frac{\lvert \hat m_t \rvert}{\sqrt{\hat s_t} + \varepsilon}$$
#
# for each weight by itself. To know it one needs the gradients alone, no weights.


# %%
def step_lengths(grads: torch.Tensor, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8) -> torch.Tensor:
    """How far Adam moves each weight in each step, in learning rates.

    Args:
        grads: (T, ...), float32 or float64: the gradients of steps 1 to T; T is 1 or more, the other dims may have size
            0. Stays as it was.
        betas: the shares of Adam's two averages that stay.
        eps: is added to the root of the corrected average of the squares.

    Returns:
        A tensor of the shape and dtype of grads: how far each step moves each weight if the learning rate is 1, a
        number of 0 or more, whatever the direction. Differentiable where no average is 0.
    """
    ### BEGIN SOLUTION
    mean, square = running_average(grads, betas[0]), running_average(grads**2, betas[1])
    return mean.abs() / (square.sqrt() + eps)
    ### END SOLUTION
