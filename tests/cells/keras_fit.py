model = keras.Sequential([
    keras.layers.Input((8,)),
    keras.layers.Dense(64, activation="relu"),  # hpo: [0] = 16..256 log as units; activation = relu | tanh
    keras.layers.Dropout(0.3),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(X_train, y_train, epochs=5, batch_size=128, validation_split=0.2, verbose=0)
