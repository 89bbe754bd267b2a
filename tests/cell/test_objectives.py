"""What can be the objective, found in cells of many styles, and what is proposed of it."""

from __future__ import annotations

import ast

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.objectives import (
    Candidate,
    direction_of,
    find_objectives,
    names_read,
    propose_objective,
)
from jupyter_hpo.cell.objectives.directions import direction_of_list, direction_of_text
from jupyter_hpo.cell.objectives.printing import printed_by
from jupyter_hpo.study.objective import Objective


def test_a_list_of_several_values_each_turn_is_no_objective():
    source = "history = []\nfor e in r:\n    loss = f(e)\n    history.append((loss, g(e)))"
    assert "history[-1]" not in [str(c.objective.source) for c in found_in(source)]


def found_in(source: str) -> tuple[Candidate, ...]:
    return find_objectives(ast.parse(source))


UP, DOWN = "maximize", "minimize"

# name: (source, the objective that is proposed, its direction)
PROPOSED = {
    "a name": ("val_loss = f()", "val_loss", DOWN),
    "validation before training": ("train_loss = f()\nval_acc = g()", "val_acc", UP),
    "the trained loss last": (
        "for x in data:\n    loss = f(x)\n    loss.backward()\nacc = g()", "acc", UP,
    ),
    "the trained loss alone": ("for x in data:\n    loss = f(x)\n"
        "    loss.backward()", "loss", DOWN),
    "a criterion is no number": (
        "loss = nn.CrossEntropyLoss()\nval_err = f()", "val_err", DOWN,
    ),
    "a string is no number": ("loss = 'mse'\naccuracy = f()", "accuracy", UP),
    "a list is no number": ("accuracy = []\nf1 = g()", "f1", UP),
    "parts of a loss": ("a_loss = f()\nb_loss = g()\nloss = a_loss + 0.1 * b_loss", "loss", DOWN),
    "from validation data": (
        "loss = train(model, train_loader)\nacc = evaluate(model, val_loader)", "acc", UP,
    ),
    "on the test set, nothing else": ("mse = mean_squared_error(y_test, pred)", "mse", DOWN),
    "negated": ("neg_mean_squared_error = f()", "neg_mean_squared_error", UP),
    "camel case": ("valLoss = f()", "valLoss", DOWN),
    # lists
    "appended": ("val_losses = []\nfor i in r:\n"
        "    val_losses.append(f(i))", "val_losses[-1]", DOWN),
    "appended, dict of lists": (
        "h = {'val_acc': [], 'x': []}\nfor i in r:\n    h['val_acc'].append(f(i))",
        "h['val_acc'][-1]", UP,
    ),
    "appended, the name itself first": (
        "accs = []\nfor i in r:\n    val_acc = f(i)\n    accs.append(val_acc)", "val_acc", UP,
    ),
    "appended in a function": (
        "val_accs = []\ndef train():\n    for i in r:\n        val_accs.append(f(i))\ntrain()",
        "val_accs[-1]", UP,
    ),
    "preallocated": (
        "val_accs = np.zeros(5)\nfor i in range(5):\n    val_accs[i] = f(i)", "val_accs[-1]", UP,
    ),
    "folds": ("scores = []\nfor fold in folds:\n    scores.append(f(fold))",
              "sum(scores) / len(scores)", UP),
    "folds, the cell's own mean": (
        "scores = []\nfor fold in folds:\n    scores.append(f(fold))\nnp.mean(scores)",
        "np.mean(scores)", UP,
    ),
    "folds, a named mean": (
        "rmses = []\nfor tr, te in kf.split(X):\n    rmse = f()\n    rmses.append(rmse)\n"
        "mean_rmse = np.mean(rmses)", "mean_rmse", DOWN,
    ),
    # results of functions
    "a result by its own name": ("def train():\n    return 1\nval_acc = train()", "val_acc", UP),
    "a result by the returned name": (
        "def train():\n    val_loss = 1\n    return val_loss\nbest = train()", "best", DOWN,
    ),
    "a result, unpacked": ("model, val_f1 = train(cfg)", "val_f1", UP),
    "a result, a tuple": (
        "def train():\n    return model, val_acc\nout = train()", "out[1]", UP,
    ),
    "a result, a dict": (
        "def train():\n    return {'model': m, 'val_acc': a}\nout = train()", 'out["val_acc"]', UP,
    ),
    "a result, a list": (
        "def train():\n    val_losses = []\n    for i in r:\n        val_losses.append(f(i))\n"
        "    return val_losses\nhistory = train()", "history[-1]", DOWN,
    ),
    # inside functions
    "a local name": ("def train():\n    for e in r:\n        val_loss = f()\n"
        "train()", "val_loss", DOWN),
    "a local name of main": (
        "def main():\n    acc = evaluate()\n    print(acc)\nif __name__ == '__main__':\n    main()",
        "acc", UP,
    ),
    "an attribute": (
        "class T:\n    def fit(self):\n        self.val_acc = f()\nt = T()\n"
        "t.fit()", "t.val_acc", UP,
    ),
    "an attribute, a list": (
        "class T:\n    def fit(self):\n        self.val_losses.append(f())\nt = T()\nt.fit()",
        "t.val_losses[-1]", DOWN,
    ),
    "an attribute, a dict of lists": (
        "class T:\n    def fit(self):\n        self.hist['val_acc'].append(f())\nt = T()\nt.fit()",
        "t.hist['val_acc'][-1]", UP,
    ),
    # Keras
    "keras, compiled metric": (
        "model.compile('adam', loss='mse', metrics=['accuracy'])\n"
        "h = model.fit(X, y, epochs=3, validation_split=0.2)", 'h.history["val_accuracy"][-1]', UP,
    ),
    "keras, no metric": (
        "model.compile('adam', 'mse')\nh = model.fit(X, y, validation_data=(a, b), epochs=3)",
        'h.history["val_loss"][-1]', DOWN,
    ),
    "keras, history not kept": (
        "model.compile('adam', 'mse')\nmodel.fit(X, y, validation_split=0.1, epochs=3)",
        'model.history.history["val_loss"][-1]', DOWN,
    ),
    "keras, no validation": (
        "model.compile('adam', 'mse')\n"
        "h = model.fit(X, y, epochs=3)", 'h.history["loss"][-1]', DOWN,
    ),
    "keras, a metric object": (
        "model.compile('adam', 'bce', metrics=[keras.metrics.AUC(name='auc')])\n"
        "h = model.fit(X, y, validation_split=0.2, epochs=3)", 'h.history["val_auc"][-1]', UP,
    ),
    "keras, a metric class": (
        "model.compile('adam', 'mse', metrics=[keras.metrics.RootMeanSquaredError()])\n"
        "h = model.fit(X, y, validation_split=0.2, epochs=3)",
        'h.history["val_root_mean_squared_error"][-1]', DOWN,
    ),
    "keras, evaluate": (
        "model.compile('adam', 'bce', metrics=['accuracy'])\nmodel.fit(X, y)\n"
        "score = model.evaluate(X_val, y_val)", "score[1]", UP,
    ),
    "keras, evaluate unpacked": (
        "model.compile('adam', 'bce', metrics=['accuracy'])\nmodel.fit(X, y, epochs=3)\n"
        "train_loss, val_acc = model.evaluate(X_val, y_val)", "val_acc", UP,
    ),
    # scikit-learn
    "grid search": ("grid = GridSearchCV(SVC(), p, cv=3)\ngrid.fit(X, y)", "grid.best_score_", UP),
    "random search": (
        "s = RandomizedSearchCV(m, p, scoring='neg_mean_squared_error')\ns.fit(X, y)",
        "s.best_score_", UP,
    ),
    "cross_val_score": ("scores = cross_val_score(clf, X, y)", "scores.mean()", UP),
    "cross_val_score, named": ("acc = cross_val_score(clf, X, y).mean()", "acc", UP),
    "cross_validate": ("r = cross_validate(clf, X, y)", 'r["test_score"].mean()', UP),
    "cross_validate, scorers": (
        "r = cross_validate(clf, X, y, scoring=['f1', 'recall'])", 'r["test_f1"].mean()', UP,
    ),
    "out of bag": (
        "rf = RandomForestClassifier(oob_score=True)\nrf.fit(X, y)", "rf.oob_score_", UP,
    ),
    "score at the end": ("clf.fit(X, y)\nclf.score(X_val, y_val)", "clf.score(X_val, y_val)", UP),
    "score printed": ("clf.fit(X, y)\nprint(clf.score(Xv, yv))", "clf.score(Xv, yv)", UP),
    "a metric at the end": (
        "p = clf.predict(X_val)\naccuracy_score(y_val, p)", "accuracy_score(y_val, p)", UP,
    ),
    "an error printed": (
        "p = clf.predict(Xv)\nprint('RMSE:', mean_squared_error(yv, p) ** 0.5)",
        'printed("RMSE: {}")', DOWN,
    ),
    "silhouette": ("silhouette_score(X, labels)", "silhouette_score(X, labels)", UP),
    "log loss": ("print(log_loss(yv, p))", "log_loss(yv, p)", DOWN),
    # trainers and boosting
    "trainer.evaluate()": (
        "trainer = Trainer(model=m, args=a)\ntrainer.train()\nm = trainer.evaluate()",
        'm["eval_loss"]', DOWN,
    ),
    "trainer.evaluate() with metrics": (
        "def compute_metrics(p):\n    return {'accuracy': f(p)}\n"
        "trainer = Trainer(model=m, args=a, compute_metrics=compute_metrics)\ntrainer.train()\n"
        "trainer.evaluate()", 'trainer.evaluate()["eval_accuracy"]', UP,
    ),
    "lightning": (
        "class M(L.LightningModule):\n    def validation_step(self, b, i):\n"
        "        self.log('val_acc', f(b))\ntrainer = L.Trainer()\ntrainer.fit(M(), dl)",
        'trainer.callback_metrics["val_acc"]', UP,
    ),
    "skorch": (
        "net = NeuralNetClassifier(M, lr=0.1)\nnet.fit(X, y)", 'net.history[-1, "valid_acc"]', UP,
    ),
    "skorch regressor": (
        "net = NeuralNetRegressor(M)\nnet.fit(X, y)", 'net.history[-1, "valid_loss"]', DOWN,
    ),
    "xgb.train": (
        "res = {}\np = {'eval_metric': 'logloss'}\n"
        "bst = xgb.train(p, d, evals=[(d, 'train'), (v, 'valid')], evals_result=res)",
        'res["valid"]["logloss"][-1]', DOWN,
    ),
    "xgb.train, early stopping": (
        "p = {'eval_metric': 'auc'}\n"
        "bst = xgb.train(p, d, evals=[(v, 'v')], early_stopping_rounds=5)", "bst.best_score", UP,
    ),
    "xgb.cv": (
        "cv = xgb.cv(p, d, metrics='auc')\ncv.tail()", 'cv["test-auc-mean"].iloc[-1]', UP,
    ),
    "XGBClassifier": (
        "m = XGBClassifier(eval_metric='auc')\nm.fit(X, y, eval_set=[(a, b)])",
        'm.evals_result()["validation_0"]["auc"][-1]', UP,
    ),
    "lgb.train": (
        "p = {'metric': 'rmse'}\nm = lgb.train(p, d, valid_sets=[v], valid_names=['v'])",
        'm.best_score["v"]["rmse"]', DOWN,
    ),
    "lgb.train, recorded": (
        "p = {'metric': 'auc'}\nr = {}\n"
        "m = lgb.train(p, d, valid_sets=[v], callbacks=[lgb.record_evaluation(r)])",
        'r["valid_0"]["auc"][-1]', UP,
    ),
    # printed
    "f-string": (
        "def t():\n    for e in r:\n        x = g()\n"
        "        print(f'{e}: val acc {x / 3:.2f}')\nt()",
        'printed("val acc {}")', UP,
    ),
    "f-string, a local name": (
        "def t():\n    for e in r:\n        vl = g()\n        print(f'{e}: val loss {vl:.2f}')\n"
        "t()",
        "vl", DOWN,
    ),
    "f-string, a name": ("x = f()\nprint(f'Accuracy: {x:.1%}')", "x", UP),
    "percent": (
        "print('Epoch %d, val loss: %.4f' % (e, tot / n))", 'printed("val loss: {}")', DOWN,
    ),
    "format": ("print('{} - {:.3f} accuracy'.format(e, c / n))", 'printed("{} accuracy")', UP),
    "beside": ("print('Test accuracy', 100 * c / n, '%')", 'printed("Test accuracy {}")', UP),
    "joined": ("print('F1 score: ' + str(c / n))", 'printed("F1 score: {}")', UP),
    "logging": ("logging.info('dev bleu %s', c / n)", 'printed("dev bleu {}")', UP),
    "logger": ("logger.info(f'val_loss={c / n}')", 'printed("val_loss={}")', DOWN),
    "set_postfix": ("bar.set_postfix(val_loss=c / n)", 'printed("val_loss={}")', DOWN),
    "a tracker": ("wandb.log({'val_acc': c / n})", 'printed("val_acc={}")', UP),
    "a summary writer": ("w.add_scalar('val/loss', c / n, e)", 'printed("val/loss={}")', DOWN),
    "mean squared error in words": ("print('Mean squared error: %.2f' % (a / b))",
                                    'printed("Mean squared error: {}")', DOWN),
    # running bests
    "the current figure before its best": (
        "record_acc = 0\nfor i in r:\n    acc = f(i)\n"
        "    record_acc = max(record_acc, acc)", "acc", UP,
    ),
    "a best that is kept by hand": (
        "low_loss = None\nfor i in r:\n    loss = f(i)\n"
        "    if low_loss is None or loss.item() < low_loss:\n        low_loss = loss.item()",
        "loss", DOWN,
    ),
    "the best of what a function returns": (
        "def evaluate(d):\n    total_acc = 0\n    for x in d:\n        total_acc += g(x)\n"
        "    return total_acc / len(d)\nbest_acc = 0.0\nfor i in r:\n"
        "    accu_val = evaluate(valid)\n"
        "    if accu_val > best_acc:\n        best_acc = accu_val", "accu_val", UP,
    ),
    "an array that is filled after it": (
        "mse = mean_squared_error(y_test, reg.predict(X_test))\ntest_score = np.zeros((9,))\n"
        "for i, p in enumerate(reg.staged_predict(X_test)):\n    test_score[i] = f(y_test, p)",
        "mse", DOWN,
    ),
    # the end of the cell
    "what the cell ends with": ("loss = f()\nacc = g()\nacc", "acc", UP),
    "the least at the end": ("h = f()\nlosses = h.x\nmin(losses)", "min(losses)", DOWN),
}  # fmt: skip


@pytest.mark.parametrize(("source", "objective", "direction"), PROPOSED.values(), ids=PROPOSED)
def test_proposed(source: str, objective: str, direction: str) -> None:
    names = sorted({n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)})
    found = find_objectives(ast.parse(source), names)
    objectives, problem = propose_objective(found)
    assert problem is None
    assert [(o.source, o.direction) for o in objectives] == [(objective, direction)]
    chosen = next(c for c in found if c.objective == objectives[0])
    assert chosen.why
    assert chosen.place.line >= 1


# name: (source, what could be meant): a person has to say
ASKED = {
    "two validation figures": ("val_loss = f()\nval_acc = f()", {"val_loss", "val_acc"}),
    "two test figures": (
        "rmse = f(y_test, p)\nmae = g(y_test, p)", {"rmse", "mae"},
    ),
    "an error and a share": ("rmse = f(y_test, p)\nr2 = g(y_test, p)", {"rmse", "r2"}),
    "two figures and the best of one": (
        "for i in r:\n    loss = f(i)\n    acc = g(i)\n    top_acc = max(top_acc, acc)",
        {"loss", "acc"},
    ),
    "two of a dict": (
        "def e():\n    return {'f1': a, 'accuracy': b}\nm = e()", {'m["f1"]', 'm["accuracy"]'},
    ),
    "nothing": ("result = f()", set()),
    "a function's name only": ("def accuracy():\n    pass\nx = 1", set()),
    "a lambda with arguments": ("lambda x=3: x", set()),
    "numbers that are no figures": ("print('epoch', e)\nprint(f'took {t:.1f} s')", set()),
}  # fmt: skip


@pytest.mark.parametrize(("source", "sources"), ASKED.values(), ids=ASKED)
def test_asked(source: str, sources: set[str]) -> None:
    objectives, problem = propose_objective(found_in(source))
    assert objectives == ()
    assert problem is not None
    assert problem.code == ("which_objective" if sources else "no_objective")
    assert all(s in problem.message for s in sources)


def test_each_source_stands_once_the_likeliest_first() -> None:
    found = found_in("loss = f()\nloss = g()\nval_acc = h()\nprint('val acc', val_acc)")
    sources = [c.objective.source for c in found]
    assert sources == ["val_acc", "loss"]
    assert [c.rank for c in found] == sorted(c.rank for c in found)


def test_a_problem_quotes_what_the_line_needs_quoted() -> None:
    source = "print('val acc: %s' % (a / b))\nprint('val loss: %s' % (a / b))"
    _, problem = propose_objective(found_in(source))
    assert problem is not None
    assert "--maximize 'printed(\"val acc: {}\")'" in problem.fix


def test_names_read() -> None:
    assert names_read(Objective("clf.score(X, y)", "maximize")) == {"clf", "X", "y"}
    assert names_read(Objective('printed("acc {}")', "maximize")) == set()


@pytest.mark.parametrize(
    ("name", "direction"),
    {
        "eval_loss": DOWN, "valid_loss": DOWN, "best_score_": UP, "oob_score_": UP,
        "silhouette": UP, "r2_score": UP, "neg_log_loss": UP, "perplexity": DOWN, "log_loss": DOWN,
        "elbo": UP, "acc1": UP, "log_likelihood": UP, "neg_log_likelihood": DOWN, "top": None,
        "learning_rate": None, "accuracy_fn": None,
    }.items(),
)  # fmt: skip
def test_directions(name: str, direction: str | None) -> None:
    assert direction_of(name) == direction


@pytest.mark.parametrize(
    ("name", "direction"),
    {"val_losses": DOWN, "accs": UP, "scores": UP, "loss_history": DOWN, "xs": None}.items(),
)
def test_directions_of_lists(name: str, direction: str | None) -> None:
    assert direction_of_list(name) == direction


@pytest.mark.parametrize(
    ("text", "direction"),
    {"Epoch 3 | Val Loss:": DOWN, "Accuracy of the network": UP, "R^2": UP, "took": None}.items(),
)
def test_directions_of_texts(text: str, direction: str | None) -> None:
    assert direction_of_text(text) == direction


TEXTS = {
    "f-string": ("print(f'{e}: loss {a:.3f}, val_loss {b:.3f}')", ["{}", "loss {}", "val_loss {}"]),
    "tabs": ("print(f'e {e}\\tloss {a}\\tacc {b}')", ["e {}", "loss {}", "acc {}"]),
    "separators": ("print('loss', a, 'acc', b)", ["loss {}", "acc {}"]),
    "own separator": ("print('loss', a, sep='=')", ["loss={}"]),
    "percent of one": ("print('acc %.2f' % a)", ["acc {}"]),
    "percent of a dict": ("print('acc %(a).2f' % {'a': a})", ["acc {}"]),
    "format by name": ("print('acc {a:.2f}'.format(a=a))", ["acc {}"]),
    "format by index": ("print('{1} acc {0}'.format(a, b))", ["{}", "acc {}"]),
    "a new line": ("print('done\\nacc:', a)", ["acc: {}"]),
    "unit after": ("print(f'{a:.1f}% accuracy')", ["{}% accuracy"]),
    "nothing": ("print('done')", []),
    "broken braces": ("print('{'.format(a))", []),
}


@pytest.mark.parametrize(("source", "texts"), TEXTS.values(), ids=TEXTS)
def test_the_text_around_a_value(source: str, texts: list[str]) -> None:
    statement = ast.parse(source).body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert sorted(p.text for p in printed_by(statement.value)) == sorted(texts)


# objectives that are asked for: (source of the cell, objective, a problem's code or None)
CHECKED = {
    "a function's own name": ("def f():\n    q = 1\nf()", "q", None),
    "an unknown name": ("def f():\n    q = 1\nf()", "p", "objective_never_assigned"),
    "printed": ("print(f'q {x()}')", 'printed("q {}")', None),
    "printed by nobody that is seen": ("run()", 'printed("q {}")', None),
    "printed, no number's place": ("run()", 'printed("q")', "objective_syntax"),
}


@pytest.mark.parametrize(("source", "objective", "code"), CHECKED.values(), ids=CHECKED)
def test_asked_for(source: str, objective: str, code: str | None) -> None:
    asked = [Objective(objective, "minimize")]
    cell = capture("lr = 1  # hpo: 1..9\n" + source, objectives=asked, names={"run", "x"})
    assert [p.code for p in cell.problems] == ([code] if code else [])
    if code is None:
        assert [o.source for o in cell.objectives] == [objective]


def test_what_reports_is_said() -> None:
    asked = [Objective('printed("q {}")', "minimize")]
    start = "lr = 1  # hpo: 1..9\n"
    told = capture(start + "for i in r:\n    print('q', f(i))", objectives=asked, names={"r", "f"})
    assert told.reports == "each value that line 4 computes is a report"
    unseen = capture(start + "run()", objectives=asked, names={"run"})
    assert unseen.reports == "each printed number that matches 'q {}' is a report"
