"""`--folds`: the names that it binds, the data that it splits, and where."""

import ast

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.bind import bind
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.cell.folds import BOUND, find_folds, role_of
from jupyter_hpo.cell.slice.rerun import came_back
from jupyter_hpo.errors import CellError, StudyError
from jupyter_hpo.folding import in_rounds, taken_as_it_stands
from jupyter_hpo.options import Options
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.rounds import Rounds


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ("train_idx tr_idx trn_index train_ids idx_train train_indices trainidx", "train"),
        ("val_idx va_idx valid_index test_index te_idx val_ids idx_val dev_inds", "validation"),
        ("X_train y_val idx val train_loader epoch_idx best_index", ""),
    ],
)
def test_names_by_their_words(names, role):
    assert {role_of(name) for name in names.split()} == {role}


@pytest.mark.parametrize(
    ("source", "names", "data", "labels"),
    [
        ("m.fit(X[train_idx], y[train_idx])\ns = m.score(X[val_idx], y[val_idx])",
         ("train_idx", "val_idx"), "X", "y"),
        ("m.fit(digits.data[tr_idx, :], digits.target[tr_idx])\ns = f(va_idx)",
         ("tr_idx", "va_idx"), "digits.data", "digits.target"),
        ("n = sorted(map(int, val_idx)), np.mean(train_idx)\na = X[train_idx, 0], X[val_idx, 0]",
         ("train_idx", "val_idx"), "X", ""),
        ("a = df.iloc[train_index]\nb = df.iloc[test_index]", ("train_index", "test_index"),
         "df", ""),
        ("a = DataLoader(Subset(ds, train_idx))\nb = DataLoader(Subset(ds, val_idx))",
         ("train_idx", "val_idx"), "ds", ""),
        ("a = fit([X[i] for i in train_idx], [y[i] for i in train_idx])\nb = f(val_idx)",
         ("train_idx", "val_idx"), "X", "y"),
        ("for i in train_idx:\n    fit(pairs[i][0], w[0])\nb = sum(pairs[j][1] for j in val_idx)",
         ("train_idx", "val_idx"), "pairs", ""),
        ("y_tr = labels[train_ids]\nX_tr = table['x'][train_ids]\nv = table['x'][val_ids]",
         ("train_ids", "val_ids"), "table['x']", "labels"),
    ],
)  # fmt: skip
def test_what_is_split_is_what_the_names_index(source, names, data, labels):
    found = find_folds(ast.parse(source))
    assert (found.names, found.data, found.labels) == (names, data, labels)


@pytest.mark.parametrize(
    ("source", "before"),
    [
        ("lr = 1\nX = load()\na = X[train_idx] + X[val_idx]", 2),
        ("train_idx, val_idx = split(5)\nlr = 1\na = X[train_idx] + X[val_idx]", 2),
        ("p = perm(9)\ntrain_idx = p[:5]\nval_idx = p[5:]\nX[train_idx], X[val_idx]", 3),
        ("def f():\n    return X[train_idx], X[val_idx]\nX = load()\na = f()", 2),
    ],
)
def test_names_are_bound_after_the_cell_s_own_and_before_they_are_needed(source, before):
    assert find_folds(ast.parse(source)).before == before


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("a = 1", "folds_names", "reads no name for the train and validation rows"),
        ("a = X[train_idx]", "folds_names", "such as val_idx"),
        ("f(1, 2)\ng = train_idx, val_idx", "folds_data", "indexes nothing here"),
        ("for train_idx, val_idx in kf.split(X):\n    X[train_idx], X[val_idx]", "folds_twice",
         "Leave out --folds"),
        ("a = X[train_idx], X[val_idx]\nX = 1", "folds_data", "'X' is assigned only after"),
    ],
)  # fmt: skip
def test_what_can_t_be_done_is_said_with_what_to_write(source, code, said):
    with pytest.raises(CellError) as error:
        find_folds(ast.parse(source))
    (problem,) = error.value.problems
    assert problem.code == code
    assert said in str(problem)


def test_more_folds_than_rows_are_refused_before_any_trial():
    cell = capture("C = 1.0  # hpo: 0.1..10\nacc = C * X[train_idx].sum() + X[val_idx].sum()")
    ten, options = {"X": list(range(10))}, Options(folds=11)
    with pytest.raises(StudyError, match="--folds 11: X has 10 rows; give 10 folds at most"):
        in_rounds(cell.program(), options, Rounds(11), ten)
    assert in_rounds(cell.program(), options, Rounds(10), ten).rounds == Rounds(10)
    own = capture("C = 1.0  # hpo: 0.1..10\nX = f(C)\nacc = X[train_idx] + X[val_idx]")
    assert in_rounds(own.program(), options, Rounds(11), ten).rounds == Rounds(11)


def test_names_that_folds_bind_are_not_said_to_stay():
    came = "{} In[3]: every trial takes it as it stands."
    assert taken_as_it_stands(came.format(came_back("train_idx")))
    assert not taken_as_it_stands(came.format(came_back("model")))
    assert not taken_as_it_stands("`train_idx` is something else.")


def test_a_fold_takes_the_place_of_the_cell_s_own_split():
    source = "X = [10, 20, 30]\ntrain_idx, val_idx = 0, 0\na, b = X[train_idx], X[val_idx]\n"
    folds = find_folds(ast.parse(source))
    program = CellProgram(source, "<cell>", SearchSpace(), {}, (), folds=folds)
    namespace = {BOUND: lambda data: (len(data) - 1, 1)}
    bind(program, {}).run(namespace)
    assert (namespace["a"], namespace["b"]) == (30, 20)
