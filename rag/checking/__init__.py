"""Whether each sentence of an answer is supported by the passages it cites, and why not.

`claims` holds the rules and puts a verdict together; `features` and `head` weigh what the rules
cannot tell; `citations` finds what a sentence cites; `measured` says how often all this is right.
"""
