"""The two languages: orthography, sentences, language identification, encoders."""
