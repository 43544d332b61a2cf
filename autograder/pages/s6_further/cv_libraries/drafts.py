"""First drafts of this page, as beginners hand them in."""

# %% no convert, no permute back
# pil_to_tensor: says "number of dimensions in the tensor input does not match"
# tensor_to_image: says "Cannot handle this data type"
# tensor_to_image: asks a tensor that requires gradients for its NumPy array
#   or: says "Can't call numpy() on Tensor that requires grad"
def pil_to_tensor(image):
    a = np.array(image)
    return torch.tensor(a).permute(2, 0, 1) / 255


def tensor_to_image(x):
    a = (x * 255).numpy().astype(np.uint8)
    return Image.fromarray(a)


# %% views of the caller's bytes
# bgr_to_rgb: returns a view that walks backwards, which torch.from_numpy refuses
# cv_to_tensor: leaves blue in front
def bgr_to_rgb(image):
    return image[:, :, ::-1]


def cv_to_tensor(image):
    if image is None:
        raise ValueError("no image")
    x = torch.from_numpy(image).permute(2, 0, 1)
    return x.float() / 255


# %% cut off instead of rounded
# tensor_to_image: cuts the decimals off instead of rounding
# pil_to_tensor: returns bytes as floats without dividing by 255
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("shape")
    a = (x.detach().clamp(0, 1) * 255).byte().permute(1, 2, 0).numpy()
    if a.shape[2] == 1:
        a = a[:, :, 0]
    return Image.fromarray(a)


def pil_to_tensor(image):
    a = np.array(image.convert("RGB"))
    return torch.from_numpy(a).permute(2, 0, 1).float()


# %% scaled by the image's own maximum
# pil_to_tensor: divides by the largest byte of each image
# bgr_to_rgb: reverses the last dimension of any array
#   or: says "nothing was raised where ValueError was expected"
# cv_to_tensor: divides by 256
def pil_to_tensor(image):
    a = np.array(image.convert("RGB")).astype("float32")
    a = a / a.max()
    return torch.tensor(a).permute(2, 0, 1)


def bgr_to_rgb(image):
    if len(image.shape) != 3:
        raise ValueError("not an image")
    return image[..., ::-1].copy()


def cv_to_tensor(image):
    rgb = bgr_to_rgb(image)
    return torch.from_numpy(rgb).permute(2, 0, 1) / 256


# %% swapped in place
# bgr_to_rgb: exchanges two views one after the other, so that the first is overwritten
# bgr_to_rgb: exchanges the channels in the caller's own array
# tensor_to_image: lets bytes wrap around at 256
# tensor_to_image: says "Cannot handle this data type: (1, 1, 1)"
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("need (H, W, 3)")
    blue = image[:, :, 0]
    image[:, :, 0] = image[:, :, 2]
    image[:, :, 2] = blue
    return image


def tensor_to_image(x):
    if x.ndim != 3:
        raise ValueError("need three dimensions")
    a = torch.round(x * 255).to(torch.uint8)
    return Image.fromarray(a.permute(1, 2, 0).numpy())


# %% width before height
# pil_to_tensor: reshapes instead of permuting
# bgr_to_rgb: turns all three dimensions round
def pil_to_tensor(image):
    w, h = image.size
    data = list(image.convert("RGB").getdata())
    x = torch.tensor(data, dtype=torch.float32) / 255
    return x.reshape(3, h, w)


def bgr_to_rgb(image):
    return np.flip(image).copy()


# %% grey by itself
# pil_to_tensor: takes the numbers of a palette for shades of grey
# tensor_to_image: stretches each image from its own minimum to its own maximum
def pil_to_tensor(image):
    x = torch.from_numpy(np.array(image)).float() / 255
    if x.dim() == 2:
        x = x.unsqueeze(0).repeat(3, 1, 1)
    else:
        x = x.permute(2, 0, 1)
    return x[:3]


def tensor_to_image(x):
    x = x.detach()
    x = (x - x.min()) / (x.max() - x.min())
    a = (x * 255).round().byte().permute(1, 2, 0).numpy()
    if a.shape[-1] == 1:
        a = a.squeeze(-1)
    return Image.fromarray(a)


# %% float64 and no check
# cv_to_tensor: answers in float64, because NumPy divides
# bgr_to_rgb: puts the channels first
def cv_to_tensor(image):
    return torch.from_numpy(image[:, :, ::-1].copy() / 255).permute(2, 0, 1)


def bgr_to_rgb(image):
    if image.ndim != 3:
        raise ValueError("grey image")
    r, g, b = image[:, :, 0], image[:, :, 1], image[:, :, 2]
    return np.stack([b, g, r], axis=0)


# %% rows and columns exchanged
# cv_to_tensor: transposes to (3, W, H), which lays the image on its side
# pil_to_tensor: exchanges the first and the last dimension, which lays the image on its side
# tensor_to_image: drops every dimension of size 1
#   or: says "the image has another mode"
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("image")
    return torch.from_numpy(image[:, :, ::-1].copy()).permute(2, 1, 0).float() / 255


def pil_to_tensor(image):
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 1, 0) / 255


def tensor_to_image(x):
    if x.shape[0] not in (1, 3):
        raise ValueError
    a = (x.clamp(0, 1) * 255 + 0.5).byte().permute(1, 2, 0).numpy()
    return Image.fromarray(a.squeeze())


# %% view for permute
# tensor_to_image: reshapes to (H, W, C) instead of permuting
# cv_to_tensor: cuts the bytes up anew where dimensions must change places
# bgr_to_rgb: makes bytes of an array of another dtype
def tensor_to_image(x):
    if x.dim() != 3 or x.size(0) not in (1, 3):
        raise ValueError("wrong shape")
    c, h, w = x.shape
    a = (x.detach() * 255).round().clamp(0, 255).byte().reshape(h, w, c).numpy()
    return Image.fromarray(a[..., 0] if c == 1 else a)


def cv_to_tensor(image):
    if image is None:
        raise ValueError("could not read the file")
    h, w, c = image.shape
    rgb = bgr_to_rgb(image)
    return torch.from_numpy(rgb).view(c, h, w).float() / 255


def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[-1] != 3:
        raise ValueError("no three channels")
    out = image.copy()
    out[:, :, 0], out[:, :, 2] = image[:, :, 2], image[:, :, 0]
    return out.astype(np.uint8)
