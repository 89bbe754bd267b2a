#: framework: keras-tensorflow
#: style: script-like top-level loop, tf.function decorator, nested loops
#: objective: maximize float(val_acc)
#: also: maximize val_acc
#: also: maximize val_acc_metric.result()
#: proposed: yes
#: reports: 2
# %%
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_classification

tf.random.set_seed(42)
tf.keras.utils.set_random_seed(42)
X, y = make_classification(600, 12, n_informative=6, random_state=42)
X = X.astype("float32")
BUFFER_SIZE = 500
BATCH_SIZE = 50  #T 50
train_ds = tf.data.Dataset.from_tensor_slices((X[:500], y[:500])).shuffle(BUFFER_SIZE, seed=1).batch(BATCH_SIZE)
val_ds = tf.data.Dataset.from_tensor_slices((X[500:], y[500:])).batch(100)
# %%
model = tf.keras.Sequential([
    tf.keras.layers.Dense(32, activation="relu", input_shape=(12,)),  #T 32; #M "relu"
    tf.keras.layers.Dense(2),
])
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.SGD(learning_rate=0.05, momentum=0.9)  #T SGD; 0.05; 0.9
val_acc_metric = tf.keras.metrics.SparseCategoricalAccuracy()


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))
    return loss


epochs = 2
for epoch in range(epochs):
    for step, (xb, yb) in enumerate(train_ds):
        loss_value = train_step(xb, yb)
    for xb, yb in val_ds:
        val_acc_metric.update_state(yb, model(xb, training=False))
    val_acc = val_acc_metric.result()
    val_acc_metric.reset_state()
    print("epoch %d: loss %.4f, val acc %.4f" % (epoch, float(loss_value), float(val_acc)))
