# One image for web, worker and beat; the command decides which (docker-compose.yml).
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.txt requirements-s3.txt requirements-sentry.txt requirements-aliyun.txt requirements-tencent.txt requirements-mail.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt -r requirements-s3.txt -r requirements-sentry.txt \
    -r requirements-aliyun.txt -r requirements-tencent.txt -r requirements-mail.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# pg_dump and pg_restore, for backups: not older than the server
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app portal && install -d -o portal -g portal /data
COPY --from=build /venv /venv
WORKDIR /app
COPY --chown=root:root . .
# The style sheets are collected with the demo's settings; nothing else of the demo stays in the image.
RUN PORTAL_MODE=demo VAR_DIR=/tmp/build STATIC_ROOT=/app/static-collected python manage.py collectstatic --noinput -v 0 \
    && rm -rf /tmp/build
ENV PORTAL_MODE=production VAR_DIR=/data STATIC_ROOT=/app/static-collected
USER portal
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-m", "icpportal.operations.healthcheck", "/readyz"]
# The limit of concurrent calls to outside systems follows the threads (WEB_THREADS, icpportal/configuration/gateways.py).
ENV WEB_THREADS=16
CMD ["sh", "-c", "exec gunicorn icpportal.wsgi --bind 0.0.0.0:8000 --worker-class gthread --workers 2 --threads \"$WEB_THREADS\" --timeout 60 --keep-alive 75 --worker-tmp-dir /dev/shm --preload --no-control-socket"]
