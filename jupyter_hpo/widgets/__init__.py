"""What a person sees and presses: dashboard, space editor, and what is left after saving.

These know the messages of `protocol.py` and nothing of studies or the engine.
"""
