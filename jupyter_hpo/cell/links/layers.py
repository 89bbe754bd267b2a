"""What layers do to the size of what goes through them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from .dims import Dim

_THROUGH_LAYERS_TEXT = """
    Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout ReLU LeakyReLU ELU
    SELU CELU GELU SiLU Mish Tanh Sigmoid Softplus Hardswish Hardtanh ReLU6 PReLU Softmax
    LogSoftmax Softmax2d LogSigmoid Softsign Identity Flatten MaxPool1d MaxPool2d MaxPool3d
    AvgPool1d AvgPool2d AvgPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d
    AdaptiveMaxPool1d AdaptiveMaxPool2d Upsample UpsamplingNearest2d UpsamplingBilinear2d
    ZeroPad2d ReflectionPad2d LocalResponseNorm Hardsigmoid Threshold Dropout SpatialDropout1D
    SpatialDropout2D GaussianDropout GaussianNoise BatchNormalization LayerNormalization
    Activation MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D
    MaxPool1D MaxPool2D AvgPool2D UpSampling1D UpSampling2D ZeroPadding1D ZeroPadding2D Permute
    Cropping2D RepeatVector Masking Rescaling Normalization RandomFlip RandomRotation
    RandomZoom Resizing InputLayer GlobalMaxPool2D GlobalAvgPool2D GlobalMaxPool1D
    ActivityRegularization"""
THROUGH_LAYERS = frozenset(_THROUGH_LAYERS_TEXT.split())
_THROUGH_CALLS_TEXT = """
    relu leaky_relu elu selu gelu silu mish tanh sigmoid softplus hardtanh relu6 softmax
    log_softmax logsigmoid dropout dropout2d alpha_dropout max_pool1d max_pool2d avg_pool1d
    avg_pool2d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d adaptive_max_pool2d
    normalize interpolate flatten squeeze mean sum max amax permute transpose contiguous detach
    clone float to cuda cpu type half double swapaxes sin cos exp abs sqrt clamp
    pack_padded_sequence pad_packed_sequence layer_norm batch_norm checkpoint swish swapdims
    movedim type_as
    randn_like rand_like zeros_like ones_like normal_ requires_grad_ relu_ tanh_ long"""
THROUGH_CALLS = frozenset(_THROUGH_CALLS_TEXT.split())
RECURRENT = ("RNN", "LSTM", "GRU")


@dataclass(eq=False)
class Tensor:
    """dim: of the axis that layers look at; None: not known. soft: nothing breaks when the size
    changes (Keras infers its inputs). makers: ids of the calls that made the last layer."""

    dim: Dim | None = None
    soft: bool = False
    makers: frozenset[int] = frozenset()


@dataclass(eq=False)
class Layer:
    """A layer of a library. kind: as in the table below; takes, gives: sizes; call: its own."""

    kind: str
    call: ast.Call
    takes: Dim | None = None
    gives: Dim | None = None
    doubled: bool = False
    library: str = "torch"
    applied: bool = False

    @property
    def call_name(self) -> str:
        function = self.call.func
        return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@dataclass(eq=False)
class Sequence:
    """Layers one after the other."""

    items: list[Any] = field(default_factory=list)


@dataclass(eq=False)
class Instance:
    """An object of the person's own class."""

    owner: ast.ClassDef
    attributes: dict[str, Any] = field(default_factory=dict)


KINDS: dict[str, tuple[str, str, str]] = {
    "Linear": ("plain", "in_features", "out_features"),
    "LazyLinear": ("plain", "", "out_features"),
    "Conv1d": ("plain", "in_channels", "out_channels"),
    "Conv2d": ("plain", "in_channels", "out_channels"),
    "Conv3d": ("plain", "in_channels", "out_channels"),
    "LazyConv2d": ("plain", "", "out_channels"),
    "ConvTranspose1d": ("plain", "in_channels", "out_channels"),
    "ConvTranspose2d": ("plain", "in_channels", "out_channels"),
    "BatchNorm1d": ("norm", "num_features", ""),
    "BatchNorm2d": ("norm", "num_features", ""),
    "BatchNorm3d": ("norm", "num_features", ""),
    "InstanceNorm1d": ("norm", "num_features", ""),
    "InstanceNorm2d": ("norm", "num_features", ""),
    "GroupNorm": ("fixing", "num_channels", ""),
    "LayerNorm": ("norm", "normalized_shape", ""),
    "RMSNorm": ("norm", "normalized_shape", ""),
    "Embedding": ("embed", "num_embeddings", "embedding_dim"),
    "EmbeddingBag": ("embed", "num_embeddings", "embedding_dim"),
    "RNN": ("recurrent", "input_size", "hidden_size"),
    "LSTM": ("recurrent", "input_size", "hidden_size"),
    "GRU": ("recurrent", "input_size", "hidden_size"),
    "LSTMCell": ("cell", "input_size", "hidden_size"),
    "GRUCell": ("cell", "input_size", "hidden_size"),
    "MultiheadAttention": ("attention", "embed_dim", "embed_dim"),
    "TransformerEncoderLayer": ("through", "d_model", "d_model"),
    "TransformerDecoderLayer": ("through", "d_model", "d_model"),
}
"""kind, the parameter of the size taken, and of the size given."""
KERAS_WIDTHS = {
    "Dense": "units", "Conv1D": "filters", "Conv2D": "filters", "Conv3D": "filters",
    "SeparableConv1D": "filters", "SeparableConv2D": "filters", "Conv2DTranspose": "filters",
    "Conv1DTranspose": "filters", "LSTM": "units", "GRU": "units", "SimpleRNN": "units",
    "Embedding": "output_dim", "DepthwiseConv2D": "", "MultiHeadAttention": "",
    "Conv": "features", "Embed": "features",
}  # fmt: skip
"""Layers that infer what they take; the parameter of the size given."""
