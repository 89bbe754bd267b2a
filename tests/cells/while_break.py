damping = 0.7  # hpo: 0.1..0.95
x, tries, error = 10.0, 0, 1.0
while True:
    x = damping * x
    tries += 1
    if tries % 2:
        continue
    error = abs(x)
    if error < 1e-2 or tries > 100:
        break
else:
    x = None
