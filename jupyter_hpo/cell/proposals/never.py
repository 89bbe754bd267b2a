"""What nobody tunes: by its name, by the call it is an argument of, by where it stands."""

from __future__ import annotations

import re

_WORDS = """
    acc accuracy axis best checkpoint chunk class classes color colors cols columns correct
    count counter current cv debug device dir directory download dpi dtype early epoch epochs
    error eval evaluation evaluate every figsize file filename fold folder folds fontsize fps
    freq frequency grad height i idx image img in index input inputs interval iter iteration
    iterations iters j jobs k keepdim labels last limit linewidth log logging loss max_iter
    mean memory metric metrics min_delta monitor n name names num out outcome outputs path
    patience plot pos predict print prints project random reduction root rows running samples
    save score seed sep show shuffle shift split splits start state step steps stop subset
    target targets test threads timeout title token tokens total train trials url use val valid
    validation verbose verbosity version vocab voc width worker workers year years"""
NEVER_WORDS = frozenset(_WORDS.split())
"""Words of names whose values are no hyperparameters (unless a rule knows the whole name)."""

_SIZES_OF_DATA = re.compile(
    r"(?:n|num|nb|no|number_of)_(?:\w+_)?(?:class(?:es)?|labels|inputs?|outputs?|features"
    r"|samples|words|tokens|channels_in|actions|states|users|items"
    r"|epochs?|steps|iter(?:ation)?s?|episodes|workers|folds|splits|jobs|gpus|trials|runs|points"
    r"|images|data|rows|cols|columns|examples|batches)\Z"
    r"|(?:in|input|inp|output|target|n_in|n_out|src|tgt|obs|state|action|vocab\w*|img|image|im"
    r"|feature)(?:_\w+)?_?(?:size|dims?|shape|features|channels|units|nodes|neurons|n|width"
    r"|height|len|length|h|w)\Z"
    r"|(?:max|num|nb|n|top)_?(?:_?nb)?_?(?:words|vocab|tokens|users|items|features|classes)\Z"
    r"|in_(?:features|channels)|input_size|num_embeddings|num_features|n_in|n_out|d_in|d_out|n_x"
    r"|n_y"
    r"|max_(?:epochs?|steps|iters?|iterations)|(?:img|image|im|crop|resize)_?(?:size|sz|shape"
    r"|dims?|height|width|h|w|res)?\Z|n_features|n_samples|dim_(?:in|out)|num_classes"
    r"|normalized_shape|T_max|t_max\Z"
)

QUIET = re.compile(
    r"(?:print|pprint|display|len|format|round|zip|isinstance|getattr|setattr|hasattr|open|seed"
    r"|manual_seed\w*|plot\w*|figure|subplots?\w*|scatter\w*|legend|savefig|imshow|title|xlabel"
    r"|ylabel|xlim|ylim|hist|histplot|heatmap|bar|barh|tight_layout|set_title|axhline|axvline"
    r"|arange|linspace|logspace|zeros|ones|full|empty|eye|rand|randn|randint|normal|uniform"
    r"|standard_normal|reshape|view|permute|transpose|unsqueeze|squeeze|expand_dims|flatten"
    r"|split|train_test_split|make_\w+|load_\w+|fetch_\w+|read_\w+|head|tail|tqdm|trange|sum|mean"
    r"|std|var|max|min|argmax|argmin|sort\w*|default_rng|RandomState|PRNGKey|key|KFold"
    r"|\w+KFold|ShuffleSplit|cross_val\w*|cross_validate|permutation_importance|Normalize|Resize"
    r"|CenterCrop|RandomCrop|RandomResizedCrop|where|clip|clamp|sleep|choice|permutation"
    r"|set_seed|seed_everything|to|astype|item|append|extend|insert|pop|join|replace|strip"
    r"|Input|InputLayer|EarlyStopping|ModelCheckpoint|TensorBoard|CSVLogger|to_categorical"
    r"|one_hot|uniform_|constant_|zeros_|ones_|fill_|evaluate|predict\w*|score|log"
    r"|add_scalar|log_metric\w*|info|debug|warning|assert\w*|isclose|allclose|exit|date_range"
    r"|sample|take|repeat|iloc|loc|drop|dropna|fillna|rolling|get_dummies|cut|qcut|Lambda"
    r"|namedtuple"
    r"|topk|logsumexp|softmax|log_softmax|percentile|quantile|bincount|pow|sqrt|exp|abs|divmod"
    r"|suggest_\w+|set_option|set_printoptions|basicConfig|getLogger|init_process_group"
    r"|set_num_threads"
    r"|classification_report|confusion_matrix|f1_score|precision_score|recall_score|Accuracy"
    r"|argpartition|cdist|timedelta|datetime|Timestamp|MaxPool\w+|AvgPool\w+|MaxPooling\w+"
    r"|AveragePooling\w+|max_pool\w*|avg_pool\w*|AdaptiveAvgPool\w+|AdaptiveMaxPool\w+|Upsample"
    r"|UpSampling\w+|ZeroPadding\w+|pad|Reshape|Flatten|Unflatten|stack|cat|concatenate|chunk"
    r"|tensor|array|Tensor|asarray|full_like|randint_like|Variable|constant|range"
    r"|compute_class_weight)\Z"
)
"""Calls whose arguments are no hyperparameters."""


def never_tuned(name: str) -> bool:
    """Whether a name says that its value is no hyperparameter."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return any(word in NEVER_WORDS for word in spaced.lower().split("_"))


def of_evaluation(name: str) -> bool:
    """`test_loader`, `val_dl`, `eval_batch_size`: of what measures, not of what trains."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")
    measuring = {"test", "tests", "testing", "val", "valid", "validation", "eval", "dev",
                 "predict", "pred", "inference", "evaluation", "testset", "valset", "testloader",
                 "valloader", "validloader"}  # fmt: skip
    return bool(measuring & set(words))


def fixed_by_data(name: str) -> bool:
    """`input_size`, `num_classes`, `vocab_size`, `epochs`: the task says them."""
    if "warmup" in name:
        return False
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name).lower().strip("_")
    return _SIZES_OF_DATA.match(spaced) is not None
