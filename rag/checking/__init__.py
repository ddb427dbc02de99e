"""Whether each sentence of an answer is supported by the passages it cites, and why not.

`case` is what is checked; `rules` say what is certain; `claims` puts a verdict together; `features`
and `head`, with `rag.reader`, weigh what the rules cannot tell; `citations` finds what a sentence
cites; `measured` says how often all this is right.
"""
