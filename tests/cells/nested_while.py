rate = 0.3  # hpo: 0.05..0.9
position, turn, loss = 4.0, 0, 16.0
if position:
    while loss > 1e-3 and turn < 20:
        for inner in range(3):
            position -= rate * position
            if inner > 5:
                break
        loss = position**2
        turn += 1
    else:
        done = True
