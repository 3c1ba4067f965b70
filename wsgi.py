"""What a WSGI server and the `flask` command load."""

from app.core.garbage import collect_rarely
from app.factory import create_app

app = create_app()
collect_rarely()
