"""Which range belongs to which name, and to which name of which callee.

The order matters: what a callee gives a meaning of its own goes before what a name means to
everybody. Ranges follow the libraries' documentation and common practice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .ranges import (
    Rule,
    around,
    batches,
    boosted_depth,
    decades,
    depth,
    dropout,
    factor,
    first,
    flag,
    half_to_double,
    integers,
    linear,
    log_between,
    near_one,
    nothing,
    odd,
    of_floats,
    of_ints,
    options,
    powers,
    rounds,
    wide,
)

LOG = "searched on a log scale"
_LR = decades(1e-6, 1e-1)
_DECAY = decades(1e-6, 1e-1, below=3)
_FRACTION = near_one(0.5, 1.0)
_REGULARISER = wide(1e-6, 1e-1)
_NONE_OR_BALANCED = options((None, "balanced"))
_DISCOUNT = near_one(0.9, 0.9999)


def _unit(low: float, high: float) -> Rule:
    """A float share; integers of that name mean something else."""
    return of_floats(near_one(low, high))


@dataclass(frozen=True)
class Named:
    """A rule for names. callee: of those calls alone."""

    names: re.Pattern[str]
    rule: Rule
    why: str
    callee: re.Pattern[str] | None = None


def _named(names: str, rule: Rule, why: str = "", callee: str = "") -> Named:
    at = re.compile(rf"(?:{callee})\Z") if callee else None
    return Named(re.compile(rf"(?:{names})\Z"), rule, why, at)


BOOSTING = r"(?:XGB|LGBM|CatBoost)\w*|HistGradient\w+|GradientBoosting\w+|boosting"
_FOREST = r"(?:RandomForest|ExtraTrees?|DecisionTree)\w+"
_SEARCH = r"\w*SearchCV|KFold|StratifiedKFold|cross_val\w+|train_test_split|TimeSeriesSplit"
_NORMS = r"(?:BatchNorm\w*|GroupNorm|LayerNorm|LayerNormalization|BatchNormalization)"
_STOPPERS = r"EarlyStopping|early_stopping|ModelCheckpoint|LearningRateMonitor"

_OF_CALLEES = [
    _named(r".*", nothing, callee=f"{_SEARCH}|{_NORMS}|{_STOPPERS}"),
    # boosting
    _named(r"learning_rate|eta", log_between(0.01, 0.3), "boosting learns in larger steps",
           BOOSTING),
    _named(r"learning_rate", log_between(0.01, 2.0), LOG, r"AdaBoost\w+"),
    _named(r"max_depth|depth", boosted_depth, "boosted trees are shallow", BOOSTING),
    _named(r"num_leaves|max_leaf_nodes|max_leaves", integers(8, 256, log=True),
           "leaves are searched by factors", BOOSTING),
    _named(r"gamma|min_split_gain|min_split_loss|min_gain_to_split",
           linear(0.0, 5.0), "the least gain of a split", BOOSTING),
    _named(r"(?:reg_)?(?:alpha|lambda)(?:_l[12])?|lambda_?l[12]|l2_regularization|reg_\w+",
           wide(1e-8, 10.0), "regularisation is searched on a log scale", BOOSTING),
    _named(r"l2_leaf_reg", log_between(1.0, 10.0), LOG, BOOSTING),
    _named(r"min_child_weight", first(of_ints(integers(1, 20, log=True)), wide(0.1, 10.0)),
           LOG, BOOSTING),
    _named(r"min_child_samples|min_data_in_leaf", integers(5, 100, log=True),
           "samples of a leaf", BOOSTING),
    _named(r"(?:max_iter|iterations|n_estimators|num_boost_round)", rounds,
           "more rounds cost time in proportion", BOOSTING + r"|train|cv|AdaBoost\w+"),
    _named(r"max_bin|max_bins|border_count", options((63, 127, 255), (64, 128, 256), (128, 254)),
           "coarser bins are faster", BOOSTING),
    _named(r"bagging_freq|subsample_freq", integers(0, 7), "every few rounds", BOOSTING),
    _named(r"subsample|bagging_fraction|colsample\w*|feature_fraction\w*|rsm", _FRACTION,
           "a share of the data", BOOSTING),
    _named(r"scale_pos_weight", factor(10, 10), LOG, BOOSTING),
    _named(r"boosting_type|boosting|booster", options(("gbdt", "dart"), ("gbtree", "dart")),
           "the boosters of the library", BOOSTING),
    _named(r"random_strength|bagging_temperature", linear(0.0, 10.0), "noise against overfitting",
           BOOSTING),
    _named(r"max_delta_step", integers(0, 10), "from no limit to ten", BOOSTING),
    _named(r"grow_policy", options(("depthwise", "lossguide")), "the policies of the library",
           BOOSTING),
    _named(r"max_features", first(options(("sqrt", "log2", None)), _unit(0.1, 1.0)),
           "a share of the features", BOOSTING),
    # scikit-learn
    _named(r"activation", options(("relu", "tanh", "logistic")), "the activations of the library",
           r"MLP\w+"),
    _named(r"solver", options(("adam", "sgd", "lbfgs")), "the solvers of the library", r"MLP\w+"),
    _named(r"learning_rate", options(("constant", "invscaling", "adaptive")),
           "the schedules of the library", r"MLP\w+"),
    _named(r"alpha", decades(1e-6, 1.0), LOG, r"MLP\w+|SGD\w+|Perceptron"),
    _named(r"alpha", wide(1e-3, 10.0), "smoothing is searched on a log scale", r"\w*NB"),
    _named(r"alpha", decades(1e-5, 1e4, below=2, above=3), "regularisation is searched on a log scale",
           r"Ridge\w*|Lasso\w*|ElasticNet\w*|KernelRidge|\w*Regressor"),
    _named(r"var_smoothing", wide(1e-11, 1e-3), LOG, r"\w*NB"),
    _named(r"penalty", options(("l2", "l1", "elasticnet")), "the penalties of the library",
           r"SGD\w+|Perceptron"),
    _named(r"gamma", first(options(("scale", "auto")), wide(1e-5, 1e1)),
           "kernel widths are searched on a log scale", r"\w*SV[CRM]\w*|KernelPCA|KernelRidge|RBF\w+|Nystroem"),
    _named(r"epsilon", wide(1e-3, 1.0), "the tube's width, on a log scale", r"\w*SVR"),
    _named(r"epsilon", linear(1.05, 2.5), "from squares to absolute values", r"HuberRegressor"),
    _named(r"coef0", linear(0.0, 1.0), "the kernel's constant", r"\w*SV[CR]"),
    _named(r"degree", integers(2, 5), "low degrees", r"\w*SV[CR]"),
    _named(r"nu", near_one(0.05, 0.9), "a share of the samples", r"Nu\w+|OneClassSVM"),
    _named(r"contamination", near_one(0.01, 0.3), "a share of the samples", r"\w+"),
    _named(r"shrinkage", of_floats(near_one(0.0, 1.0)), "a share", r"\w*Discriminant\w*"),
    _named(r"voting", lambda v: options(("soft", "hard"))(v) if v == "soft" else None,
           "the votings of the library", r"Voting\w+"),
    _named(r"degree", integers(1, 4), "low degrees", r"PolynomialFeatures"),
    _named(r"interaction_only|include_bias", flag, "on or off", r"PolynomialFeatures"),
    _named(r"p", integers(1, 3), "from Manhattan over Euclid", r"KNeighbors\w+"),
    _named(r"metric", options(("minkowski", "manhattan", "chebyshev"),
                              ("euclidean", "manhattan", "cosine")),
           "the distances of the library", r"KNeighbors\w+"),
    _named(r"n_clusters", integers(2, 12), "from two groups to a dozen", r"\w+"),
    _named(r"n_components", integers(1, 10), "from one group to ten", r"\w*GaussianMixture"),
    _named(r"n_components", first(of_floats(near_one(0.8, 0.99)), half_to_double),
           "by factors, or a share of the variance", r"\w+"),
    _named(r"k", half_to_double, "the best features, by factors", r"SelectKBest"),
    _named(r"percentile", integers(5, 100), "a share of the features", r"SelectPercentile"),
    _named(r"eps", factor(5, 5), "the neighbourhood's size", r"DBSCAN|OPTICS"),
    _named(r"min_samples", integers(2, 20), "from 2 to 20 samples", r"H?DBSCAN|OPTICS"),
    _named(r"linkage", options(("ward", "complete", "average", "single")),
           "the linkages of the library", r"AgglomerativeClustering"),
    _named(r"strategy", options(("mean", "median", "most_frequent")),
           "the strategies of the library", r"SimpleImputer"),
    _named(r"ngram_range", nothing, "", r"\w+"),
    _named(r"max_features", around, "the most frequent words, by factors",
           r"\w*Vectorizer"),
    _named(r"min_df", first(of_ints(integers(1, 10)), near_one(0.0, 0.1)), "rare words",
           r"\w*Vectorizer"),
    _named(r"max_df", of_floats(near_one(0.5, 1.0)), "words that are everywhere",
           r"\w*Vectorizer"),
    _named(r"sublinear_tf|use_idf|binary", flag, "on or off", r"\w*Vectorizer"),
    _named(r"analyzer", options(("word", "char", "char_wb")), "the units of the library",
           r"\w*Vectorizer"),
    _named(r"norm", options(("l1", "l2")), "the norms of the library", r"\w*Vectorizer|Normalizer"),
    _named(r"n_bins", integers(3, 20), "from coarse to fine", r"KBinsDiscretizer"),
    _named(r"n_knots", integers(3, 12), "from stiff to supple", r"SplineTransformer"),
    _named(r"max_features", first(options(("sqrt", "log2", None)), _unit(0.1, 1.0),
                                  of_ints(half_to_double)),
           "the usual rules", r"\w+"),
    _named(r"criterion", options(("gini", "entropy", "log_loss"),
                                 ("squared_error", "friedman_mse", "absolute_error")),
           "the criteria of the library", _FOREST),
    _named(r"ccp_alpha|min_impurity_decrease", wide(1e-5, 1e-1), LOG, r"\w+"),
    _named(r"max_iter|n_init|max_iters|n_iter|tol|leaf_size|cache_size", nothing, "", r"\w+"),
    # schedulers
    _named(r"gamma|decay_rate", near_one(0.8, 0.999), "the decay of each epoch",
           r"Exponential\w+|exponential_decay"),
    _named(r"gamma", near_one(0.1, 0.9), "the decay of each step", r"\w+LR|\w*Scheduler"),
    _named(r"step_size", half_to_double, "from half to double", r"\w+LR|\w*Scheduler"),
    _named(r"factor", near_one(0.1, 0.8), "the decay of each step", r"ReduceLROnPlateau"),
    _named(r"patience", integers(1, 10), "a few epochs", r"ReduceLROnPlateau"),
    _named(r"eta_min|min_lr", nothing, "", r"\w+"),
    _named(r"pct_start", near_one(0.1, 0.5), "the share of the rise", r"OneCycleLR"),
    _named(r"warmup\w*", near_one(0.0, 0.3), "a short share of the training", r"OneCycleLR"),
    # layers
    _named(r"bidirectional|batch_first|bias|affine", nothing, "", r"RNN|LSTM|GRU|Linear|Conv\w+"),
    _named(r"p|rate", dropout, "dropout beyond 0.7 seldom learns", r"\w*Dropout\w*|dropout"),
    _named(r"recurrent_dropout", dropout, "dropout beyond 0.7 seldom learns", r"\w+"),
    _named(r"negative_slope|alpha", near_one(0.01, 0.3), "a small slope",
           r"LeakyReLU|leaky_relu"),
    _named(r"alpha", nothing, "", r"ELU|CELU|elu"),
    _named(r"stddev", near_one(0.0, 0.5), "a little noise", r"GaussianNoise"),
    _named(r"alpha|rho", near_one(0.8, 0.999), "the moment's decay", r"RMSprop|Adadelta"),
    _named(r"l1|l2|weight_decay", _REGULARISER, "regularisation is searched on a log scale",
           r"[lL][12]|l1_l2|L1L2"),
    _named(r"activation", options(("relu", "elu", "gelu", "silu", "tanh"),),
           "common activations", r"Dense|Conv\w+|SeparableConv\w+|Activation"),
    _named(r"activation", options(("relu", "gelu")), "the layer's activations",
           r"Transformer\w+"),
    _named(r"activation|recurrent_activation", nothing, "", r"LSTM|GRU|SimpleRNN"),
    # augmentation
    _named(r"rotation_range|degrees", first(of_ints(integers(0, 45)), linear(0.0, 45.0)),
           "small turns keep the label", r"ImageDataGenerator|RandomRotation|RandomAffine"),
    _named(r"width_shift_range|height_shift_range|zoom_range|shear_range",
           near_one(0.0, 0.4), "small changes keep the label", r"ImageDataGenerator"),
    _named(r"factor|height_factor|width_factor", near_one(0.0, 0.4),
           "small changes keep the label", r"Random(?:Rotation|Zoom|Contrast|Brightness)"),
    _named(r"brightness|contrast|saturation", near_one(0.0, 0.6),
           "small changes keep the label", r"ColorJitter"),
    # Hugging Face
    _named(r"r|lora_r", powers(1), "ranks by factors of two", r"Lora\w+"),
    _named(r"lora_alpha", powers(1), "by factors of two", r"Lora\w+"),
]  # fmt: skip

_PREFIX = r"(?:\w+_)?"
_SIDE = r"(?:_(?:g|d|gen|disc|actor|critic|encoder|decoder|model|net|nn|generator|discriminator|init|initial|start|base|rate|value|val|size|\d+))?"
_OF_EVERYBODY = [
    _named(rf"{_PREFIX}(?:lr|learning_rate)_?(?:decay_steps?|steps?|patience|warmup_epochs|scheduler_patience)|lr_reduce_patience",
           nothing),
    _named(r"lr_?(?:decay|gamma|factor|decay_rate|decay_factor)|(?:learning_rate|decay)_?(?:decay|rate|factor)"
           r"|sched(?:uler)?_?(?:gamma|factor)|(?:exp|exponential)_decay",
           near_one(0.1, 0.999), "the decay of the learning rate"),
    _named(r"min_lr|lr_min|eta_min|end_lr|final_lr|min_learning_rate", nothing),
    _named(r"batch_?lr_?", nothing),
    _named(rf"{_PREFIX}(?:lr|learning_?rate|learn_rate){_SIDE}|lr_(?:head|trunk|backbone|body|base|fc|feat|embed|max|w|b)|lr0|eta0?|init_value|step_?size"
           r"|initial_learning_rate|stepsize|alpha_lr",
           _LR, "learning rates are searched on a log scale"),
    _named(rf"{_PREFIX}weight_?decay{_SIDE}|wd|decay|l2|l1|{_PREFIX}l[12]_?(?:reg|lambda|penalty|weight|coef\w*|alpha)?"
           r"|(?:reg|regularization|regularizer|weight_reg)(?:_?(?:param|strength|lambda|rate|weight|coef\w*|factor|l[12]))?"
           r"|kernel_regularizer|reg_lambda|reg_alpha|lambda_l[12]|lambda_?(?:reg)?|lambd|lam|lmbda|ridge",
           _REGULARISER, "regularisation is searched on a log scale"),
    _named(r"alpha", first(of_floats(lambda v: None if v < 0.05 else near_one(0.0, 1.0)(v)),
                           decades(1e-6, 1e3, above=3)),
           "searched around the value"),
    _named(r"C", wide(1e-3, 1e3), "C is searched on a log scale"),
    _named(r"gamma", first(lambda v: _DISCOUNT(v) if isinstance(v, float) and 0.85 <= v < 1 else None,
                           of_floats(lambda v: near_one(0.1, 0.9)(v) if 0.3 <= v < 0.85 else None),
                           options(("scale", "auto")), wide(1e-5, 1e1)),
           "searched around the value"),
    _named(r"tol|eps|adam_epsilon|epsilon_adam|epsilon_(?:end|min|final)|eps_(?:end|min)|threshold", nothing),
    _named(r"epsilon", lambda v: _unit(0.01, 1.0)(v) if isinstance(v, float) and v >= 0.01 else None,
           "the share of random actions"),
    _named(r"(?:discount|discount_factor|gae_lambda|discount_rate)", _DISCOUNT,
           "discounts are near 1"),
    _named(r"tau", wide(1e-4, 1e-1), LOG),
    _named(r"clip_(?:epsilon|eps|ratio|range|param)|eps_clip", near_one(0.1, 0.4),
           "the trust region of PPO"),
    _named(r"(?:entropy|ent|vf|value|critic|policy)_(?:coef|coeff|beta|weight|loss_coef)|beta_entropy",
           wide(1e-4, 1.0), LOG),
    _named(r"bn_momentum|momentum_bn|ema_decay|ema|momentum_teacher", nothing),
    _named(rf"{_PREFIX}momentum|mom|mu", near_one(0.0, 0.99), "momentum lies between 0 and 1"),
    _named(r"(?:adam_)?(?:beta|b)_?1|betas\[0\]", near_one(0.8, 0.99),
           "the first moment's decay is near 0.9"),
    _named(r"(?:adam_)?(?:beta|b)_?2|betas\[1\]", near_one(0.9, 0.9999),
           "the second moment's decay is near 1"),
    _named(r"rho", near_one(0.8, 0.999), "the moment's decay"),
    _named(r"nesterov|use_bn|batch_?norm|use_batch_?norm|use_bias|bidirectional|bootstrap|shrinking|amsgrad"
           r"|use_dropout|use_attention|residual|use_residual|use_scheduler|use_augmentation|augment",
           flag, "on or off"),
    _named(r"(?:\w+_)?drop_?out\w*|\w*drop(?:_rate|_prob|_p|_path)?|p_drop(?:out)?|keep_prob|dr|drop_path_rate",
           dropout, "dropout beyond 0.7 seldom learns"),
    _named(r"label_smoothing(?:_factor)?|smoothing", near_one(0.0, 0.3), "smoothing is small"),
    _named(r"mixup(?:_alpha)?|cutmix(?:_alpha)?", near_one(0.0, 1.0), "mixing of samples"),
    _named(r"(?:mask|masking|corruption|noise|teacher_forcing)_?(?:prob|probability|rate|ratio|level|factor|std|scale|dim_?)?",
           _unit(0.0, 1.0), "a share"),
    _named(r"warmup_(?:ratio|fraction|proportion)|num_warmup_ratio", near_one(0.0, 0.3),
           "a short share of the training"),
    _named(r"(?:num_|n_)?warmup(?:_steps|_iters|_epochs)?",
           first(lambda v: integers(0, 1000)(v) if v == 0 else None, rounds),
           "a short share of the training"),
    _named(rf"batch_?size{_SIDE}|bs|bsz|batch|mb_?size|(?:train|training|mini|micro)_?batch(?:_?size)?"
           r"|train_bs|per_device_train_batch_size|per_gpu_train_batch_size|minibatch_size|b_size|batch_sz|batchsize|batches_size",
           batches, "batch sizes near the one in use"),
    _named(r"(?:num|n)_(?:clusters|centroids|topics|groups|mixtures)", integers(2, 20),
           "from two groups to twenty"),
    _named(r"n_estimators|num_boost_round|n_trees|num_trees|num_rounds?|n_rounds|nrounds|boost_rounds|ntrees|num_round|n_est",
           rounds, "more rounds cost time in proportion"),
    _named(r"(?:max|tree|n)_depth|maxdepth", depth, "shallow to deep trees"),
    _named(r"num_leaves|max_leaf_nodes|max_leaves", integers(8, 256, log=True),
           "leaves are searched by factors"),
    _named(r"min_samples_leaf|min_child_samples|min_leaf",
           first(of_ints(integers(1, 20, log=True)), wide(1e-3, 0.3)), "from 1 to 20 samples"),
    _named(r"min_samples_split", first(of_ints(integers(2, 20, log=True)), wide(1e-3, 0.5)),
           "from 2 to 20 samples"),
    _named(r"min_child_weight", first(of_ints(integers(1, 20, log=True)), wide(1e-1, 1e1)), LOG),
    _named(r"subsample|colsample_by\w+|colsample|feature_fraction|bagging_fraction|max_samples|row_sample|col_sample",
           first(of_floats(_FRACTION)), "a share of the data"),
    _named(r"l1_ratio", near_one(0.0, 1.0), "between ridge and lasso"),
    _named(r"n_neighbors|k_neighbors|num_neighbors|knn_k|n_neigh|neighbors|n_neighbours|num_neighbours",
           integers(1, 50, log=True), "from the nearest to fifty"),
    _named(r"(?:n_|num_|no_)?(?:\w+_)?(?:layers?|blocks?|stacks)(?:_num|_count)?|nlayers|depth|n_depth|num_hidden|"
           r"(?:n_|num_)?(?:res|residual|conv|dense|lstm|gru|encoder|decoder|transformer|hidden|rnn|fc)_?(?:layers|blocks)",
           lambda v: integers(1, 6)(v) if v is not None and isinstance(v, int) and v <= 24 else None,
           "a few layers"),
    _named(r"(?:n_|num_)?(?:attention_)?heads?|nhead|n_head",
           options((1, 2, 4, 8), (4, 8, 16), (3, 6, 12)), "divisors of the usual widths"),
    _named(r"kernel_?(?:sizes?)|ksize|filter_size|kernel_width|conv_kernel(?:_size)?", odd,
           "odd kernels keep the size"),
    _named(rf"{_PREFIX}(?:hidden|hid|h)(?:_?(?:size|dims?|units|channels|features|layer_sizes?|layers?_?size|layer|nodes|neurons|width|feats|n|num))?"
           r"|(?:n|num|nb|no)_?(?:of_)?(?:hidden|hid|units|neurons|nodes|filters|channels|feature_maps|kernels|cells|h)(?:_?(?:units|nodes|neurons|size|dim|layer))?"
           r"|units|hiddens?|width|dim|d_?model|n_embd|n_embed|embed(?:ding|s)?(?:_?(?:dims?|size|vector_length|vecor_length|features))?|emb(?:_?(?:dims?|size|sz))?"
           r"|(?:\w+_)?embed(?:ding)?_?(?:dims?|size)|(?:\w+_)?emb_?(?:dims?|size)"
           r"|latent(?:_?(?:dims?|size))?|z_?dims?|nz|code_?(?:size|dim)|noise_dim|encoding_dim|bottleneck(?:_?(?:dim|size))?|rank"
           r"|mlp_dim|d_?ff|dim_?feed_?forward|ff_?dim|ffn?_(?:dim|hidden)|fc_?(?:size|dim|units|hidden)?|h_?dims?|hdim|intermediate_(?:size|dim)"
           r"|channels|filters|ngf|ndf|nf|base_(?:channels|filters|width)|lstm_(?:size|units|dim|out|cells)|gru_(?:size|units)|rnn_(?:size|units)"
           r"|dense_(?:size|units|dim)|projection_dim|key_dim|head_dim|node_dim|n_factors|num_factors|factors|n_latent|hidden_layer_sizes\[\d+\]|neurons|nodes"
           r"|nhid|ninp|nhidden|nembed|emsize|em_size|codings?_size|feat_dim|out_features|out_channels|output_dim|features|embedding_dim|vector_size",
           around, "widths are searched by factors of two"),
    _named(r"(?:max_?(?:seq(?:uence)?_?)?len(?:gth)?|seq(?:uence)?_?len(?:gth)?|max_tokens|maxlen|max_seq|max_source_length|context_length|block_size"
           r"|look_?back|lookback_window|window(?:_?(?:size|length|len))?|n_lags|lags?|time_?steps|n_steps_in|history_(?:size|len(?:gth)?)|context_size|context_window|n_past|seq_size|bptt)",
           lambda v: half_to_double(v) if isinstance(v, int) and v >= 2 else None,
           "from half to double the length"),
    _named(r"(?:\w+_)?(?:grad(?:ient)?_?)?clip(?:ping)?(?:_?(?:val(?:ue)?|norm|grad|grad_norm|max_norm|threshold))?|max_(?:grad_)?norm|max_gradient_norm|clip_?norm|clip_?value|global_clipnorm",
           wide(1e-1, 1e1), LOG),
    _named(r"(?:accumulate_grad_batches|gradient_accumulation_steps|grad_accum(?:ulation)?(?:_steps)?|accumulation_steps|accum_steps)",
           options((1, 2, 4, 8)), "a few batches a step"),
    _named(r"temp(?:erature)?|softmax_temp", factor(10, 10), LOG),
    _named(r"degree|poly_degree|polynomial_degree", integers(1, 5), "low degrees"),
    _named(r"optimi[sz]er(?:_?(?:name|type))?|optim|opt|opt_name",
           options(("adam", "sgd", "rmsprop", "adamw"), ("Adam", "SGD", "RMSprop", "AdamW"),
                   ("adam", "adamw", "nadam", "sgd"), ("Nadam", "Adam", "RMSprop", "SGD"),
                   ("nadam", "adam", "rmsprop", "sgd"), ("adamax", "adam", "rmsprop", "sgd"),
                   ("adagrad", "adam", "rmsprop", "sgd"),
                   ("adamw_torch", "adafactor", "sgd")), "common optimisers"),
    _named(r"optim", options(("adamw_torch", "adafactor", "sgd")), "common optimisers"),
    _named(r"act|(?:\w+_)?activation(?:_?(?:fn|function|func|name|type))?|nonlinearity|act_(?:fn|name|func)|hidden_act|activ",
           options(("relu", "tanh", "gelu", "silu"), ("elu", "relu", "tanh", "selu"),
                   ("leaky_relu", "relu", "tanh", "gelu"), ("swish", "relu", "gelu", "tanh"),
                   ("ReLU", "Tanh", "GELU", "SiLU"), ("LeakyReLU", "ReLU", "ELU", "GELU")),
           "common activations"),
    _named(r"kernel", options(("rbf", "linear", "poly", "sigmoid")), "the kernels of the library"),
    _named(r"criterion", options(("gini", "entropy", "log_loss")), "the criteria of the library"),
    _named(r"weights", options(("uniform", "distance")), "the weightings of the library"),
    _named(r"splitter", options(("best", "random")), "the splitters of the library"),
    _named(r"class_weight", _NONE_OR_BALANCED, "even or by the classes' shares"),
    _named(r"(?:lr_)?schedul(?:er|e)(?:_?(?:type|name))?|lr_scheduler_type|lr_schedule",
           options(("cosine", "linear", "constant"), ("step", "cosine", "plateau")),
           "common schedules"),
    _named(r"pooling|pool_type", options(("avg", "max"), ("mean", "max")), "the usual poolings"),
    _named(r"kernel_initializer|initializer|init",
           options(("glorot_uniform", "he_normal", "he_uniform"),
                   ("he_normal", "glorot_uniform", "he_uniform"),
                   ("uniform", "normal", "glorot_uniform", "he_normal")),
           "common initialisers"),
    _named(r"(?:\w+_)?loss_(?:weight|coef\w*|lambda|scale)|(?:\w+_)(?:weight|coef|coeff|lambda)|lambda_\w+|kl_beta|beta_kl|beta",
           first(of_floats(decades(1e-4, 1e2)), of_ints(lambda v: wide(0.1, 100.0)(v) if v > 0 else None)),
           "weights of a loss are searched on a log scale"),
    _named(r"epsilon(?:_start)?|eps_start|exploration(?:_rate)?", _unit(0.01, 1.0),
           "the share of random actions"),
    _named(r"(?:epsilon|eps)_?decay(?:_rate)?", near_one(0.9, 0.9999), "near 1"),
    _named(r"init_(?:scale|std|range)|initializer_range|weight_scale|init_weight|sigma|bandwidth|length_scale|std|noise_std|margin",
           of_floats(lambda v: factor(10, 10)(v)), LOG),
    _named(r"(?:replay_|buffer_|memory_)(?:size|capacity|memory_size|buffer_size)?|buffer_?size_?rl",
           lambda v: rounds(v) if isinstance(v, int) and v >= 1000 else None, "by factors"),
    _named(r"n_critic|critic_iters|critic_iterations|n_disc", integers(1, 10), "a few steps"),
    _named(r"patch_?size", options((2, 4, 8), (4, 8, 16), (8, 16, 32)), "divisors of the image"),
    _named(r"ngram_?(?:range)?|n_gram|ngrams", integers(1, 4), "up to four words"),
]  # fmt: skip

_RULES = [*_OF_CALLEES, *_OF_EVERYBODY]


def plain_name(name: str) -> str:
    """Lower case with underscores, the number of a series taken off (`hiddenSize_2`)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name).lower().strip("_")
    if re.fullmatch(r"(?:betas?|b|l|lambda|lr|reg_l|lambda_l)_?\d|betas\[\d\]", spaced):
        return spaced
    return re.sub(r"(?<=[a-z])_?\d+\Z", "", spaced) or spaced


def find_rule(name: str, callee: str = "") -> Named | None:
    """The first rule for a name, as an argument of a callee (its last name) or anywhere."""
    plain = name if name == "C" else plain_name(name)
    for entry in _RULES:
        if entry.callee is not None and not entry.callee.match(callee):
            continue
        if entry.names.match(plain) or (entry.callee is not None and entry.names.match(name)):
            return entry
    return None
