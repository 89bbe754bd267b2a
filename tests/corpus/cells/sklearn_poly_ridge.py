#: framework: sklearn
#: style: pipeline, tuple assignment, function default, only printed metric
#: objective: minimize test_mse
#: also: minimize printed "test MSE"
#: proposed: yes
#: reports: none
# %%
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

rng = np.random.RandomState(1)
x = np.sort(rng.uniform(0, 1, 80))
y = np.cos(1.5 * np.pi * x) + rng.normal(0, 0.15, 80)
x_train, x_test = x[::2, None], x[1::2, None]
y_train, y_test = y[::2], y[1::2]
# %%
def make_model(degree=3, alpha=1.0):  #M 3; 1.0
    return make_pipeline(PolynomialFeatures(degree, include_bias=False), Ridge(alpha=alpha))  #M Ridge; False
# %%
degree, alpha = 6, 1e-2  #T 6; 1e-2
model = make_model(degree, alpha)
model.fit(x_train, y_train)
train_mse = mean_squared_error(y_train, model.predict(x_train))
test_mse = mean_squared_error(y_test, model.predict(x_test))
print("train MSE %.4f, test MSE %.4f" % (train_mse, test_mse))
