from math import *

sigma = 0.5  # hpo: 0.1..2 log
xs = [x / 10 for x in range(-20, 21)]
loss = fsum((exp(-x * x) - exp(-x * x / (2 * sigma**2))) ** 2 for x in xs)
