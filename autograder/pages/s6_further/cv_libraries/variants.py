"""Other right ways from one library to another."""

import numpy as np
import torch
from PIL import Image

from autograder.checking import variant


@variant("bytes and shapes by hand")
def pil_to_tensor(image):
    width, height = image.size
    raw = bytearray(image.convert("RGB").tobytes())
    return torch.frombuffer(raw, dtype=torch.uint8).reshape(height, width, 3).movedim(2, 0).float().div(255)


@variant("bytes and shapes by hand")
def tensor_to_image(x):
    if x.ndim != 3 or x.shape[0] not in (1, 3):
        raise ValueError("one image of one or three channels")
    channels, height, width = x.shape
    pixels = x.detach().mul(255).add(0.5).floor().clamp(0, 255).to(torch.uint8)
    mode = "RGB" if channels == 3 else "L"
    return Image.frombytes(mode, (width, height), pixels.movedim(0, 2).contiguous().numpy().tobytes())


@variant("bytes and shapes by hand")
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[-1] != 3:
        raise ValueError("three channels")
    return image[:, :, [2, 1, 0]]


@variant("bytes and shapes by hand")
def cv_to_tensor(image):
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        raise ValueError("bytes")
    return torch.tensor(image).flip(2).permute(2, 0, 1) / 255.0


@variant("in NumPy, plane by plane")
def pil_to_tensor(image):
    planes = [np.asarray(plane) for plane in image.convert("RGB").split()]
    return torch.from_numpy(np.stack(planes).astype(np.float32) / np.float32(255))


@variant("in NumPy, plane by plane")
def tensor_to_image(x):
    if x.dim() != 3 or x.size(0) not in {1, 3}:
        raise ValueError("one image of one or three channels")
    array = np.clip(np.rint(255 * x.detach().numpy()), 0, 255).astype(np.uint8)
    planes = [Image.fromarray(np.ascontiguousarray(plane)) for plane in array]
    return Image.merge("RGB", planes) if len(planes) == 3 else planes[0]


@variant("in NumPy, plane by plane")
def bgr_to_rgb(image):
    if len(image.shape) != 3 or image.shape[2] != 3:
        raise ValueError("three channels")
    result = np.empty_like(image)
    for c in range(3):
        result[:, :, c] = image[:, :, 2 - c]
    return result


@variant("in NumPy, plane by plane")
def cv_to_tensor(image):
    if image is None or image.dtype != "uint8":
        raise ValueError("bytes")
    blue, green, red = (image[:, :, c].astype(np.float32) for c in range(3))
    return torch.from_numpy(np.stack([red, green, blue])) / 255


@variant("pixel by pixel; turned round in NumPy")
def pil_to_tensor(image):
    width, height = image.size
    pixel = image.convert("RGB").load()
    result = torch.empty(3, height, width)
    for y in range(height):
        for x in range(width):
            result[:, y, x] = torch.tensor(pixel[x, y]) / 255
    return result


@variant("pixel by pixel; turned round in NumPy")
def tensor_to_image(x):
    if len(x.shape) != 3 or x.shape[0] not in (1, 3):
        raise ValueError("one or three channels")
    channels, height, width = x.shape
    image = Image.new("L" if channels == 1 else "RGB", (width, height))
    for row in range(height):
        for column in range(width):
            values = [min(255, max(0, round(255 * v))) for v in x[:, row, column].tolist()]
            image.putpixel((column, row), values[0] if channels == 1 else tuple(values))
    return image


@variant("pixel by pixel; turned round in NumPy")
def bgr_to_rgb(image):
    if np.ndim(image) != 3 or np.shape(image)[2] != 3:
        raise ValueError("three channels")
    return np.flip(image, axis=2).copy()


@variant("pixel by pixel; turned round in NumPy")
def cv_to_tensor(image):
    if image is None:
        raise ValueError("no image")
    if image.dtype != np.dtype("uint8"):
        raise ValueError("no bytes")
    planes = image.transpose(2, 0, 1)[::-1].astype(np.float32) / np.float32(255)
    return torch.from_numpy(np.ascontiguousarray(planes))


@variant("bands of PIL, and torch all along")
def pil_to_tensor(image):
    width, height = image.size
    bands = image.convert("RGB").split()
    return torch.stack(
        [torch.frombuffer(bytearray(band.tobytes()), dtype=torch.uint8).view(height, width) / 255.0 for band in bands]
    )


@variant("bands of PIL, and torch all along")
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] == 2 or x.shape[0] > 3:
        raise ValueError("one or three channels")
    bytes_ = (x.detach().double().clamp(0.0, 1.0) * 255 + 0.5).long()
    array = np.array(bytes_.permute(1, 2, 0).tolist(), dtype=np.uint8)
    return Image.fromarray(array[..., 0] if x.shape[0] == 1 else array)


@variant("bands of PIL, and torch all along")
def bgr_to_rgb(image):
    if len(image.shape) != 3 or image.shape[-1] != 3:
        raise ValueError("three channels")
    return np.concatenate([image[..., 2:], image[..., 1:2], image[..., :1]], axis=2)


@variant("bands of PIL, and torch all along")
def cv_to_tensor(image):
    if type(image) is not np.ndarray or image.dtype != np.uint8:
        raise ValueError("bytes")
    return torch.tensor(image)[..., [2, 1, 0]].movedim(-1, 0).to(torch.float32).div(255)
