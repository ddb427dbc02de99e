"""What a process of these benchmarks needs, loaded once and shared by all that are forked."""

import chromadb.api.rust  # noqa: F401
import tantivy  # noqa: F401

from benchmarks import readers  # noqa: F401
from bilingual.lexicon import default_lexicon

default_lexicon()
