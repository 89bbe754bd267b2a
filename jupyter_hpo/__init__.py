"""jupyter_hpo: put %%hpo above a training cell and get a hyperparameter search."""
