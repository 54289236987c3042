internal import APIIndex
internal import Buffers
internal import JSON
internal import Text
internal import Transport

/// Reads answers: writes the result into the caller's buffer, or throws the failure.
///
/// Its parser and its scratch memory are reused for each answer; no part of an answer becomes a
/// Swift object unless it is an error.
final class AnswerReader {
    let parser = JSONParser()
    let scratch = ValueBuffer()
    /// The secrets in answers since `takeSecrets`.
    var secrets: [String] = []

    /// Returns the secrets that were in answers: they are not to be shown.
    func takeSecrets() -> [String] {
        defer { secrets = [] }
        return secrets
    }

    /// Appends the result of an operation to a buffer; nothing for an operation without one.
    /// - Throws: a failure without the data of the call: name, subject, vCenter.
    func read(
        _ response: Response,
        of operation: Operation,
        by facts: APIOperation? = nil,
        in dialect: Dialect,
        into result: ValueBuffer
    ) throws(Failure) {
        guard let report = operation.report else {
            return try readAnswer(response, of: operation, by: facts, in: dialect, into: result)
        }
        let whole = ValueBuffer()
        try readAnswer(response, of: operation, by: facts, in: dialect, into: whole)
        try take(whole.root, by: report, response, into: result)
    }

    /// Takes the result out of an answer that says whether something was made.
    private func take(
        _ answer: Value?,
        by report: Operation.Report,
        _ response: Response,
        into result: ValueBuffer
    ) throws(Failure) {
        guard answer?[report.success]?.boolean == true else {
            let errors = answer?["error"]?["errors"].map { Array($0.elements) } ?? []
            let texts = errors.compactMap { error -> String? in
                let said = error["message"]?["default_message"]
                return said?.bytes.map { Display.escape(bytes: $0, limit: 200) }
            }
            let isServers = errors.isEmpty || errors.contains { $0["category"]?.string == "SERVER" }
            let message =
                texts.isEmpty ? "it failed, and nothing says why" : texts.joined(separator: "; ")
            throw Failure(
                VSphereError(
                    isServers ? .error : .invalidArgument,
                    message,
                    status: response.status
                ),
                evidence: .answered
            )
        }
        var made = answer
        for name in report.result { made = made?[name] }
        guard let made else { throw malformed(response, "no identifier of what was made") }
        result.put(made)
    }

    private func readAnswer(
        _ response: Response,
        of operation: Operation,
        by facts: APIOperation?,
        in dialect: Dialect,
        into result: ValueBuffer
    ) throws(Failure) {
        if let facts { return try read(response, by: facts, of: operation, into: result) }
        try read(
            response,
            as: operation.answer,
            isLoose: operation.isLiteral,
            mayBeAbsent: operation.mayGiveNothing,
            in: dialect,
            into: result
        )
    }

    /// Appends the result of a request to a buffer.
    /// - Parameters:
    ///   - response: The answer.
    ///   - shape: The promised shape.
    ///   - isLoose: Whether an empty answer, a missing envelope and another shape are accepted.
    ///   - mayBeAbsent: Whether there may be no result, in any form; it is then nil.
    ///   - dialect: The dialect of the answer.
    ///   - result: The result is appended to it; nothing after a failure.
    /// - Throws: a failure without the data of the call: name, subject, vCenter.
    func read(
        _ response: Response,
        as shape: Shape,
        isLoose: Bool = false,
        mayBeAbsent: Bool = false,
        in dialect: Dialect,
        into result: ValueBuffer
    ) throws(Failure) {
        defer { scratch.clear() }
        guard response.status >= 200, response.status < 300 else { throw refusal(response) }
        // Operations answer when they are done; a deferred one has no result yet.
        guard response.status != 202 || isLoose else {
            throw malformed(response, "put off for later, and nothing tells when it is done")
        }
        var isVoid = false
        if case .void = shape { isVoid = true }
        if response.body.count == 0, isVoid || isLoose { return }
        if response.body.count == 0, mayBeAbsent { return result.putNil() }
        let answer = try decode(response)
        if let said = Dialect.error(in: answer, isExpected: false) {
            throw failure(said, response)
        }
        if isVoid {
            guard dialect.isNothing(answer) else {
                let shown = Display.excerpt(response.body.bytes)
                throw malformed(response, "no result is promised; the answer is \(shown)")
            }
            return
        }
        if mayBeAbsent, answer.isNothing || dialect.isNothing(answer) { return result.putNil() }
        guard let value = dialect.result(in: answer) ?? (isLoose ? answer : nil) else {
            throw malformed(response, "no \"value\" in the answer")
        }
        let mark = result.byteCount
        do {
            try shape.write(value, spelling: dialect.maps, into: result)
        } catch {
            guard isLoose else { throw malformed(response, error.description) }
            // The caller named the places of maps, not the promised shape: the same paths serve the body.
            result.truncate(to: mark)
            result.put(value)
        }
        guard result.isFailed else { return }
        result.truncate(to: mark)
        throw memory(response)
    }

    func decode(
        _ response: Response,
        depth: Int = JSONParser.defaultDepth
    ) throws(Failure) -> Value {
        do {
            try parser.decode(response.body, depth: depth, into: scratch)
        } catch {
            if error.reason == .memory { throw memory(response) }
            let shown = Display.excerpt(response.body.bytes)
            throw malformed(
                response,
                "\(Display.escape(error.description)); the answer is \(shown)"
            )
        }
        guard let root = scratch.root else { throw malformed(response, "an empty answer") }
        return root
    }

    func memory(_ response: Response) -> Failure {
        let error = VSphereError(
            .noMemory,
            "not enough memory for the answer",
            status: response.status
        )
        return Failure(error, evidence: .unclear)
    }

    /// The failure of a malformed answer with a success status.
    func malformed(_ response: Response, _ problem: String) -> Failure {
        let error = VSphereError(.protocolViolation, problem, status: response.status)
        return Failure(error, evidence: .unclear)
    }

    /// The failure of an answer with a status other than 2xx.
    func refusal(_ response: Response) -> Failure {
        var failure: Failure
        let content = content(of: response)
        if let content, let said = Dialect.error(in: content, isExpected: true) {
            failure = self.failure(said, response)
        } else {
            let status = response.status
            var message = "answered with \(Display.excerpt(response.body.bytes))"
            if (300..<400).contains(status) {
                let target = response.header("location").map { Display.escape($0) } ?? "nowhere"
                message = "redirected to \(target); redirects are not followed"
            }
            // An incomplete error of vCenter: its status alone does not prove that nothing happened,
            // since `error` comes with 400 and 404 as well.
            let isBroken = content == nil && response.body.firstVisible == UInt8(ascii: "{")
            let isTurnedAway = Failure.isTurnedAway(status: status) && !isBroken
            // RFC 9110, 15.5.6: a server that knows the method, and that this path does not take it, names those
            // that it takes. Who has carried something out does not answer so.
            let isOfMethod = status == 405 && response.header("allow") != nil && !isBroken
            if isOfMethod { message = "this path does not take the method" }
            failure = Failure(
                VSphereError(ErrorKind(status: status), message, status: status),
                evidence: isOfMethod ? .answered : isTurnedAway ? .turnedAway : .unclear
            )
        }
        failure.isBusy = [429, 502, 503, 504].contains(response.status)
        failure.isTransient = failure.isBusy
        if failure.isTransient {
            failure.retryAfter = RetryAfter.delay(
                response.header("retry-after"),
                date: response.header("date")
            )
        }
        return failure
    }

    /// The JSON of an answer; nil if it is not JSON.
    func content(of response: Response) -> Value? {
        guard response.body.count > 0 else { return nil }
        guard (try? parser.decode(response.body, into: scratch)) != nil else { return nil }
        return scratch.root
    }

    func failure(_ said: Dialect.ErrorBody, _ response: Response) -> Failure {
        let status = response.status
        var error = VSphereError(said.kind ?? ErrorKind(status: status), "", status: status)
        error.read(said.content)
        var evidence = Failure.Evidence.answered
        if said.isMissingRoute {
            error.kind = .noSuchRoute
            if said.isRemoteCall { error.message = "what answers speaks JSON-RPC only" }
            // vCenter reports it with 404; with a success status, or a server error, it proves nothing
            // about a change.
            if !(400..<500).contains(status) { evidence = .turnedAway }
        } else if let name = said.unknownName {
            // A name of a later release, or an invented one: it proves neither that the object is gone nor that
            // the route is missing, nor that nothing was done.
            let type = Display.escape(bytes: Array(name.utf8), limit: 80)
            error.type = type
            error.message = "\(type): \(error.message)"
            if (200..<300).contains(status) || error.kind == .noSuchRoute { error.kind = .error }
            evidence = Failure.isTurnedAway(status: status) ? .answered : .unclear
        } else if said.kind == nil, status == 404 || status == 410 {
            // vCenter itself answered, so the object is missing, not the route.
            error.kind = .notFound
        }
        return Failure(error, evidence: evidence)
    }
}

extension Value {
    /// Whether it is one of the forms for no result.
    fileprivate var isNothing: Bool { kind == .null || (kind == .record && count == 0) }
}
