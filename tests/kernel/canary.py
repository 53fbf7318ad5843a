"""A server on this machine that nobody may call: it writes down who does."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def listening(redirect_to=""):
    """Yield the server's address and the list of paths that were asked for."""
    hits = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(302 if redirect_to else 404)
            if redirect_to:
                self.send_header("Location", redirect_to)
            self.end_headers()

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - the names that the server looks for

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/x", hits
        finally:
            server.shutdown()
            thread.join()
