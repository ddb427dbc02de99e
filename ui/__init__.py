"""Every face of Trichdan: the browser page, the HTTP API, the command line."""
