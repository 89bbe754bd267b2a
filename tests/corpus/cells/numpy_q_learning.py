#: framework: numpy
#: style: script-like top-level loop, while loop inside, class earlier, trailing expression
#: objective: maximize np.mean(rewards[-20:])
#: also: maximize mean_reward
#: also: maximize np.mean(rewards)
#: also: maximize total_reward
#: proposed: yes
#: reports: 60
# %%
import random

import numpy as np


class Corridor:
    def __init__(self, n=8):
        self.n = n

    def reset(self):
        self.s = 0
        return self.s

    def step(self, a):
        self.s = max(0, min(self.n - 1, self.s + (1 if a else -1)))
        done = self.s == self.n - 1
        return self.s, (10 if done else -1), done


env = Corridor()
# %%
random.seed(0)
np.random.seed(0)
alpha = 0.5  #T 0.5
gamma = 0.95  #T 0.95
epsilon = 0.3  #T 0.3
epsilon_decay = 0.98  #T 0.98
episodes = 60
Q = np.zeros((env.n, 2))
rewards = []
for episode in range(episodes):
    state = env.reset()
    done, total_reward, t = False, 0, 0
    while not done and t < 60:
        action = random.randrange(2) if random.random() < epsilon else int(np.argmax(Q[state]))
        new_state, reward, done = env.step(action)
        Q[state, action] += alpha * (reward + gamma * np.max(Q[new_state]) - Q[state, action])
        state = new_state
        total_reward += reward
        t += 1
    epsilon = max(0.01, epsilon * epsilon_decay)  #M 0.01
    rewards.append(total_reward)
np.mean(rewards[-20:])
