#: framework: sklearn
#: style: functions with globals, match, comprehension, walrus, loops over settings, two targets
#: objective: minimize mape
#: also: minimize errors["mape"]
#: proposed: yes
#: reports: 4
# %%
import numpy as np
import pandas as pd
# %%
rs = np.random.RandomState(5)
days = pd.date_range("2023-01-01", periods=300, freq="D")
sales = pd.Series(100 + 0.1 * np.arange(300) + 12 * np.sin(2 * np.pi * np.arange(300) / 7) + rs.normal(0, 3, 300), index=days)
sales.head(3)
# %%
sales.rolling(28).mean().dropna().describe()
# %%
n_lags = 10  #T 10
horizon = 1
# %%
def make_frame(series, lags):
    frame = pd.DataFrame({f"lag_{k}": series.shift(k) for k in range(1, lags + 1)})
    frame["dow"] = series.index.dayofweek
    frame["y"] = series
    return frame.dropna()
# %%
frame = make_frame(sales, n_lags)
if (n_rows := len(frame)) < 200:
    raise ValueError("too short")
n_rows
# %%
def add_calendar(frame, kind):
    match kind:
        case "onehot":
            return pd.get_dummies(frame, columns=["dow"], dtype=float)
        case "cyclic":
            frame = frame.copy()
            frame["dow_sin"] = np.sin(2 * np.pi * frame.dow / 7)
            return frame.drop(columns="dow")
        case _:
            return frame
# %%
calendar = "onehot"  #T "onehot"
frame = add_calendar(frame, calendar)
frame.shape
# %%
X, y = frame.drop(columns="y").to_numpy(), frame["y"].to_numpy()
# %%
from sklearn.linear_model import ElasticNet, Lasso, Ridge
from sklearn.model_selection import TimeSeriesSplit
from sklearn.preprocessing import StandardScaler
# %%
cv = TimeSeriesSplit(n_splits=4)
sizes = [(len(a), len(b)) for a, b in cv.split(X)]
sizes
# %%
def metrics(y, p):
    return {"mape": float(np.mean(np.abs(y - p) / y)), "mae": float(np.mean(np.abs(y - p)))}
# %%
for a in (0.1, 1, 10):
    m = Ridge(alpha=a).fit(X[:200], y[:200])
    print(a, metrics(y[200:], m.predict(X[200:])))
# %% train
alpha = 0.05  #T 0.05
l1_ratio = 0.3  #T 0.3
fold_errors = []
for tr, te in cv.split(X):
    sc = StandardScaler().fit(X[tr])
    est = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, max_iter=5000, random_state=0)  #M ElasticNet
    est.fit(sc.transform(X[tr]), y[tr])
    errors = metrics(y[te], est.predict(sc.transform(X[te])))
    fold_errors.append(errors["mape"])
mape = np.mean(fold_errors)
print(f"MAPE {mape:.4%}")
# %%
pd.Series(est.coef_).abs().nlargest(3)
