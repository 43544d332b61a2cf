"""First drafts of this page, as beginners hand them in."""

# %% view for permute
# to_float_image: reshapes instead of permuting
# normalize: lines mean and std up with the columns instead of the channels
# denormalize: lines the channels' numbers up with the columns
# hflip: stands the picture on its head
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("not bytes")
    if image.dim() == 2:
        image = image.unsqueeze(-1)
    H, W, C = image.shape
    return image.view(C, H, W).float() / 255


def normalize(image, mean, std):
    return (image - mean) / std


def denormalize(image, mean, std):
    return image * std + mean


def hflip(image):
    return image.flip(-2)


# %% floats again
# to_float_image: divides floats a second time
# channel_stats: averages the means of the batches, whatever their lengths
#   or: divides by one less than the number of pixels
#   or: averages the deviations of the images
# grayscale: averages the three channels
def to_float_image(image):
    if image.dim() == 2:
        return image.float().unsqueeze(0) / 255
    return image.permute(2, 0, 1).float() / 255


def channel_stats(loader):
    means, stds = [], []
    for images, _ in loader:
        images = images.float()
        means.append(images.mean(dim=(0, 2, 3)))
        stds.append(images.std(dim=(0, 2, 3)))
    return torch.stack(means).mean(0), torch.stack(stds).mean(0)


def grayscale(image):
    return image.mean(dim=-3, keepdim=True)


# %% the first formula backwards
# denormalize: adds the mean before multiplying
# center_crop: reads the size as (width, height)
# grayscale: leaves no channel where one should be left
#   or: finds the channels from the front, so that a batch is cut wrongly
def normalize(image, mean, std):
    return (image - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)


def denormalize(image, mean, std):
    return (image + mean.view(-1, 1, 1)) * std.view(-1, 1, 1)


def center_crop(image, size):
    if isinstance(size, int):
        w = h = size
    else:
        w, h = size
    H, W = image.shape[-2:]
    if h > H or w > W:
        raise ValueError("too small")
    top = (H - h) // 2
    left = (W - w) // 2
    return image[..., top : top + h, left : left + w]


def grayscale(image):
    r, g, b = image[0], image[1], image[2]
    return 0.299 * r + 0.587 * g + 0.114 * b


# %% in place
# normalize: writes into the image it was given
# denormalize: changes the picture it was given
# center_crop: gives something smaller, or nothing, where the crop does not fit
def normalize(image, mean, std):
    image -= mean[:, None, None]
    image /= std[:, None, None]
    return image


def denormalize(image, mean, std):
    image *= std[:, None, None]
    image += mean[:, None, None]
    return image


def center_crop(image, size):
    if isinstance(size, int):
        size = (size, size)
    H, W = image.shape[-2], image.shape[-1]
    top = (H - size[0]) // 2
    left = (W - size[1]) // 2
    return image[..., top : top + size[0], left : left + size[1]]


# %% transposed
# to_float_image: exchanges the first and the last dimension, which lays the picture on its side
# center_crop: crops the upper left corner
# channel_stats: keeps the last dimension instead of the channels
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("uint8 please")
    if image.ndim == 2:
        image = image[:, :, None]
    return image.transpose(0, 2) / 255.0


def center_crop(image, size):
    h, w = (size, size) if isinstance(size, int) else size
    if image.shape[-2] < h or image.shape[-1] < w:
        raise ValueError("crop is larger than the image")
    return image[..., :h, :w]


def channel_stats(loader):
    n = 0
    s = 0
    s2 = 0
    for images, labels in loader:
        images = images.double()
        n += images.shape[0] * images.shape[1] * images.shape[2]
        s = s + images.sum((0, 1, 2))
        s2 = s2 + (images**2).sum((0, 1, 2))
    mean = s / n
    return mean, (s2 / n - mean**2).clamp(min=0).sqrt()


# %% the largest byte
# to_float_image: divides by the picture's own largest byte
# normalize: divides only the mean by the deviation
# hflip: says "step must be greater than zero"
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("wrong dtype")
    if len(image.shape) == 2:
        image = image.unsqueeze(2)
    return image.permute(2, 0, 1) / image.max()


def normalize(image, mean, std):
    return image - mean[:, None, None] / std[:, None, None]


def hflip(image):
    return image[..., ::-1]


# %% 256 shades
# to_float_image: divides by 256
# channel_stats: squares bytes, which wrap around at 256
#   or: takes the root of a rounding error below 0
# grayscale: takes the channels for blue, green, red
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("bytes, please")
    if image.dim() == 2:
        image = image.unsqueeze(2)
    return image.permute(2, 0, 1).float() / 256


def channel_stats(loader):
    total, squares, pixels = 0, 0, 0
    for x, _ in loader:
        total += x.sum(dim=(0, 2, 3))
        squares += (x**2).sum(dim=(0, 2, 3))
        pixels += x.numel() // x.shape[1]
    mean = total / pixels
    std = torch.sqrt(squares / pixels - mean**2)
    return mean, std


def grayscale(image):
    b, g, r = image.split(1, dim=-3)
    return 0.299 * r + 0.587 * g + 0.114 * b


# %% one number for all channels
# channel_stats: gives one number for all channels together
# normalize: takes the first dimension for the channels, also of a batch
# hflip: flips the first dimension
def channel_stats(loader):
    pixels = torch.cat([images.float().flatten() for images, _ in loader])
    return pixels.mean(), pixels.std()


def normalize(image, mean, std):
    return torch.stack([(image[c] - mean[c]) / std[c] for c in range(len(mean))])


def hflip(image):
    return torch.flip(image, dims=[0])


# %% everything in one tensor
# channel_stats: divides by one less than the number of pixels
# to_float_image: does not make room for the channel of a grey picture
# center_crop: says "cannot unpack non-iterable int"
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("uint8")
    return image.permute(2, 0, 1).float() / 255


def channel_stats(loader):
    all_images = torch.cat([x.float().permute(1, 0, 2, 3).flatten(1) for x, _ in loader], dim=1)
    return all_images.mean(1), all_images.std(1)


def center_crop(image, size):
    H, W = image.shape[-2:]
    h, w = size
    if h > H or w > W:
        raise ValueError("the crop does not fit")
    top, left = (H - h) // 2, (W - w) // 2
    return image[..., top : top + h, left : left + w]


# %% bytes that stay bytes
# to_float_image: divides whole numbers, so that only 0 and 1 are left
# center_crop: begins its crop in the middle
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError("uint8")
    if image.dim() == 2:
        image = image[..., None]
    return (image // 255).permute(2, 0, 1).float()


def grayscale(image):
    weights = torch.tensor([0.299, 0.587, 0.114])
    return (image * weights[:, None, None]).sum(-3, keepdim=True)


def center_crop(image, size):
    if isinstance(size, int):
        size = (size, size)
    h, w = size
    H, W = image.shape[-2:]
    if h > H or w > W:
        raise ValueError("does not fit")
    return image[..., H // 2 : H // 2 + h, W // 2 : W // 2 + w]


# %% another exception, not divided, written into the picture
# to_float_image: says "255 times the expected one"
# to_float_image: says "TypeError was raised where ValueError was expected"
# normalize: writes into the image it was given
# channel_stats: divides the sums by the number of images, not of pixels
# center_crop: reads the size as (width, height)
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise TypeError("image must be uint8")
    if image.ndim == 2:
        image = image[:, :, None]
    return image.permute(2, 0, 1).to(torch.float32)


def normalize(image, mean, std):
    for c in range(len(mean)):
        image[..., c, :, :] = (image[..., c, :, :] - mean[c]) / std[c]
    return image


def channel_stats(loader):
    total, sq, n = 0, 0, 0
    for images, labels in loader:
        images = images.double()
        total += images.sum(dim=(0, 2, 3))
        sq += (images ** 2).sum(dim=(0, 2, 3))
        n += images.shape[0]
    mean = total / n
    return mean, (sq / n - mean ** 2).sqrt()


def center_crop(image, size):
    if type(size) == int:
        size = (size, size)
    w, h = size
    if h > image.shape[-2] or w > image.shape[-1]:
        raise ValueError("too large")
    y = (image.shape[-2] - h) // 2
    x = (image.shape[-1] - w) // 2
    return image[..., y:y + h, x:x + w]


# %% the picture's own mean, and a slice backwards
# to_float_image: exchanges the first and the last dimension, which lays the picture on its side
# normalize: measures mean and deviation on the picture itself
# hflip: says "no slices that run backwards"
# grayscale: says "which has 2 places"
def to_float_image(image):
    if image.dtype != torch.uint8:
        raise ValueError()
    if len(image.shape) == 2:
        return image.unsqueeze(0) / 255
    return image.permute(2, 1, 0) / 255


def normalize(image, mean, std):
    mean = image.mean(dim=(-2, -1), keepdim=True)
    std = image.std(dim=(-2, -1), keepdim=True)
    return (image - mean) / std


def hflip(image):
    return image[..., ::-1]


def grayscale(image):
    return (0.299 * image[0] + 0.587 * image[1] + 0.114 * image[2]).unsqueeze(0)
