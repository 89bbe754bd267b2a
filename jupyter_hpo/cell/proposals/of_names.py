"""Rules for names that mean the same to everybody, whoever is called with them.

The order matters: the first pattern that fits the whole name wins.
"""

from __future__ import annotations

from .named import LOG, named, unit
from .ranges import (
    around,
    batches,
    between,
    decades,
    depth,
    dropout,
    factor,
    first,
    flag,
    half_to_double,
    integers,
    near_one,
    nothing,
    odd,
    of_floats,
    of_ints,
    options,
    rounds,
    wide,
)

_FRACTION = near_one(0.5, 1.0)
_REGULARISER = wide(1e-6, 1e-1)

_LR = decades(1e-6, 1e-1)
_DISCOUNT = near_one(0.9, 0.9999)
_NONE_OR_BALANCED = options((None, "balanced"))
_PREFIX = r"(?:\w+_)?"
_SIDE = (
    r"(?:_(?:g|d|gen|disc|actor|critic|encoder|decoder|model|net|nn|generator|discriminator"
    r"|init|initial|start|base|rate|value|val|size|\d+))?"
)
"""What may follow `lr` or `batch_size`: whose it is."""
OF_NAMES = [
    named(rf"{_PREFIX}(?:lr|learning_rate)_?(?:decay_steps?|steps?|patience|warmup_epochs"
          rf"|scheduler_patience)|lr_reduce_patience",
           nothing),
    named(r"lr_?(?:decay|gamma|factor|decay_rate|decay_factor)|(?:learning_rate|decay)_?(?:decay"
          r"|rate|factor)"
           r"|sched(?:uler)?_?(?:gamma|factor)|(?:exp|exponential)_decay",
           near_one(0.1, 0.999), "the decay of the learning rate"),
    named(r"min_lr|lr_min|eta_min|end_lr|final_lr|min_learning_rate", nothing),
    named(r"batch_?lr_?", nothing),
    named(rf"{_PREFIX}(?:lr|learning_?rate|learn_rate){_SIDE}|lr_(?:head|trunk|backbone|body"
          rf"|base|fc|feat|embed|max|w|b)|lr0|eta0?|init_value"
           r"|initial_learning_rate|alpha_lr",
           _LR, "learning rates are searched on a log scale"),
    named(r"step_?size", first(of_floats(_LR), of_ints(half_to_double), of_ints(integers(1, 5))),
           "a rate on a log scale, or every so many epochs"),
    named(rf"{_PREFIX}weight_?decay{_SIDE}|wd|decay|l2|l1|{_PREFIX}l[12]_?(?:reg|lambda|penalty"
          rf"|weight|coef\w*|alpha)?"
           r"|(?:reg|regularization|regularizer|weight_reg)(?:_?(?:param|strength|lambda|rate"
           r"|weight|coef\w*|factor|l[12]))?"
           r"|kernel_regularizer|reg_lambda|reg_alpha|lambda_l[12]|lambda_?(?:reg)?|lambd|lam"
           r"|lmbda|ridge",
           _REGULARISER, "regularisation is searched on a log scale"),
    named(r"alpha", first(between(0.05, 1.01, unit(0.0, 1.0)),
                           decades(1e-6, 1e3, above=3)),
           "searched around the value"),
    named(r"C", wide(1e-3, 1e3), "C is searched on a log scale"),
    named(r"gamma", first(between(0.85, 1.0, _DISCOUNT), between(0.3, 0.85, near_one(0.1, 0.9)),
                           options(("scale", "auto")), wide(1e-5, 1e1)),
           "searched around the value"),
    named(r"tol|eps|adam_epsilon|epsilon_adam|epsilon_(?:end|min|final)|eps_(?:end|min)"
          r"|threshold", nothing),
    named(r"epsilon", between(0.01, 1.01, unit(0.01, 1.0)),
           "the share of random actions"),
    named(r"(?:discount|discount_factor|gae_lambda|discount_rate)", _DISCOUNT,
           "discounts are near 1"),
    named(r"tau", wide(1e-4, 1e-1), LOG),
    named(r"clip_(?:epsilon|eps|ratio|range|param)|eps_clip", near_one(0.1, 0.4),
           "the trust region of PPO"),
    named(r"(?:entropy|ent|vf|value|critic|policy)_(?:coef|coeff|beta|weight|loss_coef)"
          r"|beta_entropy",
           wide(1e-4, 1.0), LOG),
    named(r"bn_momentum|momentum_bn|ema_decay|ema|momentum_teacher", nothing),
    named(rf"{_PREFIX}momentum|mom|mu", near_one(0.0, 0.99), "momentum lies between 0 and 1"),
    named(r"(?:adam_)?(?:beta|b)_?1|betas\[0\]", near_one(0.8, 0.99),
           "the first moment's decay is near 0.9"),
    named(r"(?:adam_)?(?:beta|b)_?2|betas\[1\]", near_one(0.9, 0.9999),
           "the second moment's decay is near 1"),
    named(r"rho", near_one(0.8, 0.999), "the moment's decay"),
    named(r"nesterov|use_bn|batch_?norm|use_batch_?norm|use_bias|bidirectional|bootstrap"
          r"|shrinking|amsgrad"
           r"|use_dropout|use_attention|residual|use_residual|use_scheduler|use_augmentation"
           r"|augment",
           flag, "on or off"),
    named(r"(?:\w+_)?drop_?out\w*|\w*drop(?:_rate|_prob|_p|_path)?|p_drop(?:out)?|keep_prob|dr"
          r"|drop_path_rate",
           dropout, "dropout beyond 0.7 seldom learns"),
    named(r"label_smoothing(?:_factor)?|smoothing", near_one(0.0, 0.3), "smoothing is small"),
    named(r"mixup(?:_alpha)?|cutmix(?:_alpha)?", near_one(0.0, 1.0), "mixing of samples"),
    named(r"(?:mask|masking|corruption|noise|teacher_forcing)_?(?:prob|probability|rate|ratio"
          r"|level|factor|std|scale|dim_?)?",
           unit(0.0, 1.0), "a share"),
    named(r"warmup_(?:ratio|fraction|proportion)|num_warmup_ratio", near_one(0.0, 0.3),
           "a short share of the training"),
    named(r"(?:num_|n_)?warmup(?:_steps|_iters|_epochs)?",
           first(between(0, 1, integers(0, 1000)), rounds),
           "a short share of the training"),
    named(rf"batch_?size{_SIDE}|bs|bsz|batch|mb_?size|(?:train|training|mini"
          rf"|micro)_?batch(?:_?size)?"
           r"|train_bs|per_device_train_batch_size|per_gpu_train_batch_size|minibatch_size"
           r"|b_size|batch_sz|batchsize|batches_size",
           batches, "batch sizes near the one in use"),
    named(r"(?:num|n)_(?:clusters|centroids|topics|groups|mixtures)", integers(2, 20),
           "from two groups to twenty"),
    named(r"n_estimators|num_boost_round|n_trees|num_trees|num_rounds?|n_rounds|nrounds"
          r"|boost_rounds|ntrees|num_round|n_est",
           rounds, "more rounds cost time in proportion"),
    named(r"(?:max|tree|n)_depth|maxdepth", depth, "shallow to deep trees"),
    named(r"num_leaves|max_leaf_nodes|max_leaves", integers(8, 256, log=True),
           "leaves are searched by factors"),
    named(r"min_samples_leaf|min_child_samples|min_leaf",
           first(of_ints(integers(1, 20, log=True)), wide(1e-3, 0.3)), "from 1 to 20 samples"),
    named(r"min_samples_split", first(of_ints(integers(2, 20, log=True)), wide(1e-3, 0.5)),
           "from 2 to 20 samples"),
    named(r"min_child_weight", first(of_ints(integers(1, 20, log=True)), wide(1e-1, 1e1)), LOG),
    named(r"subsample|colsample_by\w+|colsample|feature_fraction|bagging_fraction|max_samples"
          r"|row_sample|col_sample",
           first(of_floats(_FRACTION)), "a share of the data"),
    named(r"l1_ratio", near_one(0.0, 1.0), "between ridge and lasso"),
    named(r"n_neighbors|k_neighbors|num_neighbors|knn_k|n_neigh|neighbors|n_neighbours"
          r"|num_neighbours",
           integers(1, 50, log=True), "from the nearest to fifty"),
    named(r"(?:n_|num_|no_)?(?:\w+_)?(?:layers?|blocks?|stacks)(?:_num|_count)?|nlayers|depth"
          r"|n_depth|num_hidden|"
           r"(?:n_|num_)?(?:res|residual|conv|dense|lstm|gru|encoder|decoder|transformer|hidden"
           r"|rnn|fc)_?(?:layers|blocks)",
           of_ints(between(0, 25, integers(1, 6))),
           "a few layers"),
    named(r"(?:n_|num_)?(?:attention_)?heads?|nhead|n_head",
           options((1, 2, 4, 8), (4, 8, 16), (3, 6, 12)), "divisors of the usual widths"),
    named(r"kernel_?(?:sizes?)|ksize|filter_size|kernel_width|conv_kernel(?:_size)?", odd,
           "odd kernels keep the size"),
    named(rf"{_PREFIX}(?:hidden|hid|h)(?:_?(?:size|dims?|units|channels|features|layer_sizes?"
          rf"|layers?_?size|layer|nodes|neurons|width|feats|n|num))?"
           r"|(?:n|num|nb|no)_?(?:of_)?(?:hidden|hid|units|neurons|nodes|filters|channels"
           r"|feature_maps|kernels|cells|h)(?:_?(?:units|nodes|neurons|size|dim|layer))?"
           r"|units|hiddens?|width|dim|d_?model|n_embd|n_embed|embed(?:ding|s)?(?:_?(?:dims?"
           r"|size|vector_length|vecor_length|features))?|emb(?:_?(?:dims?|size|sz))?"
           r"|(?:\w+_)?embed(?:ding)?_?(?:dims?|size)|(?:\w+_)?emb_?(?:dims?|size)"
           r"|latent(?:_?(?:dims?|size))?|z_?dims?|nz|code_?(?:size|dim)|noise_dim|encoding_dim"
           r"|bottleneck(?:_?(?:dim|size))?|rank"
           r"|mlp_dim|d_?ff|dim_?feed_?forward|ff_?dim|(?:\w+_)?ffn?_(?:dim|hidden)|fc_?(?:size|dim|units"
           r"|hidden)?|h_?dims?|hdim|intermediate_(?:size|dim)"
           r"|channels|filters|ngf|ndf|nf|base_(?:channels|filters|width)|lstm_(?:size|units|dim"
           r"|out|cells)|gru_(?:size|units)|rnn_(?:size|units)"
           r"|dense_(?:size|units|dim)|projection_dim|key_dim|head_dim|node_dim|n_factors"
           r"|num_factors|factors|n_latent|hidden_layer_sizes\[\d+\]|neurons|nodes"
           r"|nhid|ninp|nhidden|nembed|emsize|em_size|codings?_size|feat_dim|out_features"
           r"|out_channels|output_dim|features|embedding_dim|vector_size",
           around, "widths are searched by factors of two"),
    named(r"(?:max_?(?:seq(?:uence)?_?)?len(?:gth)?|seq(?:uence)?_?len(?:gth)?|max_tokens|maxlen"
          r"|max_seq|max_source_length|context_length|block_size"
           r"|look_?back|lookback_window|window(?:_?(?:size|length|len))?|n_lags|lags?"
           r"|time_?steps|n_steps_in|history_(?:size|len(?:gth)?)|context_size|context_window"
           r"|n_past|seq_size|bptt)",
           half_to_double,
           "from half to double the length"),
    named(r"(?:\w+_)?(?:grad(?:ient)?_?)?clip(?:ping)?(?:_?(?:val(?:ue)?|norm|grad|grad_norm"
          r"|max_norm|threshold))?|max_(?:grad_)?norm|max_gradient_norm|clip_?norm|clip_?value"
          r"|global_clipnorm",
           wide(1e-1, 1e1), LOG),
    named(r"(?:accumulate_grad_batches|gradient_accumulation_steps"
          r"|grad_accum(?:ulation)?(?:_steps)?|accumulation_steps|accum_steps)",
           options((1, 2, 4, 8)), "a few batches a step"),
    named(r"temp(?:erature)?|softmax_temp", factor(10, 10), LOG),
    named(r"degree|poly_degree|polynomial_degree", integers(1, 5), "low degrees"),
    named(r"optimi[sz]er(?:_?(?:name|type))?|optim|opt|opt_name",
           options(("adam", "sgd", "rmsprop", "adamw"), ("Adam", "SGD", "RMSprop", "AdamW"),
                   ("adam", "adamw", "nadam", "sgd"), ("Nadam", "Adam", "RMSprop", "SGD"),
                   ("nadam", "adam", "rmsprop", "sgd"), ("adamax", "adam", "rmsprop", "sgd"),
                   ("adagrad", "adam", "rmsprop", "sgd"),
                   ("adamw_torch", "adafactor", "sgd")), "common optimisers"),
    named(r"optim", options(("adamw_torch", "adafactor", "sgd")), "common optimisers"),
    named(r"act|(?:\w+_)?activation(?:_?(?:fn|function|func|name|type))?|nonlinearity|act_(?:fn"
          r"|name|func)|hidden_act|activ",
           options(("relu", "tanh", "gelu", "silu"), ("elu", "relu", "tanh", "selu"),
                   ("leaky_relu", "relu", "tanh", "gelu"), ("gelu_new", "gelu", "relu", "silu"),
                   ("swish", "relu", "gelu", "tanh"),
                   ("ReLU", "Tanh", "GELU", "SiLU"), ("LeakyReLU", "ReLU", "ELU", "GELU")),
           "common activations"),
    named(r"kernel", options(("rbf", "linear", "poly", "sigmoid")), "the kernels of the library"),
    named(r"criterion", options(("gini", "entropy", "log_loss")), "the criteria of the library"),
    named(r"weights", options(("uniform", "distance")), "the weightings of the library"),
    named(r"splitter", options(("best", "random")), "the splitters of the library"),
    named(r"class_weight", _NONE_OR_BALANCED, "even or by the classes' shares"),
    named(r"(?:lr_)?schedul(?:er|e)(?:_?(?:type|name))?|lr_scheduler_type|lr_schedule",
           options(("cosine", "linear", "constant"), ("step", "cosine", "plateau")),
           "common schedules"),
    named(r"pooling|pool_type", options(("avg", "max"), ("mean", "max")), "the usual poolings"),
    named(r"kernel_initializer|initializer|init",
           options(("glorot_uniform", "he_normal", "he_uniform"),
                   ("he_normal", "glorot_uniform", "he_uniform"),
                   ("uniform", "normal", "glorot_uniform", "he_normal")),
           "common initialisers"),
    named(r"(?:\w+_)?loss_(?:weight|coef\w*|lambda|scale)|(?:\w+_)(?:weight|coef|coeff|lambda)"
          r"|lambda_\w+|kl_beta|beta_kl|beta",
           first(of_floats(decades(1e-4, 1e2)), of_ints(between(1, 1000, wide(0.1, 100.0)))),
           "weights of a loss are searched on a log scale"),
    named(r"epsilon(?:_start)?|eps_start|exploration(?:_rate)?", unit(0.01, 1.0),
           "the share of random actions"),
    named(r"(?:epsilon|eps)_?decay(?:_rate)?", near_one(0.9, 0.9999), "near 1"),
    named(r"init_?(?:scale|std|range|gain)|initializer_range|weight_scale|init_weight|sigma|bandwidth"
          r"|length_scale|std|noise_std|margin",
           of_floats(factor(10, 10)), LOG),
    named(r"(?:replay_|buffer_|memory_)(?:size|capacity|memory_size|buffer_size)?|buffer_?size_?rl",
           between(1000, 1e9, rounds), "by factors"),
    named(r"n_critic|critic_iters|critic_iterations|n_disc", integers(1, 10), "a few steps"),
    named(r"patch_?size", options((2, 4, 8), (4, 8, 16), (8, 16, 32)), "divisors of the image"),
    named(r"ngram_?(?:range)?|n_gram|ngrams", integers(1, 4), "up to four words"),
]  # fmt: skip
