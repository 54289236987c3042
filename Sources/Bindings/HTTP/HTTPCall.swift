internal import Buffers
internal import Text
internal import Transport
internal import VSphere

/// A request to another service, made from the arguments of a script.
struct HTTPCall {
    let target: HTTPTarget
    let request: Request

    /// Reads `(url [, options])`.
    /// - Throws: kind `usage`, before anything is sent; never with a secret in its text.
    init(
        _ method: Transport.Method,
        _ arguments: Arguments,
        secrets: SecretVault
    ) throws(VSphereError) {
        let known = ["headers", "body", "timeout", "ca_file", "pin", "max_answer"]
        let text = try arguments.name(0, "url")
        let options = try arguments.options(
            1,
            known: method == .get ? known.filter { $0 != "body" } : known
        )
        do throws(HTTPTarget.Problem) {
            target = try HTTPTarget(text)
        } catch {
            throw arguments.misuse(error.message)
        }
        let reader = HTTPOptions(arguments: arguments, secrets: secrets)
        var fields = try reader.headers(options?["headers"])
        let body = try reader.body(options?["body"])
        func add(_ name: String, _ value: String) {
            guard !fields.contains(where: { $0.0.lowercased() == name.lowercased() }) else {
                return
            }
            fields.append((name, value))
        }
        if let type = body?.type { add("Content-Type", type) }
        add("User-Agent", "vmoon")
        let headers: HeaderList
        do throws(TransportError) {
            headers = try HeaderList(fields)
        } catch {
            throw arguments.misuse(Display.escape(error.message))
        }
        var request = Request(
            method,
            ByteBuffer(target.url),
            headers: headers,
            body: body?.bytes,
            trust: try reader.trust(options?["ca_file"], pin: options?["pin"])
        )
        // On a new connection libcurl never repeats it by itself.
        if method != .get { request.connection = .fresh }
        request.timeout = try reader.timeout(options?["timeout"]) ?? Request.Usual.timeout
        request.answerLimit = try reader.limit(options?["max_answer"]) ?? request.answerLimit
        self.request = request
    }
}
