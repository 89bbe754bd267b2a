"""What a fit says of an objective: a table of cells, and the sentences for the person."""

from __future__ import annotations

import ast

import pytest

from jupyter_hpo.cell.fits import formula_of, framework_reports
from jupyter_hpo.study.objective import Objective

FIT = "history = model.fit(X, y, epochs=3, validation_data=(X_val, y_val))\n"
XGB = (
    "dval = xgb.DMatrix(X_val, label=y_val)\nfound = {}\n"
    "bst = xgb.train(params, dtrain, 9, evals=[(dval, 'val')], evals_result=found)\n"
)
TRAINER = "trainer = Trainer(max_epochs=3)\ntrainer.fit(net, train)\n"

ANSWERED = {
    "history": (
        FIT,
        "history.history['val_accuracy'][-1]",
        "__fit__(0).history['val_accuracy'][-1]",
    ),
    "through names": (
        FIT + "accs = history.history['val_acc']\nbest = max(accs)\n",
        "best",
        "max(__fit__(0).history['val_acc'])",
    ),
    "sign": (
        FIT + "loss = -min(history.history['val_loss'])\n",
        "loss",
        "-min(__fit__(0).history['val_loss'])",
    ),
    "evaluate": (FIT + "loss, acc = model.evaluate(X_val, y_val)\n", "acc", "__fit__(0)[1]"),
    "predictions": (
        FIT + "p = (model.predict(X_val) > 0.5).astype(int)\nacc = accuracy_score(y_val, p)\n",
        "acc",
        "__fit__(0)",
    ),
    "by hand": (FIT + "acc = (model.predict(X_val) == y_val).mean()\n", "acc", "__fit__(0)"),
    "dictionary": (XGB, "found['val']['logloss'][-1]", "__fit__(0)['val']['logloss'][-1]"),
    "booster": (XGB, "bst.best_score", "__fit__(0).best_score"),
    "metric": (XGB + "s = log_loss(y_val, bst.predict(dval))\n", "s", "__fit__(0)"),
    "one minus": (
        XGB + "e = 1 - accuracy_score(y_val, bst.predict(dval) > .5)\n",
        "e",
        "1 - __fit__(0)",
    ),
    "trainer": (
        TRAINER + "loss = trainer.callback_metrics['val_loss'].item()\n",
        "loss",
        "__fit__(0).callback_metrics['val_loss'].item()",
    ),
    "checkpoint": (
        "best = ModelCheckpoint(monitor='val_loss')\n" + TRAINER,
        "best.best_model_score",
        "__fit__(0).best_model_score",
    ),
    "classes one by one": (
        FIT + "p = [1 if x > 0.5 else 0 for x in model.predict(X_val)]\n"
        "acc = accuracy_score(y_val, p)\n",
        "acc",
        "__fit__(0)",
    ),
    "another shape": (
        FIT + "e = np.sqrt(mean_squared_error(y_val, model.predict(X_val).ravel()))\n",
        "e",
        "np.sqrt(__fit__(0))",
    ),
    "log history": (
        "trainer.train()\n",
        "trainer.state.log_history[-2]['eval_loss']",
        "__fit__(0)",
    ),
    "folds": (
        "s = cross_val_score(clf, X, y, cv=5)\n",
        "s.mean() - s.std()",
        "__fit__(0).mean() - __fit__(1).std()",
    ),
    "a branch of its own": (
        "h = None\nif True:\n    h = model.fit(X, y)\n    loss = h.history['val_loss'][-1]\n",
        "loss",
        "__fit__(0).history['val_loss'][-1]",
    ),
    "named": (FIT + "val_acc = check(model)\n", "val_acc", "__fit__(0)"),
    "a function": (
        "def run(m):\n    h = m.fit(X, y)\n    return m, h\nmodel, h = run(model)\n",
        "h.history['val_loss'][-1]",
        "__fit__(1).history['val_loss'][-1]",
    ),
    "skorch": (
        "net.fit(X, y)\n",
        "net.history[-1, 'valid_loss']",
        "__fit__(0).history[-1, 'valid_loss']",
    ),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_what_a_fit_says(name):
    cell, objective, code = ANSWERED[name]
    formula = formula_of(ast.parse(cell), objective)
    assert formula is not None
    assert ast.unparse(formula.code) == ast.unparse(ast.parse(code))


UNANSWERED = {
    "a loop around it": ("for f in folds:\n    h = model.fit(X, y)\n", "h.history['val_loss'][-1]"),
    "folds in a loop": (
        "accs = []\nfor f in folds:\n    model.fit(X, y)\n    accs += [model.evaluate(X, y)[1]]\n"
        "val_acc = np.mean(accs)\n",
        "val_acc",
    ),
    "no fit": ("val_loss = 3.0\n", "val_loss"),
    "something else": (FIT + "n = model.count_params()\n", "n"),
    "a test set by its name": (FIT + "test_acc = check(model)\n", "test_acc"),
    "training by its name": (FIT + "acc = check(model)\n", "acc"),
    "two models": ("a.fit(X, y)\nb.fit(X, y)\nval_acc = check(a, b)\n", "val_acc"),
    "another scale": (
        XGB + "val_rmse = root_mean_squared_error(y_val, np.expm1(bst.predict(dval)))\n",
        "val_rmse",
    ),
    "another threshold": (
        FIT + "val_acc = accuracy_score(y_val, model.predict(X_val) > 0.3)\n",
        "val_acc",
    ),
    "a count": (
        FIT + "val_acc = accuracy_score(y_val, model.predict(X_val), normalize=False)\n",
        "val_acc",
    ),
    "one of two branches": (
        FIT + "if task == 'mse':\n    val = history.history['val_loss'][-1]\n"
        "else:\n    val = history.history['val_acc'][-1]\n",
        "val",
    ),
    "perhaps assigned again": (
        FIT
        + "acc = history.history['val_acc'][-1]\nif best:\n    acc = history.history['acc'][-1]\n",
        "acc",
    ),
    "a syntax error": (FIT, "history["),
    "itself": ("x = x + 1\n", "x"),
}


@pytest.mark.parametrize("name", UNANSWERED)
def test_where_nothing_is_said(name):
    cell, objective = UNANSWERED[name]
    assert formula_of(ast.parse(cell), objective) is None


def test_data_is_followed_to_where_it_was_made():
    formula = formula_of(ast.parse(XGB + "s = log_loss(y_val, bst.predict(dval))\n"), "s")
    assert formula is not None
    assert {"dval", "X_val"} <= formula.asks[0].data


def test_the_calls_that_count_are_those_of_one_model():
    cell = "a.fit(X, y)\nb.fit(X, y)\nb.fit(X, y)\n"
    formula = formula_of(ast.parse(cell), "b.history.history['val_loss'][-1]")
    assert formula is not None
    assert formula.calls == {(0, 2, 2), (0, 3, 3)}


SAID = {
    "keras": (
        "model = keras.Sequential([])\n" + FIT,
        "history.history['val_accuracy'][-1]",
        "each epoch of model.fit reports val_accuracy",
    ),
    "xgboost": (
        XGB,
        "found['val']['logloss'][-1]",
        "each boosting round of xgb.train reports val logloss",
    ),
    "folds": (
        "acc = cross_val_score(clf, X, y).mean()\n",
        "acc",
        "each fold of cross_val_score reports acc",
    ),
    "lightning": (
        TRAINER + "loss = trainer.callback_metrics['val_loss'].item()\n",
        "loss",
        "each validation of trainer.fit reports val_loss",
    ),
    "a forest": (
        "clf = RandomForestClassifier()\nclf.fit(X, y)\ns = clf.score(X_val, y_val)\n",
        "s",
        None,
    ),
    "no eval_set": (
        "clf = XGBClassifier()\nclf.fit(X, y)\ns = clf.score(X_val, y_val)\n",
        "s",
        None,
    ),
    "an eval_set": (
        "clf = XGBClassifier()\nclf.fit(X, y, eval_set=[(A, b)])\ns = clf.score(A, b)\n",
        "s",
        "each boosting round of clf.fit reports s",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_the_sentence(name):
    cell, objective, sentence = SAID[name]
    objectives = [Objective(objective, "minimize")]
    assert framework_reports(ast.parse(cell), objectives, {}) == sentence
