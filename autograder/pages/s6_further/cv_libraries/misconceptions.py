"""Wrong ways from one library to another, as students write them."""

import numpy as np
import torch
from PIL import Image

from autograder.checking import misconception

# -- from PIL -----------------------------------------------------------------------------------------


@misconception(
    "reshapes instead of permuting",
    hint="reshape keeps the order of the bytes, R, G, B, R, G, B, ..., and cuts it up anew. Which call exchanges the dimensions?",
    dies_by="test_pil_by_hand",
)
def pil_to_tensor(image):
    width, height = image.size
    return torch.from_numpy(np.array(image.convert("RGB"))).reshape(3, height, width) / 255


@misconception(
    "turns red and blue round, as recipes for OpenCV do",
    hint="PIL gives red first already. Only arrays that come from OpenCV begin with blue.",
    dies_by="test_pil_by_hand",
)
def pil_to_tensor(image):
    pixels = np.array(image.convert("RGB"))[:, :, ::-1].copy()
    return torch.from_numpy(pixels).permute(2, 0, 1) / 255


@misconception(
    "returns bytes as floats without dividing by 255",
    hint="The numbers should lie between 0 and 1. What is the largest of yours?",
    dies_by="test_pil_by_hand",
)
def pil_to_tensor(image):
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).float()


@misconception(
    "returns float64, which NumPy's division makes",
    hint="An array of bytes divided by 255.0 is float64 in NumPy. A network's weights are float32, and so should be its images.",
    dies_by="test_pil_by_hand",
)
def pil_to_tensor(image):
    return torch.from_numpy(np.array(image.convert("RGB")) / 255.0).permute(2, 0, 1)


@misconception(
    "takes PIL's size for (height, width)",
    hint="image.size is (width, height). It goes unnoticed as long as every image is a square.",
    dies_by="test_pil_sizes",
)
def pil_to_tensor(image):
    pixels = np.frombuffer(image.convert("RGB").tobytes(), dtype=np.uint8).reshape(*image.size, 3)
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 255


@misconception(
    "exchanges the first and the last dimension, which lays the image on its side",
    hint="(H, W, C) becomes (C, W, H) that way. Which order of the three dimensions gives (C, H, W)?",
    dies_by="test_pil_sizes",
)
def pil_to_tensor(image):
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 1, 0) / 255


@misconception(
    "divides by the largest byte of each image",
    hint="A photograph taken at night would become as bright as one at noon. Every image has the same scale: 255.",
    dies_by="test_pil_scale",
)
def pil_to_tensor(image):
    pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
    return pixels / pixels.max()


@misconception(
    "leaves a grey image with one channel",
    hint="A network whose first layer wants three channels cannot take mode L. Which method of PIL brings every mode to RGB?",
    dies_by="test_pil_modes",
)
def pil_to_tensor(image):
    if image.mode == "L":
        return torch.from_numpy(np.array(image))[None] / 255
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1) / 255


@misconception(
    "keeps transparency as a fourth channel",
    hint="PNG files often have mode RGBA, and their arrays four channels. Three are wanted.",
    dies_by="test_pil_modes",
)
def pil_to_tensor(image):
    if image.mode != "RGBA":
        image = image.convert("RGB")
    return torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255


@misconception(
    "gives black where a pixel is transparent",
    hint="Transparency is dropped, not obeyed: a pixel that cannot be seen keeps its red, green and blue.",
    dies_by="test_pil_modes",
)
def pil_to_tensor(image: Image.Image) -> torch.Tensor:
    clear = Image.new("RGBA", image.size)
    clear.alpha_composite(image.convert("RGBA"))
    return torch.from_numpy(np.array(clear.convert("RGB"))).permute(2, 0, 1).float() / 255


@misconception(
    "makes the caller's own image opaque",
    hint="Methods such as putalpha and paste write into the image they are called on. Which one gives a new image without its transparency?",
    dies_by="test_pil_sizes",
)
def pil_to_tensor(image):
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA")
    image.putalpha(255)
    return torch.from_numpy(np.array(image)[:, :, :3].copy()).permute(2, 0, 1) / 255


@misconception(
    "takes the numbers of a palette for shades of grey",
    hint="In mode P a pixel is the number of a colour: 0, 1, 2, ... Only PIL, which has the palette, can say what colour that is.",
    dies_by="test_pil_modes",
)
def pil_to_tensor(image):
    pixels = np.array(image)
    if pixels.ndim == 2:
        pixels = np.stack([pixels] * 3, axis=2)
    return torch.from_numpy(pixels[:, :, :3]).permute(2, 0, 1) / 255


# -- to PIL -------------------------------------------------------------------------------------------


@misconception(
    "makes bytes of the numbers between 0 and 1",
    hint="As a byte, 0.8 is 0: the image is black. Which factor brings [0, 1] to the bytes?",
    dies_by="test_image_by_hand",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("a single image is wanted")
    pixels = x.detach().clamp(0, 1).to(torch.uint8).permute(1, 2, 0).numpy()
    return Image.fromarray(pixels if x.shape[0] == 3 else pixels[:, :, 0])


@misconception(
    "reshapes to (H, W, C) instead of permuting",
    hint="reshape keeps the order of the numbers, all of the red plane first. PIL wants the three numbers of each pixel together.",
    dies_by="test_image_by_hand",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("a single image is wanted")
    pixels = (x.detach().clamp(0, 1) * 255).round().to(torch.uint8)
    pixels = pixels.reshape(x.shape[1], x.shape[2], -1).numpy()
    return Image.fromarray(pixels if x.shape[0] == 3 else pixels[:, :, 0])


@misconception(
    "hands PIL the size as (height, width)",
    hint="Image.frombytes and Image.new want (width, height). With a square image nobody would notice.",
    dies_by="test_image_by_hand",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("a single image is wanted")
    pixels = (x.detach().clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous()
    return Image.frombytes("RGB" if x.shape[0] == 3 else "L", tuple(x.shape[1:]), pixels.numpy().tobytes())


@misconception(
    "cuts the decimals off instead of rounding",
    hint="Turning floats into bytes drops what stands behind the point: 99.9 becomes 99, and every image half a level darker.",
    dies_by="test_image_rounds",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("a single image is wanted")
    pixels = (x.detach().clamp(0, 1) * 255).to(torch.uint8).permute(1, 2, 0).numpy()
    return Image.fromarray(pixels if x.shape[0] == 3 else pixels[:, :, 0])


@misconception(
    "lets bytes wrap around at 256",
    hint="306 as a byte is 50: the brightest spots turn dark. Bring everything into [0, 1] before it becomes bytes.",
    dies_by="test_image_clamps",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("a single image is wanted")
    pixels = (x.detach() * 255).round().long().permute(1, 2, 0).numpy().astype(np.uint8)
    return Image.fromarray(pixels if x.shape[0] == 3 else pixels[:, :, 0])


@misconception(
    "stretches each image from its own minimum to its own maximum",
    hint="That is fine to look at a heat map. An image whose darkest spot is 0.2 should come out with 51 there, not with 0.",
    dies_by="test_image_clamps",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("a single image is wanted")
    x = (x - x.min()) / (x.max() - x.min())
    pixels = (x.detach() * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return Image.fromarray(pixels if x.shape[0] == 3 else pixels[:, :, 0])


@misconception(
    "asks a tensor that requires gradients for its NumPy array",
    hint="NumPy has no graphs, so PyTorch refuses. What takes a tensor out of its graph?",
    dies_by="test_image_of_any_tensor",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("a single image is wanted")
    pixels = np.rint(x.clamp(0, 1).mul(255).permute(1, 2, 0).numpy()).astype(np.uint8)
    return Image.fromarray(pixels if x.shape[0] == 3 else pixels[:, :, 0])


# -- OpenCV -------------------------------------------------------------------------------------------


@misconception(
    "turns the rows round, which stands the image on its head",
    hint="[::-1] alone reverses the first dimension. The channels are the last.",
    dies_by="test_bgr_to_rgb",
)
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("three channels are wanted")
    return image[::-1].copy()


@misconception(
    "exchanges two views one after the other, so that the first is overwritten",
    hint="image[:, :, 0] is a view: when it is assigned, what the second one should get is gone. And the array was not yours to change.",
    dies_by="test_bgr_to_rgb",
)
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("three channels are wanted")
    image[:, :, 0], image[:, :, 2] = image[:, :, 2], image[:, :, 0]
    return image


@misconception(
    "exchanges the channels in the caller's own array",
    hint="The caller still holds that array, and may convert it a second time. Make a new one.",
    dies_by="test_bgr_to_rgb",
)
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("three channels are wanted")
    image[:, :, [0, 2]] = image[:, :, [2, 0]]
    return image.copy()


@misconception(
    "returns a view that walks backwards, which torch.from_numpy refuses",
    hint="[:, :, ::-1] moves no byte, it only walks through them with a negative stride, and PyTorch has none. What makes an array with "
    "memory of its own?",
    dies_by="test_bgr_for_torch",
)
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("three channels are wanted")
    return image[:, :, ::-1]


@misconception(
    "reverses the last dimension of any array",
    hint="In a grey (H, W) image the last dimension are the columns; in (H, W, 4) the transparency would come first. Ask for the shape.",
    dies_by="test_bgr_for_torch",
)
def bgr_to_rgb(image):
    return image[..., ::-1].copy()


@misconception(
    "leaves blue in front",
    hint="out[0] should be the red plane. Of an OpenCV image, channel 0 is the blue one.",
    dies_by="test_cv_to_tensor",
)
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("bytes are wanted")
    return torch.from_numpy(image).permute(2, 0, 1) / 255


@misconception(
    "forgets to divide by 255",
    hint="The numbers should lie between 0 and 1. What is the largest of yours?",
    dies_by="test_cv_to_tensor",
)
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("bytes are wanted")
    return torch.from_numpy(bgr_to_rgb(image)).permute(2, 0, 1).float()


@misconception(
    "transposes to (3, W, H), which lays the image on its side",
    hint="(H, W, C) becomes (C, W, H) that way. Which order of the three dimensions gives (C, H, W)?",
    dies_by="test_cv_to_tensor",
)
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("bytes are wanted")
    return torch.from_numpy(bgr_to_rgb(image)).transpose(0, 2) / 255


# -- as beginners write them -------------------------------------------------------------------------


@misconception(
    "drops every dimension of size 1",
    hint="A bare squeeze() takes a row or a column of one pixel away too. Take the one channel by its place.",
    dies_by="test_image_by_hand",
)
def tensor_to_image(x):
    if x.dim() != 3 or x.shape[0] not in (1, 3):
        raise ValueError("shape")
    return Image.fromarray((x.detach().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy().squeeze())


@misconception("lets bytes wrap around at 256")
def tensor_to_image(x):
    pixels = (x.detach() * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[:, :, 0])


@misconception(
    "turns all three dimensions round",
    hint="np.flip without an axis turns rows, columns and channels. Which axis holds the colours?",
    dies_by="test_bgr_to_rgb",
)
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("shape")
    return np.flip(image).copy()


@misconception("turns all three dimensions round")
def bgr_to_rgb(image):
    return np.flip(image).copy()


@misconception(
    "puts the channels first",
    hint="What comes out is still an image of (H, W, 3). np.stack(..., axis=-1) puts the channels behind.",
    dies_by="test_bgr_to_rgb",
)
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("shape")
    return np.stack([image[:, :, 2], image[:, :, 1], image[:, :, 0]], axis=0)


@misconception("puts the channels first")
def bgr_to_rgb(image):
    if image.ndim != 3:
        raise ValueError("shape")
    return np.stack([image[:, :, 2], image[:, :, 1], image[:, :, 0]], axis=0)


@misconception(
    "makes bytes of an array of another dtype",
    hint="The docstring takes arrays of any dtype and gives the same one back. astype is not needed.",
    dies_by="test_bgr_to_rgb",
)
def bgr_to_rgb(image):
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("shape")
    return image[:, :, ::-1].astype(np.uint8)


@misconception("reverses the last dimension of any array")
def bgr_to_rgb(image):
    if len(image.shape) != 3:
        raise ValueError("shape")
    return image[..., ::-1].copy()


@misconception(
    "divides by 256",
    hint="The largest byte is 255, and it must become 1.0.",
    dies_by="test_cv_to_tensor",
)
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("image")
    return torch.from_numpy(image[:, :, ::-1].copy()).permute(2, 0, 1) / 256


@misconception(
    "answers in float64, because NumPy divides",
    hint="NumPy divides bytes in float64. Divide in PyTorch, or call float().",
    dies_by="test_cv_to_tensor",
)
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("image")
    return torch.from_numpy(image[:, :, ::-1].copy() / 255).permute(2, 0, 1)


@misconception("answers in float64, because NumPy divides")
def cv_to_tensor(image):
    return torch.from_numpy(image[:, :, ::-1].copy() / 255).permute(2, 0, 1)


@misconception(
    "cuts the bytes up anew where dimensions must change places",
    hint="view keeps the order of the numbers and cuts it up anew. Which call exchanges the dimensions?",
    dies_by="test_cv_to_tensor",
)
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("image")
    return torch.from_numpy(image[:, :, ::-1].copy()).reshape(3, *image.shape[:2]) / 255


@misconception("cuts the bytes up anew where dimensions must change places")
def cv_to_tensor(image):
    if image is None:
        raise ValueError("image")
    return torch.from_numpy(image[:, :, ::-1].copy()).reshape(3, *image.shape[:2]) / 255


@misconception(
    "leaves an image as it is whose largest byte is 1",
    hint="Whether an image is of bytes is not for its brightness to say: a black one with a few bytes of 1 is divided by 255, too.",
    dies_by="test_pil_scale",
)
def pil_to_tensor(image):
    x = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).float()
    return x / 255 if x.max() > 1 else x


@misconception(
    "leaves an array as it is that has no byte above 1",
    hint="Whether an image is of bytes is for its dtype to say, not for its brightness: one with no byte above 1 is divided by 255, too.",
    dies_by="test_cv_to_tensor",
)
def cv_to_tensor(image):
    if image is None or image.dtype != np.uint8:
        raise ValueError("an array of bytes was expected")
    x = torch.from_numpy(image[:, :, ::-1].copy()).permute(2, 0, 1).float()
    return x / 255 if x.max() > 1 else x
