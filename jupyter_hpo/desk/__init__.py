"""What a browser may ask of the studies of this kernel, and who answers."""

from .desk import Desk

__all__ = ["Desk"]
