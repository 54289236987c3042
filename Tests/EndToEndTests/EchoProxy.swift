import Foundation
import Support

/// A vCenter behind something that repeats, in a spelling of its choice, what it was sent in secret.
///
/// It hands requests on to a simulator, and notes the identifier of the session. Where it breaks in, its answer has all
/// secrets that it has seen.
struct EchoProxy {
    /// Where it breaks in, and with what.
    enum Place: String, CaseIterable {
        case logIn, logInForbidden, read, readPage, readCut, redirect, change, changeError, logOut,
            page
    }

    /// How it spells what it repeats: some ways at once, of which the first is the one that is shown most.
    enum Spelling: String, CaseIterable {
        case plain = "plain,percent_upper,percent_twice"
        case percent = "percent,form,slashes"
        case json = "json,json_in_json,escaped"
        case entities = "entities,entities_hex,named"
        case named = "named_twice,base64_url,base64_other"
        case lines = "plain,wrapped,base64_wrapped"
    }

    let url: String
    let simulator: SimulatorProcess
    private let process: ChildProcess
    private let folder: TestFolder

    init(_ place: Place, _ spelling: Spelling, user: String, password: String) throws {
        simulator = try SimulatorProcess(arguments: [
            "--http", "--user", user, "--password", password,
        ])
        folder = TestFolder()
        let script = try folder.write(Self.program, to: "proxy.py")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process = try ChildProcess(
            ["/usr/bin/env", "python3", script, simulator.url, place.rawValue, spelling.rawValue],
            environment: ["PATH": path],
            in: folder.path
        )
        let process = process
        _ = process.wait(within: .seconds(20)) { process.output.contains("\n") }
        url = process.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// The identifiers of the sessions that were opened through it.
    var sessions: [String] {
        let text = try? String(contentsOfFile: folder.path + "/sessions", encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    /// Every text that it has sent in place of a secret.
    var echoes: [String] {
        let text = try? String(contentsOfFile: folder.path + "/echoes", encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    func end() { process.signal(15) }

    private static let program = #"""
        import base64, html, http.client, http.server, json, sys, urllib.parse
        target, place, spellings = sys.argv[1:]
        host = urllib.parse.urlsplit(target).netloc
        seen, passwords = [], set()

        def b64(text): return base64.b64encode(text.encode()).decode()
        def percent(text, form="%%%02x"): return "".join(form % b for b in text.encode())
        def named(text): return html.escape(text).replace("/", "&#47;")
        def quoted(text): return json.dumps(text)[1:-1]
        def wrapped(text): return "\r\n  ".join(text[i:i + 10] for i in range(0, len(text), 10))

        ways = {
            "plain": lambda text: text, "percent": percent,
            "percent_upper": lambda text: percent(text, "%%%02X"),
            "percent_twice": lambda text: percent(text, "%%25%02X"),
            "form": urllib.parse.quote_plus,
            "slashes": lambda text: quoted(text).replace("/", "\\/"),
            "json": lambda text: "".join("\\u%04x" % ord(c) for c in text),
            "json_in_json": lambda text: quoted("".join("\\u%04x" % ord(c) for c in text)),
            "escaped": lambda text: percent(text, "\\x%02X"),
            "entities": lambda text: "".join("&#%d;" % ord(c) for c in text),
            "entities_hex": lambda text: "".join("&#x%x;" % ord(c) for c in text),
            "named": named, "named_twice": lambda text: html.escape(named(text)),
            "wrapped": wrapped, "base64_wrapped": lambda text: wrapped(b64("ann:" + text)),
            "base64_url": lambda text: b64("ann:" + text).translate({43: 45, 47: 95}),
            "base64_other": lambda text: b64("bo:" + text),
        }

        # What is Base64 already is not encoded again.
        def spell(text):
            return [ways[way](text) for way in spellings.split(",")
                    if text in passwords or not way.startswith("base64")] or [text]

        def note(name, text):
            if text and text not in seen:
                seen.append(text)
                open(name, "a").write(text + "\n")

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *ignored): pass

            def breaks(self):
                is_session = self.path.endswith("/session") or "/session?" in self.path
                is_log_in = is_session and self.command == "POST" and "get" not in self.path
                return {
                    "logIn": is_log_in, "logInForbidden": is_log_in, "page": is_log_in,
                    "logOut": is_session and self.command == "DELETE",
                    "change": "action=rollback" in self.path,
                    "changeError": "action=rollback" in self.path,
                }.get(place, "/library" in self.path and not is_session)

            def echo(self):
                secrets = [self.headers.get("vmware-api-session-id")] + seen
                for name in "Proxy-Authorization", "Authorization":
                    scheme, _, value = (self.headers.get(name) or "").partition(" ")
                    secrets.append(value)
                    if scheme == "Basic":
                        password = base64.b64decode(value).decode().split(":", 1)[1]
                        passwords.add(password)
                        secrets += [password, base64.b64encode(password.encode()).decode()]
                secrets = [s for s in secrets if s]
                echoes = [text for s in dict.fromkeys(secrets) for text in spell(s)]
                for text in echoes:
                    # A few letters of a broken line are no secret.
                    open("echoes", "a").writelines(
                        line.strip() + "\n" for line in text.split("\n") if len(line.strip()) > 9)
                return echoes

            def answer(self, status, body, kind="text/html", more=()):
                body = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in more: self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.breaks():
                    echo = self.echo()
                    # One after the other at the beginning: of most answers no more is shown.
                    turn = getattr(type(self), "turn", 0)
                    type(self).turn = turn + 1
                    first = echo[turn % len(echo)]
                    joined = ("\n" if "wrapped" in spellings else " ").join([first] + echo)
                    if place == "redirect":
                        where = "http://x.invalid/?a=" + first.replace("\n", "")
                        return self.answer(302, "", more=[("Location", where)])
                    if place in ("read", "logInForbidden", "changeError"):
                        text = joined
                        kind = "UNAUTHORIZED" if place != "changeError" else "ERROR"
                        message = {"id": text, "default_message": text, "args": [text],
                                   "localized": text, "params": {"p": {"s": text}}}
                        error = {"error_type": kind, "messages": [message, message],
                                 "data": {text: [text]}, "challenge": "Basic realm=" + text}
                        return self.answer(403, json.dumps(error), "application/json")
                    page = joined if place == "readCut" else "<pre>" + joined
                    page = "x" * 50 + page if place == "readCut" else page
                    return self.answer({"page": 200, "change": 502}.get(place, 500), page)
                there = http.client.HTTPConnection(host)
                headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
                there.request(self.command, self.path, body, headers)
                reply = there.getresponse()
                text = reply.read()
                if self.path.endswith("/session") and self.command == "POST":
                    seen.clear() # of another run
                    value = json.loads(text)
                    note("sessions", value.get("value") if isinstance(value, dict) else value)
                self.answer(reply.status, text, reply.getheader("Content-Type") or "x/y")

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
        server.serve_forever()
        """#
}
