"""What is worth tuning in a piece of code, and from where to where.

code         the code around a value: parents, imports, definitions, calls
standing     what a value is called and whose argument it is
signatures   names of positional parameters of well-known callees
ranges       makers of distributions
rules        which range belongs to which name
families     classes and functions that can stand in for one another
expressions  numbers inside a computation
overrides    defaults that every caller overrides
never        what nobody tunes
offers       all of it, applied
"""

from .code import Code
from .context import Offer
from .families import imports_of
from .never import never_tuned
from .offers import Finder
from .standing import standing

__all__ = ["Code", "Finder", "Offer", "imports_of", "never_tuned", "standing"]
