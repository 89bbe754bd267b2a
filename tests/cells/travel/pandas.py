import pandas as pd, numpy as np
raw = np.arange(30_000.0).reshape(-1, 3)
frame = pd.DataFrame(raw, columns=["a", "b", "c"], copy=False)
mixed = pd.DataFrame({"i": range(5000), "s": ["x", "y"] * 2500, "t": pd.date_range("2020", periods=5000, tz="UTC"),
    "c": pd.Categorical(["u", "v"] * 2500), "n": pd.array([1, None] * 2500, dtype="Int64"), "o": [{}] * 5000})
mixed.attrs["unit"] = "m"
indexed = mixed.set_index(["i", "s"]); series = frame["a"]; part = frame.iloc[5:10]
grouped, period, spars = mixed.groupby("s"), pd.period_range("2020", periods=3, freq="M"), pd.Series(pd.arrays.SparseArray([0, 0, 1]))
interval = pd.cut(frame["a"], 3)
# %% trial
assert frame.shape == (10_000, 3) and (series == frame["a"]).all() and mixed.attrs["unit"] == "m"
frame.loc[5, "a"] = -1; assert frame["a"][5] == -1 and part.iloc[0, 0] != -1 and series[5] != -1
frame += 1
assert mixed.dtypes["n"] == "Int64" and mixed["n"].isna().sum() == 2500 and str(mixed.dtypes["t"]).startswith("datetime64")
assert indexed.loc[(0, "x"), "c"] == "u" and grouped["i"].mean()["x"] == 2499 and len(period) == 3 and spars.sum() == 1
mixed["new"] = mixed["i"] * 2; mixed.loc[0, "s"] = "z"
assert interval.cat.categories.size == 3
x = 1
