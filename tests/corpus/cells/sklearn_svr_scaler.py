#: framework: sklearn
#: style: scaler fitted earlier, fit call, several metrics printed
#: objective: minimize mae
#: also: maximize r2
#: also: minimize rmse
#: proposed: yes
#: reports: none
# %%
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler
from sklearn.svm import SVR

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=33)
ss_X = RobustScaler()  #M RobustScaler
X_train = ss_X.fit_transform(X_train)
X_test = ss_X.transform(X_test)
# %%
svr = SVR(C=50, epsilon=0.5, kernel="rbf", gamma="scale")  #T 50; 0.5; "rbf"; "scale"; #M SVR
svr.fit(X_train, y_train)
y_pred = svr.predict(X_test)

mae = mean_absolute_error(y_test, y_pred)
rmse = np.sqrt(mean_squared_error(y_test, y_pred))
r2 = r2_score(y_test, y_pred)
print("MAE:", mae)
print("RMSE:", rmse)
print("R2:", r2)
