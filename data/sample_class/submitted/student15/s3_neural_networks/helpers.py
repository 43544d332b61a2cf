def normalise(weights, dim):
    return weights / weights.sum(dim, keepdim=True)
