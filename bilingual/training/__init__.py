"""From parallel text to the files in `bilingual/data`; the only part that needs torch.

    python -m bilingual.training --data DIR --out DIR

The stages, each in its module, each resumed where its result is already there:

1. `corpora`: read, clean, cap and count the training pairs.
2. `vocabulary`: Vietnamese syllables and compounds.
3. `alignment`: which word translates which, in every pair and in general.
4. `lexicon_table`, `marks_model`: the word-translation lexicon and the marks restorer.
5. `teacher`: sentence and token vectors of the English sides, by all-MiniLM-L6-v2.
6. `student`, `losses`, `loop`: the Vietnamese side learns to give the same vectors.
7. `export`: the files that ship, small.
"""
