"""A folder as the object store 'bucket', open to anybody: `python object_store.py FOLDER` prints its port.

A process of its own: GDAL opens a data set with Python's lock held, so a thread could not answer it.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Bucket(BaseHTTPRequestHandler):
    """Objects, whole or in ranges."""

    def do_GET(self):
        bucket, _, name = self.path.lstrip("/").partition("/")
        path = Path(sys.argv[1]) / name
        if bucket != "bucket" or not path.is_file():
            self.send_error(404)
            return
        data, asked = path.read_bytes(), self.headers.get("Range")
        if asked:
            first, _, last = asked.split("=")[1].partition("-")
            end = min(int(last or len(data) - 1), len(data) - 1)
            self.send_response(206)
            self.send_header("Content-Range", "bytes {}-{}/{}".format(first, end, len(data)))
            data = data[int(first) : end + 1]
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        """Quiet."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    print(server.server_port, flush=True)
    server.serve_forever()
