<!DOCTYPE html>
<html lang="en">
<head><title>homework/softmax.py</title></head>
<body><pre>import torch


def softmax(logits, dim=-1):
    e = torch.exp(logits - logits.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
</pre></body>
</html>
