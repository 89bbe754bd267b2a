"""Augmentation of batches of images, in torch alone."""

from __future__ import annotations

import math
from typing import Any

from ..errors import HpoError
from .needing import part, torch_for


@part("pieces.augment")
def augment(
    *,
    flip: float = 0.5,
    crop: int = 2,
    rotate: float = 10.0,
    noise: float = 0.02,
    normalize: bool = True,
    mean: Any = None,
    std: Any = None,
) -> Augment:
    """What makes of each batch of images a slightly different one:

        augment = pieces.augment()
        for x, y in train_loader:
            prediction = model(augment(x))
        ...
        prediction = model(augment(x, training=False))  # normalised only

    flip: how probable it is that an image is mirrored left to right. crop: by how many pixels at
    most it is shifted, up or down and to a side; what comes in from outside is black. rotate: by
    how many degrees at most it is turned, either way. noise: the spread of the normal noise, in
    the images' own unit. normalize: whether every image then gets mean 0 and spread 1 in each
    channel; with mean and std (numbers, or one for each channel) those are taken instead.

    Raises HpoError for a value out of its range, and when torch is missing.
    """
    torch_for("pieces.augment")
    for name, value, most in (
        ("flip", flip, 1.0),
        ("crop", crop, math.inf),
        ("rotate", rotate, 180.0),
        ("noise", noise, math.inf),
    ):
        if not 0 <= value <= most:
            upper = f" to {most:g}" if most < math.inf else " up"
            raise HpoError(f"pieces.augment: {name} = {value!r}; it lies from 0{upper}.")
    if (mean is None) != (std is None):
        raise HpoError("pieces.augment: mean and std go together; give both, or none.")
    return Augment(flip, int(crop), rotate, noise, normalize, mean, std)


class Augment:
    """See `augment`."""

    def __init__(
        self,
        flip: float,
        crop: int,
        rotate: float,
        noise: float,
        normalize: bool,
        mean: Any,
        std: Any,
    ) -> None:
        self.flip, self.crop, self.rotate, self.noise = flip, crop, rotate, noise
        self.normalize, self.mean, self.std = normalize, mean, std

    def __call__(self, images: Any, training: bool = True) -> Any:
        """images: floats, (n, channels, height, width) or (n, height, width); the same shape
        comes back. training: False changes nothing but the normalisation. Raises HpoError for
        another shape or for whole numbers."""
        torch = torch_for("pieces.augment")
        if images.dim() not in (3, 4):
            raise HpoError(
                f"pieces.augment: a batch of images has the shape (n, channels, height, width); "
                f"this one has {tuple(images.shape)}."
            )
        if not images.is_floating_point():
            raise HpoError(
                f"pieces.augment: the images are {images.dtype}. Make them floats first: "
                "x.float() / 255."
            )
        batch = images if images.dim() == 4 else images.unsqueeze(1)
        if training:
            batch = self._noisy(self._moved(batch, torch), torch)
        batch = self._normalized(batch, torch) if self.normalize else batch
        return batch if images.dim() == 4 else batch.squeeze(1)

    def _moved(self, batch: Any, torch: Any) -> Any:
        """Flipped, shifted and turned, each image differently, in one resampling."""
        if not (self.flip or self.crop or self.rotate):
            return batch
        n, _, height, width = batch.shape
        place = {"device": batch.device, "dtype": batch.dtype}

        def even(low: float, high: float) -> Any:
            return low + (high - low) * torch.rand(n, **place)

        turn = even(-self.rotate, self.rotate) * (math.pi / 180)
        mirror = torch.where(torch.rand(n, **place) < self.flip, -1.0, 1.0).to(batch.dtype)
        down = torch.round(even(-self.crop, self.crop)) * 2 / height
        aside = torch.round(even(-self.crop, self.crop)) * 2 / width
        cos, sin = torch.cos(turn), torch.sin(turn)
        stretch = height / width  # coordinates run from -1 to 1 on both sides
        rows = [
            torch.stack([cos * mirror, -sin * stretch, aside], 1),
            torch.stack([sin * mirror / stretch, cos, down], 1),
        ]
        grid = torch.nn.functional.affine_grid(
            torch.stack(rows, 1), list(batch.shape), align_corners=False
        )
        return torch.nn.functional.grid_sample(batch, grid, align_corners=False)

    def _noisy(self, batch: Any, torch: Any) -> Any:
        return batch + self.noise * torch.randn_like(batch) if self.noise else batch

    def _normalized(self, batch: Any, torch: Any) -> Any:
        if self.mean is None:
            mean = batch.mean((2, 3), keepdim=True)
            spread = batch.std((2, 3), keepdim=True, correction=0)
            return (batch - mean) / (spread + 1e-6)
        place = {"device": batch.device, "dtype": batch.dtype}
        mean = torch.as_tensor(self.mean, **place).reshape(1, -1, 1, 1)
        std = torch.as_tensor(self.std, **place).reshape(1, -1, 1, 1)
        return (batch - mean) / std
