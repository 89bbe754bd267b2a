#: framework: sklearn
#: style: fit call, only printed, earlier cells
#: objective: minimize printed "MAE:"
#: also: maximize printed "R2:"
#: also: minimize mean_absolute_error(y_test, pred)
#: also: maximize r2_score(y_test, pred)
#: proposed: yes
#: reports: none
# %%
from sklearn.datasets import make_friedman1
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

X, y = make_friedman1(n_samples=700, n_features=12, noise=1.0, random_state=8)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=8)

# %%
params = dict(
    n_estimators=60,  #T 60
    max_depth=9,  #T 9
    min_samples_leaf=2,  #T 2
    max_features=0.7,  #T 0.7
    bootstrap=False,  #T False
    random_state=8,
    n_jobs=1,
)

# %%
forest = ExtraTreesRegressor(**params)  #M ExtraTreesRegressor
forest.fit(X_train, y_train)
pred = forest.predict(X_test)
print("MAE:", mean_absolute_error(y_test, pred))
print("R2:", r2_score(y_test, pred))
