internal import Changes
internal import Buffers
internal import JSON
internal import LuaHost
internal import Text
internal import Transport
internal import VSphere

extension FunctionSpec {
    /// The module `http`: requests to services other than vCenter, without any of vCenter's credentials.
    static let http: [FunctionSpec] = [
        FunctionSpec(
            "http.get",
            "Reads from another service.",
            [url, options("", "headers, timeout, ca_file, pin, max_answer")],
            returns: answer,
            errors: errors,
            example: """
                local ok, err = pcall(http.get, "http://vcenter.example.com/")
                print(err.kind, err.message)
                """,
            waits: true
        ) { runtime, call in runtime.exchange(.get, call, "http.get") },
        FunctionSpec(
            "http.post",
            "Sends something to another service; it is sent once and never again.",
            [
                url,
                options(
                    "body: string|table|vmoon.secret?, ",
                    "body: a string, a secret, or a table that is sent as JSON; headers, timeout, "
                        + "ca_file, pin, max_answer"
                ),
            ],
            returns: answer,
            errors: errors,
            example: """
                local token = secret.command { "printf", "t0ken" }
                local ok, err = pcall(http.post, "https://127.0.0.1:1/hook", {
                  headers = { Authorization = { "Bearer ", token } },
                  body = { text = "rolled back" },
                  timeout = "5s",
                })
                print(err.kind)
                """,
            waits: true
        ) { runtime, call in runtime.exchange(.post, call, "http.post") },
    ]

    private static let url = Parameter(
        "url",
        "string",
        "https://…, percent-encoded; http:// on this machine only"
    )

    private static func options(_ body: String, _ names: String) -> Parameter {
        Parameter(
            "options",
            LuaType(
                stringLiteral:
                    "{\(body)headers: table<string, string|integer|vmoon.secret|table>?, "
                    + "timeout: number|string?, ca_file: string?, "
                    + "pin: string?, max_answer: integer?}"
            ),
            names
                + ". A header is a string, a secret, or a list of both that is joined; timeout is in "
                + "seconds or a text such as \"30s\" (\(SpanText.spelled(Request.Usual.timeout))); "
                + "ca_file replaces the system's roots; pin is the server's key, as a refused "
                + "certificate names it; "
                + "max_answer is in bytes (\(SizeText.spelled(Request.Usual.answerLimit)))",
            isOptional: true
        )
    }

    private static let answer = Result(
        "{status: integer, headers: table<string, string>, body: string}",
        "the answer whatever its status: a redirect is not followed; names of headers are in lower "
            + "case, values of one that came twice are joined by commas"
    )

    private static let errors = ["usage", "transport", "tls", "timeout", "protocol"]
}

extension Runtime {
    /// Makes one call to another service.
    fileprivate func exchange(
        _ method: Transport.Method,
        _ call: HostCall,
        _ function: String
    ) -> Verdict {
        let isChanging = method != .get
        let http: HTTPCall
        do throws(VSphereError) {
            try checkPolicy(function, isChanging: isChanging)
            let arguments = Arguments(call, of: function)
            if let planned = try plan(arguments, isChanging: isChanging) {
                // A plan assumes success: scripts look at the status.
                HTTPAnswer.write(status: 200, headers: [], into: call.result) { $0.put(planned) }
                return .returned
            }
            http = try HTTPCall(method, arguments, secrets: configuration.secrets)
            if case .player? = configuration.tape {
                throw VSphereError(
                    .forbiddenByPolicy,
                    "a run that replays a cassette has no network",
                    operation: function,
                    hint: "a cassette keeps the traffic with vCenters only"
                )
            }
        } catch {
            return raise(error, in: call)
        }
        let proxy = configuration.proxy(http.target.endpoint)
        return waits(call, isShielded: isChanging) { pending in
            let start = multi.now
            var transfer: Transfer?
            func end(_ failure: TransportError) {
                fail(pending, http.error(failure, function, isChanging: isChanging, proxy: proxy))
            }
            transfer = multi.start(http.request) { [self] result in
                guard !pending.isOver else { return }
                let result = result.mapError(configuration.secrets.redaction.cleaned)
                trace(http, method, result, multi.now - start)
                switch result {
                case .success(let response):
                    HTTPAnswer.write(response, into: pending.call.result)
                    finish(pending, nil)
                case .failure(var failure):
                    guard let look = http.look(after: failure) else { return end(failure) }
                    transfer = multi.start(look) { result in
                        guard !pending.isOver else { return }
                        if case .failure(let looked) = result { failure.shown = looked.shown }
                        end(failure)
                    }
                }
            }
            pending.cancellation = .other { [self, unowned pending] in
                if let transfer { multi.cancel(transfer) }
                let error = TransportError(.broken, "cancelled", mayHaveBeenSent: isChanging)
                var cancelled = http.error(
                    error,
                    function,
                    isChanging: isChanging,
                    proxy: nil
                )
                cancelled.kind = .cancelled
                fail(pending, cancelled)
            }
        }
    }

    /// Writes a call into the plan of a dry run, if it must not be sent.
    /// - Parameters:
    ///   - arguments: The arguments; they are checked as if the call were sent.
    ///   - isChanging: Whether it is planned in any case, not only where it uses a planned result.
    /// - Returns: The placeholder for the body of the answer; nil for a call that is to be sent.
    /// - Throws: kind `usage`, as the call itself would.
    private func plan(
        _ arguments: Arguments,
        isChanging: Bool
    ) throws(VSphereError) -> String? {
        let url = try arguments.name(0, "url")
        let shown = String(url.prefix { $0 != "?" })
        guard configuration.changes == .planned else {
            if isChanging { try takeLeave(arguments.function, shown) }
            return nil
        }
        let usesPlan = Placeholder.isIn(url)
        guard isChanging || usesPlan else {
            try changes.plan.note(arguments.function, about: shown)
            return nil
        }
        if !usesPlan { _ = try HTTPCall(.post, arguments, secrets: configuration.secrets) }
        return changes.plan.add(arguments.function, about: shown, isChanging: isChanging)
    }

    /// Raises an error without counting its outcome as unknown: `vmoon reconcile` settles changes of a vCenter
    /// and not those of other services.
    private func fail(_ pending: Pending, _ error: VSphereError) {
        let call = pending.call
        pending.end()
        call.result.clear()
        error.write(into: call.result)
        call.complete(.raised)
    }

    private func trace(
        _ http: HTTPCall,
        _ method: Transport.Method,
        _ result: Swift.Result<Response, TransportError>,
        _ duration: Duration
    ) {
        log(.debug, "http request") {
            var fields: [JSONValue.Member] = [
                .init("method", .string(method.rawValue)), .init("url", .string(http.target.shown)),
            ]
            switch result {
            case .success(let response): fields.append(.init("status", .integer(response.status)))
            case .failure(let error): fields.append(.init("problem", .string(error.message)))
            }
            return fields + [.init("duration_ms", .integer(Int(duration.wholeMilliseconds)))]
        }
    }
}
