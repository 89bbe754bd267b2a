#: framework: lightgbm
#: style: scaler and encoder fitted in place, frame changed by column, fit call, seeds nowhere but random_state
#: objective: minimize rmse
#: proposed: yes
#: reports: 50
# %%
import numpy as np
import pandas as pd
import lightgbm as lgb
# %%
r = np.random.RandomState(99)
houses = pd.DataFrame({
    "area": r.gamma(5, 30, 500),
    "rooms": r.randint(1, 7, 500),
    "year": r.randint(1930, 2020, 500),
    "quality": r.choice(["poor", "fair", "good", "excellent"], 500),
    "zone": r.choice(list("ABCDE"), 500),
})
houses["price"] = (
    houses.area * 1.2 + houses.rooms * 8 + (houses.year - 1930) * 0.4
    + houses.quality.map({"poor": 0, "fair": 10, "good": 25, "excellent": 60}) + r.normal(0, 12, 500)
)
# %%
houses.sample(5, random_state=0)
# %%
houses.describe()
# %%
houses["price"] = np.log1p(houses["price"])
# %%
from sklearn.preprocessing import LabelEncoder, OrdinalEncoder, StandardScaler

le = LabelEncoder()
houses["zone"] = le.fit_transform(houses["zone"])
le.classes_
# %%
enc = OrdinalEncoder(categories=[["poor", "fair", "good", "excellent"]])
houses[["quality"]] = enc.fit_transform(houses[["quality"]])
# %%
houses["age"] = 2024 - houses.pop("year")
houses["area_per_room"] = houses["area"] / houses["rooms"]
# %%
from sklearn.model_selection import train_test_split

train_df, val_df = train_test_split(houses, test_size=0.2, random_state=3)
# %%
num = ["area", "age", "area_per_room"]
scaler = StandardScaler()
scaler.fit(train_df[num])
train_df, val_df = train_df.copy(), val_df.copy()
train_df[num] = scaler.transform(train_df[num])
val_df[num] = scaler.transform(val_df[num])
# %%
cols = [c for c in train_df.columns if c != "price"]
print(cols)
# %%
params = dict(num_leaves=12, min_child_samples=10, subsample=0.9, subsample_freq=1)  #T 12; 10; 0.9; #M 1
# %%
params["learning_rate"] = 0.1  #T 0.1
params["reg_lambda"] = 1.0  #T 1.0
# %% train
reg = lgb.LGBMRegressor(n_estimators=50, random_state=0, n_jobs=1, verbose=-1, **params)  #T 50
reg.fit(train_df[cols], train_df["price"], eval_set=[(val_df[cols], val_df["price"])], eval_metric="rmse")
pred = reg.predict(val_df[cols])
rmse = float(np.sqrt(np.mean((pred - val_df["price"]) ** 2)))
rmse
# %%
pd.DataFrame({"pred": np.expm1(pred), "true": np.expm1(val_df.price)}).head()
