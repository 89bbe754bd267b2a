"""What the positional parameters of well-known callees are called.

Written from the libraries' documentation; only the leading parameters that people pass by
position. `_` is a parameter that nobody tunes.
"""

from __future__ import annotations

from ..pieces import PIECES

_TORCH = """
    Linear in_features out_features
    LazyLinear out_features
    Bilinear in1_features in2_features out_features
    Conv1d in_channels out_channels kernel_size stride padding
    Conv2d in_channels out_channels kernel_size stride padding
    Conv3d in_channels out_channels kernel_size stride padding
    ConvTranspose1d in_channels out_channels kernel_size stride padding
    ConvTranspose2d in_channels out_channels kernel_size stride padding
    LazyConv2d out_channels kernel_size stride padding
    BatchNorm1d num_features
    BatchNorm2d num_features
    BatchNorm3d num_features
    InstanceNorm2d num_features
    GroupNorm num_groups num_channels
    LayerNorm normalized_shape
    Dropout p
    Dropout1d p
    Dropout2d p
    Dropout3d p
    AlphaDropout p
    FeatureAlphaDropout p
    Embedding num_embeddings embedding_dim
    EmbeddingBag num_embeddings embedding_dim
    RNN input_size hidden_size num_layers
    LSTM input_size hidden_size num_layers
    GRU input_size hidden_size num_layers
    LSTMCell input_size hidden_size
    GRUCell input_size hidden_size
    MultiheadAttention embed_dim num_heads dropout
    TransformerEncoderLayer d_model nhead dim_feedforward dropout
    TransformerDecoderLayer d_model nhead dim_feedforward dropout
    TransformerEncoder _ num_layers
    Transformer d_model nhead num_encoder_layers num_decoder_layers dim_feedforward dropout
    LeakyReLU negative_slope
    ELU alpha
    Adam _ lr betas
    AdamW _ lr betas
    NAdam _ lr betas
    RAdam _ lr betas
    Adamax _ lr betas
    SGD _ lr momentum
    RMSprop _ lr
    Adagrad _ lr
    Adadelta _ lr
    StepLR _ step_size gamma
    MultiStepLR _ milestones gamma
    ExponentialLR _ gamma
    CosineAnnealingLR _ T_max eta_min
    CosineAnnealingWarmRestarts _ T_0 T_mult
    OneCycleLR _ max_lr
    ReduceLROnPlateau _ mode factor patience
    normal_ _ _ std
    trunc_normal_ _ _ std
    kaiming_uniform_ _
    xavier_uniform_ _ gain
    xavier_normal_ _ gain
    orthogonal_ _ gain
    PReLU _ init
    CELU alpha
    elu _ alpha
    celu _ alpha
    clip_grad_norm_ _ max_norm
    clip_grad_value_ _ clip_value
    dropout _ p
    leaky_relu _ negative_slope
    DataLoader _ batch_size
    RandomRotation degrees
    RandomHorizontalFlip p
    RandomVerticalFlip p
    ColorJitter brightness contrast saturation hue
    RandomErasing p"""

_KERAS = """
    Dense units activation
    Conv1D filters kernel_size strides padding
    Conv2D filters kernel_size strides padding
    Conv3D filters kernel_size strides padding
    SeparableConv1D filters kernel_size strides padding
    SeparableConv2D filters kernel_size strides padding
    Conv2DTranspose filters kernel_size strides padding
    DepthwiseConv2D kernel_size strides padding
    Dropout rate
    SpatialDropout1D rate
    SpatialDropout2D rate
    GaussianDropout rate
    AlphaDropout rate
    GaussianNoise stddev
    Embedding input_dim output_dim
    LSTM units activation
    GRU units activation
    SimpleRNN units activation
    MultiHeadAttention num_heads key_dim
    Activation activation
    LeakyReLU negative_slope
    L1 l1
    L2 l2
    l1 l1
    l2 l2
    l1_l2 l1 l2
    L1L2 l1 l2
    Adam learning_rate beta_1 beta_2
    AdamW learning_rate weight_decay
    Nadam learning_rate beta_1 beta_2
    Adamax learning_rate beta_1 beta_2
    SGD learning_rate momentum nesterov
    RMSprop learning_rate rho momentum
    Adagrad learning_rate
    Adadelta learning_rate rho
    ExponentialDecay initial_learning_rate decay_steps decay_rate
    CosineDecay initial_learning_rate decay_steps
    RandomFlip mode
    RandomRotation factor
    RandomZoom height_factor width_factor
    RandomContrast factor
    batch batch_size"""

_SKLEARN = """
    RandomForestClassifier n_estimators
    RandomForestRegressor n_estimators
    ExtraTreesClassifier n_estimators
    ExtraTreesRegressor n_estimators
    BaggingClassifier _ n_estimators
    BaggingRegressor _ n_estimators
    KNeighborsClassifier n_neighbors
    KNeighborsRegressor n_neighbors
    LocalOutlierFactor n_neighbors
    KMeans n_clusters
    MiniBatchKMeans n_clusters
    AgglomerativeClustering n_clusters
    SpectralClustering n_clusters
    GaussianMixture n_components
    DBSCAN eps
    Ridge alpha
    Lasso alpha
    ElasticNet alpha
    MLPClassifier hidden_layer_sizes activation
    MLPRegressor hidden_layer_sizes activation
    PCA n_components
    KernelPCA n_components kernel
    TruncatedSVD n_components
    NMF n_components
    FastICA n_components
    UMAP n_neighbors
    PolynomialFeatures degree
    SelectKBest score_func k
    SelectPercentile score_func percentile
    KBinsDiscretizer n_bins
    SplineTransformer n_knots degree
    Perceptron penalty"""

_OTHER = """
    adam learning_rate
    adamw learning_rate
    sgd learning_rate momentum
    rmsprop learning_rate
    adagrad learning_rate
    clip_by_global_norm max_norm
    exponential_decay init_value
    cosine_decay_schedule init_value
    add_decayed_weights weight_decay
    Dense features
    Conv features kernel_size
    Dropout rate
    Embed num_embeddings features"""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    rows = (line.split() for line in text.strip().splitlines())
    return {name: tuple(parameters) for name, *parameters in rows}


TORCH, KERAS, SKLEARN, OTHER = map(_table, (_TORCH, _KERAS, _SKLEARN, _OTHER))
_OURS = {name: piece.positional for name, piece in PIECES.items()}
_OF_LIBRARY = {
    "torch": (TORCH,), "keras": (KERAS,), "sklearn": (SKLEARN,), "boost": (SKLEARN,),
    "jupyter_hpo": (_OURS,),
}  # fmt: skip


def library_of(callee: str, libraries: set[str]) -> str:
    """Whose a bare name is when no import says. libraries: those the code uses."""
    if callee in SKLEARN:
        return "sklearn"
    if callee in TORCH and callee in KERAS:
        return "keras" if "keras" in libraries and "torch" not in libraries else "torch"
    if callee in TORCH:
        return "torch"
    return "keras" if callee in KERAS else ""


def parameter(callee: str, library: str, position: int) -> str:
    """The name of a positional parameter, '' when it isn't known or nobody tunes it."""
    for table in _OF_LIBRARY.get(library, (OTHER, TORCH, KERAS, SKLEARN)):
        names = table.get(callee, ())
        if position < len(names):
            return "" if names[position] == "_" else names[position]
    return ""
