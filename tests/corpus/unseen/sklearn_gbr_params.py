#: framework: sklearn
#: style: config dict, boosting, fit call, only printed, earlier cells
#: objective: minimize mse
#: also: minimize printed "(MSE) on test set:"
#: also: minimize test_score[-1]
#: proposed: yes
#: reports: 60
# %%
import numpy as np
from sklearn import datasets, ensemble
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

diabetes = datasets.load_diabetes()
X_train, X_test, y_train, y_test = train_test_split(
    diabetes.data, diabetes.target, test_size=0.1, random_state=13
)

# %%
params = {
    "n_estimators": 60,  #T 60
    "max_depth": 4,  #T 4
    "min_samples_split": 5,  #T 5
    "learning_rate": 0.05,  #T 0.05
    "subsample": 0.8,  #T 0.8
    "loss": "squared_error",  #M "squared_error"
    "random_state": 13,
}

# %%
reg = ensemble.GradientBoostingRegressor(**params)  #M GradientBoostingRegressor
reg.fit(X_train, y_train)

mse = mean_squared_error(y_test, reg.predict(X_test))
print("The mean squared error (MSE) on test set: {:.4f}".format(mse))

test_score = np.zeros((params["n_estimators"],), dtype=np.float64)
for i, y_pred in enumerate(reg.staged_predict(X_test)):
    test_score[i] = mean_squared_error(y_test, y_pred)
