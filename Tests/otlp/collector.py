"""A collector: decodes traces with OpenTelemetry's published protobuf classes.

Writes its port, and at its end, which is that of its standard input, one line of JSON for each span. Arguments: the status that it
answers with, and the seconds it waits before it does.
"""

import base64
import http.server
import json
import sys
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service

STATUS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SPANS = []
DELAY = float(sys.argv[2]) if len(sys.argv) > 2 else 0


def of(value):
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None


def with_base64(node):
    """Identifiers are hexadecimal in OTLP's JSON, where the JSON of protobuf has Base64."""
    if isinstance(node, list):
        return [with_base64(element) for element in node]
    if not isinstance(node, dict):
        return node
    made = {}
    for name, value in node.items():
        if name in ("traceId", "spanId", "parentSpanId"):
            value = base64.b64encode(bytes.fromhex(value)).decode()
        made[name] = with_base64(value)
    return made


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if DELAY:
            threading.Event().wait(DELAY)
        request = service.ExportTraceServiceRequest()
        json_format.ParseDict(with_base64(json.loads(body)), request)
        for resource in request.resource_spans:
            described = {a.key: of(a.value) for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    SPANS.append(
                        json.dumps(
                            {
                                "path": self.path,
                                "type": self.headers["Content-Type"],
                                "key": self.headers["X-Key"],
                                "resource": described,
                                "scope": scope.scope.name,
                                "trace": span.trace_id.hex(),
                                "id": span.span_id.hex(),
                                "parent": span.parent_span_id.hex(),
                                "state": span.trace_state,
                                "name": span.name,
                                "kind": span.kind,
                                "began": span.start_time_unix_nano,
                                "ended": span.end_time_unix_nano,
                                "status": span.status.code,
                                "message": span.status.message,
                                "attributes": {a.key: of(a.value) for a in span.attributes},
                            }
                        )
                    )
        self.send_response(STATUS)
        answer = b"{}"
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
print(*SPANS, sep="\n")
