"""The fixed reference of the API's rows: one bare Flask route, served by granian with two workers."""

from __future__ import annotations

from flask import Flask, Response

app = Flask("bare")


@app.get("/")
def answer() -> Response:
    """Answer a small JSON object."""
    return Response(b'{"ok":true}', mimetype="application/json")
