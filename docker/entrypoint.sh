#!/bin/sh
# One image, four parts: web (default), worker, beat, health; `manage <command>` runs a command of the portal.
set -eu
cd /app

case "${1:-web}" in
  web)
    # Several web containers: leave MIGRATE unset and run `manage migrate` once before they start.
    if [ "${MIGRATE:-0}" = 1 ]; then python manage.py migrate --no-input --verbosity 0; fi
    # No access log: paths of links carry secrets; the proxy in front logs, with /l/ left out.
    exec gunicorn portal.wsgi:application --bind 0.0.0.0:8000 --no-control-socket --worker-tmp-dir /dev/shm \
      --worker-class gthread --workers "${WEB_WORKERS:-2}" --threads "${WEB_THREADS:-4}" \
      --graceful-timeout 30 --max-requests 5000 --max-requests-jitter 500
    ;;
  worker)
    # A child ends after a while: what a library leaks over hundreds of documents goes with it.
    exec celery --app portal worker --loglevel INFO --without-gossip --without-mingle \
      --concurrency "${WORKERS:-2}" --max-tasks-per-child 200
    ;;
  beat)
    exec celery --app portal beat --loglevel INFO --pidfile= --schedule "$DATA_DIR/celerybeat-schedule"
    ;;
  health)
    # Asked under the name that ALLOWED_HOSTS knows.
    exec python - <<'PYTHON'
import os, sys, urllib.request
from urllib.parse import urlsplit
host = urlsplit(os.environ.get("SITE_URL", "http://127.0.0.1:8000")).netloc
request = urllib.request.Request("http://127.0.0.1:8000/health/ready", headers={"Host": host})
try:
    sys.exit(urllib.request.urlopen(request, timeout=4).status != 200)
except OSError as error:
    sys.exit(str(error))
PYTHON
    ;;
  manage)
    shift
    exec python manage.py "$@"
    ;;
  *)
    exec "$@"
    ;;
esac
