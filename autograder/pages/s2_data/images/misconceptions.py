"""Wrong ways to handle pictures, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "reshapes instead of permuting",
    hint="reshape keeps the order of the bytes in memory and only cuts it up anew: R, G, B, R, ... all land in the first plane. "
    "Which call renames the dimensions?",
    dies_by="test_channels_first",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("bytes are wanted")
    image = image if image.dim() == 3 else image.unsqueeze(2)
    height, width, channels = image.shape
    return image.reshape(channels, height, width) / 255


@misconception(
    "exchanges the first and the last dimension, which lays the picture on its side",
    hint="(H, W, C) becomes (C, W, H) that way. Which order of the three dimensions gives (C, H, W)?",
    dies_by="test_channels_first",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("bytes are wanted")
    image = image if image.dim() == 3 else image.unsqueeze(2)
    return image.transpose(0, 2) / 255


@misconception(
    "takes a first dimension of 3 for the channels",
    hint="A picture may well have three rows. The docstring says where the channels are; do not guess.",
    dies_by="test_channels_first",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("bytes are wanted")
    image = image if image.dim() == 3 else image.unsqueeze(2)
    if image.shape[0] == 3:
        return image / 255
    return image.permute(2, 0, 1) / 255


@misconception(
    "turns the channels round, as recipes for OpenCV do",
    hint="OpenCV reads files as blue, green, red. These pictures are not from there: leave the channels in their order.",
    dies_by="test_channels_first",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("bytes are wanted")
    image = image if image.dim() == 3 else image.unsqueeze(2)
    return image.permute(2, 0, 1).flip(0) / 255


@misconception(
    "divides by 256",
    hint="There are 256 bytes, but the largest one is 255, and it is to become 1.0.",
    dies_by="test_byte_range",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("bytes are wanted")
    image = image if image.dim() == 3 else image.unsqueeze(2)
    return image.permute(2, 0, 1) / 256


@misconception(
    "divides by the picture's own largest byte",
    hint="Then a dark picture comes out as bright as any other, and the network never learns what dark is. Divide all by the same number.",
    dies_by="test_byte_range",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("bytes are wanted")
    image = image if image.dim() == 3 else image.unsqueeze(2)
    return image.permute(2, 0, 1) / image.max()


@misconception(
    "divides floats a second time",
    hint="An image that is float already may be in [0, 1]: divided again, it is black. Look at image.dtype first.",
    dies_by="test_refuses_floats",
)
def to_float_image(image):
    image = image if image.dim() == 3 else image.unsqueeze(2)
    return image.permute(2, 0, 1) / 255


@misconception(
    "lines mean and std up with the columns instead of the channels",
    hint="Broadcasting starts at the last dimension: (3,) meets W. Give mean two more dimensions: (C, 1, 1).",
    dies_by="test_normalize",
)
def normalize(image, mean, std):
    return (image - mean) / std


@misconception(
    "writes into the image it was given",
    hint="`image -= ...` changes the caller's picture: normalized again in the next epoch, it is ruined. Make a new tensor.",
    dies_by="test_normalize",
)
def normalize(image, mean, std):
    if image.requires_grad:
        image = image.clone()
    image -= mean[:, None, None]
    image /= std[:, None, None]
    return image


@misconception(
    "adds the mean before multiplying",
    hint="The last step is undone first, as with shoes and socks: normalize divided last.",
    dies_by="test_denormalize",
)
def denormalize(image, mean, std):
    return (image + mean[:, None, None]) * std[:, None, None]


@misconception(
    "averages the deviations of the images",
    hint="One picture all black and one all white: each has deviation 0, but their pixels differ a lot. Collect sums over all pixels, "
    "take the root once.",
    dies_by="test_channel_stats",
)
def channel_stats(loader):
    images = [image.double() for batch, _ in loader for image in batch]
    counts = [image[0].numel() for image in images]
    mean = sum(image.sum((1, 2)) for image in images) / sum(counts)
    return mean, sum(image.std((1, 2), correction=0) for image in images) / len(images)


@misconception(
    "averages the means of the batches, whatever their lengths",
    hint="The last batch is shorter, yet its pictures would count for more. Add up sums and counts, and divide once.",
    dies_by="test_channel_stats",
)
def channel_stats(loader):
    batches = [images.double() for images, _ in loader]
    mean = sum(batch.mean((0, 2, 3)) for batch in batches) / len(batches)
    squares = sum((batch**2).mean((0, 2, 3)) for batch in batches) / len(batches)
    return mean, (squares - mean**2).clamp(min=0).sqrt()


@misconception(
    "keeps the last dimension instead of the channels",
    hint="In (N, C, H, W) the channels are dimension 1: sum over all the others, 0, 2 and 3.",
    dies_by="test_channel_stats",
)
def channel_stats(loader):
    pixels, total, squares = 0, 0.0, 0.0
    for images, _ in loader:
        images = images.double()
        pixels += images[..., 0].numel()
        total = total + images.sum((0, 1, 2))
        squares = squares + (images**2).sum((0, 1, 2))
    mean = total / pixels
    return mean, (squares / pixels - mean**2).clamp(min=0).sqrt()


@misconception(
    "squares bytes, which wrap around at 256",
    hint="uint8 has no room for 200 squared: it says 64. Convert to float before you square.",
    dies_by="test_channel_stats_of_bytes",
)
def channel_stats(loader):
    pixels, total, squares = 0, 0.0, 0.0
    for images, _ in loader:
        pixels += images[:, 0].numel()
        total = total + images.sum((0, 2, 3)).double()
        squares = squares + (images**2).sum((0, 2, 3)).double()
    mean = total / pixels
    return mean, (squares / pixels - mean**2).clamp(min=0).sqrt()


@misconception(
    "takes the root of a rounding error below 0",
    hint="Rounded, the mean of the squares may be a hair less than the square of the mean, and the root is NaN. What is the smallest "
    "variance there can be?",
    dies_by="test_flat_channel",
)
def channel_stats(loader):
    pixels, total, squares = 0, 0.0, 0.0
    for images, _ in loader:
        images = images.double()
        pixels += images[:, 0].numel()
        total = total + images.sum((0, 2, 3))
        squares = squares + (images**2).sum((0, 2, 3))
    mean = total / pixels
    return mean, (squares / pixels - mean**2).sqrt()


@misconception(
    "reads the size as (width, height)",
    hint="PIL counts width first, tensors count rows first: size is (height, width), like the last two dimensions.",
    dies_by="test_center_crop",
)
def center_crop(image, size):
    width, height = (size, size) if isinstance(size, int) else size
    top, left = (image.shape[-2] - height) // 2, (image.shape[-1] - width) // 2
    if min(top, left) < 0:
        raise ValueError("the crop does not fit")
    return image[..., top : top + height, left : left + width]


@misconception(
    "crops the upper left corner",
    hint="Half of the spare rows belong above the crop, half of the spare columns to its left. Where does the crop begin?",
    dies_by="test_center_crop",
)
def center_crop(image, size):
    height, width = (size, size) if isinstance(size, int) else size
    if height > image.shape[-2] or width > image.shape[-1]:
        raise ValueError("the crop does not fit")
    return image[..., :height, :width]


@misconception(
    "gives something smaller, or nothing, where the crop does not fit",
    hint="A negative start counts from the end in Python, so the slice comes out wrong without a word. Compare the sizes first.",
    dies_by="test_crop_too_large",
)
def center_crop(image, size):
    height, width = (size, size) if isinstance(size, int) else size
    top, left = (image.shape[-2] - height) // 2, (image.shape[-1] - width) // 2
    return image[..., top : top + height, left : left + width]


@misconception(
    "stands the picture on its head",
    hint="Dimension -2 counts the rows. Left and right are columns.",
    dies_by="test_hflip",
)
def hflip(image):
    return image.flip(-2)


@misconception(
    "averages the three channels",
    hint="Green looks brighter to the eye than blue: the three weights stand in the docstring.",
    dies_by="test_grayscale",
)
def grayscale(image):
    return image.mean(-3, keepdim=True)


@misconception(
    "changes the picture it was given",
    hint="`image *= ...` writes into the caller's tensor: a caller that looks at the picture twice sees another one. Make a new tensor.",
    dies_by="test_denormalize",
)
def denormalize(image, mean, std):
    if image.requires_grad:
        image = image.clone()
    image *= std[:, None, None]
    image += mean[:, None, None]
    return image


@misconception(
    "divides by one less than the number of pixels",
    hint="std divides by P - 1 if it is not told otherwise. What does the docstring divide by?",
    dies_by="test_channel_stats",
)
def channel_stats(loader):
    pixels = torch.cat([images.double().transpose(0, 1).flatten(1) for images, _ in loader], 1)
    return pixels.mean(1), pixels.std(1)


@misconception(
    "finds the channels from the front, so that a batch is cut wrongly",
    hint="In a batch dimension 0 counts the images. The channels are the third dimension from the end.",
    dies_by="test_grayscale",
)
def grayscale(image):
    return 0.299 * image[0:1] + 0.587 * image[1:2] + 0.114 * image[2:3]


@misconception(
    "leaves no channel where one should be left",
    hint="unbind and indexing with a number take the dimension away. The result has the shape (..., 1, H, W).",
    dies_by="test_grayscale",
)
def grayscale(image):
    red, green, blue = image.unbind(-3)
    return 0.299 * red + 0.587 * green + 0.114 * blue


@misconception(
    "does not make room for the channel of a grey picture",
    hint="(H, W) has no third dimension to permute. Give it one of size 1 first: image[:, :, None].",
    dies_by="test_channels_first",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("uint8 is wanted")
    return image.permute(2, 0, 1) / 255


@misconception(
    "divides whole numbers, so that only 0 and 1 are left",
    hint="// drops the rest: 254 // 255 is 0. Make floats first, or divide by /.",
    dies_by="test_byte_range",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("uint8 is wanted")
    if image.dim() == 2:
        image = image.unsqueeze(2)
    return (image // 255).permute(2, 0, 1).float()


@misconception(
    "divides only the mean by the deviation",
    hint="/ binds before -. What must stand in brackets?",
    dies_by="test_normalize",
)
def normalize(image, mean, std):
    return image - mean[:, None, None] / std[:, None, None]


@misconception(
    "takes the first dimension for the channels, also of a batch",
    hint="A batch is (N, C, H, W): image[c] is picture c, not channel c. Count the channels from the end: dim -3.",
    dies_by="test_normalize",
)
def normalize(image, mean, std):
    return torch.stack([(image[c] - mean[c]) / std[c] for c in range(len(mean))])


@misconception(
    "gives one number for all channels together",
    hint="Each channel has a mean of its own: which dimensions of (N, C, H, W) may the sum run over?",
    dies_by="test_channel_stats",
)
def channel_stats(loader):
    pixels = torch.cat([images.double().flatten() for images, _ in loader])
    return pixels.mean(), pixels.std(correction=0)


@misconception(
    "begins its crop in the middle",
    hint="The crop must reach as far to one side of the middle as to the other. How many rows go above it?",
    dies_by="test_center_crop",
)
def center_crop(image, size):
    height, width = (size, size) if isinstance(size, int) else size
    rows, columns = image.shape[-2:]
    if height > rows or width > columns:
        raise ValueError("the crop does not fit")
    top, left = rows // 2, columns // 2
    return image[..., top : top + height, left : left + width]


@misconception(
    "flips the first dimension",
    hint="Left and right are the columns, and they are the last dimension: -1. The first may be channels or pictures.",
    dies_by="test_hflip",
)
def hflip(image):
    return image.flip(0)


@misconception(
    "takes the channels for blue, green, red",
    hint="The first channel is red here, and red weighs 0.299.",
    dies_by="test_grayscale",
)
def grayscale(image):
    blue, green, red = image.split(1, dim=-3)
    return 0.299 * red + 0.587 * green + 0.114 * blue


@misconception(
    "answers in another dtype",
    hint="torch.tensor([0.299, ...]) is float32, and rounds the weights too. Plain numbers take the image's dtype.",
    dies_by="test_grayscale",
)
def grayscale(image):
    weights = torch.tensor([0.299, 0.587, 0.114])
    return (image.float() * weights[:, None, None]).sum(-3, keepdim=True)


@misconception(
    "lines the channels' numbers up with the columns",
    hint="A shape of (C,) is lined up with the last dimension, the columns. As (C, 1, 1) it meets the channels.",
    dies_by="test_denormalize",
)
def denormalize(image, mean, std):
    return image * std + mean


@misconception("squares bytes, which wrap around at 256")
def channel_stats(loader):
    total, squares, pixels = 0, 0, 0
    for images, _ in loader:
        total += images.sum(dim=(0, 2, 3))
        squares += (images**2).sum(dim=(0, 2, 3))
        pixels += images.numel() // images.shape[1]
    mean = total / pixels
    return mean, (squares / pixels - mean**2).sqrt()


@misconception(
    "makes NaN of a row that holds inf",
    hint="0 times inf is NaN. A matrix product adds up whole rows; to mirror a row, only pick its entries in another order.",
    dies_by="test_hflip",
)
def hflip(image):
    places = torch.eye(image.shape[-1], dtype=torch.float64).flip(0)
    return (image.double() @ places).to(image.dtype)


@misconception(
    "leaves an image as it is whose largest byte is 1",
    hint="Whether an image is of bytes is for its dtype to say, not for its brightness: one with no byte above 1 is divided by 255, too.",
    dies_by="test_byte_range",
)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("an image of bytes was expected")
    if image.dim() == 2:
        image = image.unsqueeze(2)
    x = image.permute(2, 0, 1).float()
    return x / 255 if x.numel() and x.max() > 1 else x


@misconception(
    "measures mean and deviation on the picture itself",
    hint="The numbers come in as `mean` and `std`: those of the training set, the same for every picture.",
    dies_by="test_normalize",
)
def normalize(image, mean, std):
    own_mean = image.mean((-2, -1), keepdim=True)
    own_std = image.std((-2, -1), keepdim=True)
    return (image - own_mean) / own_std


@misconception(
    "divides the sums by the number of images, not of pixels",
    hint="The sums run over all pixels of all images. How many numbers did you add up for one channel?",
    dies_by="test_channel_stats",
)
def channel_stats(loader):
    images, total, squares = 0, 0.0, 0.0
    for batch, _ in loader:
        batch = batch.double()
        images += len(batch)
        total = total + batch.sum((0, 2, 3))
        squares = squares + (batch**2).sum((0, 2, 3))
    mean = total / images
    return mean, (squares / images - mean**2).sqrt()


@misconception(
    "has nothing below 0",
    hint="A normalized picture has numbers below 0, and its weighted sum has them too. What does a clamp do to them?",
    dies_by="test_grayscale",
)
def grayscale(image):
    red, green, blue = image.unbind(-3)
    return (0.299 * red + 0.587 * green + 0.114 * blue).unsqueeze(-3).clamp(min=0)
