"""What a browser may ask of the studies of this kernel, and who answers."""

from .desk import Desk
from .lobby import open_lobby

__all__ = ["Desk", "open_lobby"]
