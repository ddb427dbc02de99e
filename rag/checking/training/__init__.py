"""How the head of the claim checker is fitted and measured; see `../data/DATA_CARD.md`.

`python -m rag.checking.training --data DIR` reads labelled claims and XQuAD-R, makes claims and
altered claims of the latter (`statements`, `alterations`), fits the weights (`fitting`), measures
the whole checker on what the fit never saw (`measuring`), and writes `rag/checking/data`.
"""
