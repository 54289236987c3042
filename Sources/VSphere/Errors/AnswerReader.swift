internal import Buffers
internal import JSON
internal import Transport

/// Reads answers: a result into the caller's buffer, or the failure it stands for.
///
/// Its parser and its scratch memory are used again for each answer; nothing of an answer becomes a
/// Swift object unless it is an error.
final class AnswerReader {
    private let parser = JSONParser()
    private let scratch = ValueBuffer()

    /// Appends the result of an operation to a buffer; nothing for an operation without one.
    /// - Throws: a failure without what the call knows: name, subject, vCenter.
    func read(
        _ response: Response,
        of operation: Operation,
        in dialect: Dialect,
        into result: ValueBuffer
    ) throws(Failure) {
        let loose = operation.isLiteral
        try read(response, as: operation.result, isLoose: loose, in: dialect, into: result)
    }

    /// Appends the result of a request to a buffer.
    /// - Parameters:
    ///   - response: The answer.
    ///   - shape: What is promised.
    ///   - isLoose: Whether an empty answer, a missing envelope and another shape are as good as any.
    ///   - dialect: What it is spelled in.
    ///   - result: The result is appended to it; nothing in case of a failure.
    /// - Throws: a failure without what the call knows: name, subject, vCenter.
    func read(
        _ response: Response,
        as shape: Shape,
        isLoose: Bool = false,
        in dialect: Dialect,
        into result: ValueBuffer
    ) throws(Failure) {
        defer { scratch.clear() }
        guard response.status >= 200, response.status < 300 else { throw refusal(response) }
        var isVoid = false
        if case .void = shape { isVoid = true }
        if response.body.count == 0, isVoid || isLoose { return }
        let answer = try decode(response)
        if let said = Dialect.error(in: answer, isExpected: false) {
            throw failure(said, response)
        }
        if isVoid { return }
        guard let value = dialect.result(in: answer) ?? (isLoose ? answer : nil) else {
            throw malformed(response, "no \"value\" in the answer")
        }
        let mark = result.byteCount
        do {
            try shape.write(value, spelling: dialect.maps, into: result)
        } catch {
            guard isLoose else { throw malformed(response, error.description) }
            // The caller said where maps may be, not what is promised: the same paths serve the body.
            result.truncate(to: mark)
            result.put(value)
        }
        guard result.isFailed else { return }
        result.truncate(to: mark)
        throw memory(response)
    }

    private func decode(_ response: Response) throws(Failure) -> Value {
        do {
            try parser.decode(response.body, into: scratch)
        } catch {
            if error.reason == .memory { throw memory(response) }
            let shown = Display.excerpt(response.body)
            throw malformed(
                response,
                "\(Display.escape(error.description)); the answer is \(shown)"
            )
        }
        guard let root = scratch.root else { throw malformed(response, "an empty answer") }
        return root
    }

    private func memory(_ response: Response) -> Failure {
        let error = VSphereError(
            .noMemory,
            "not enough memory for the answer",
            status: response.status
        )
        return Failure(error, evidence: .unclear)
    }

    /// What a good status without a good answer is.
    private func malformed(_ response: Response, _ problem: String) -> Failure {
        let error = VSphereError(.protocolViolation, problem, status: response.status)
        return Failure(error, evidence: .unclear)
    }

    /// What a status other than 2xx is.
    private func refusal(_ response: Response) -> Failure {
        var failure: Failure
        let content = content(of: response)
        if let content, let said = Dialect.error(in: content, isExpected: true) {
            failure = self.failure(said, response)
        } else {
            let status = response.status
            var message = "answered with \(Display.excerpt(response.body))"
            if (300..<400).contains(status) {
                let target = response.header("location").map { Display.escape($0) } ?? "nowhere"
                message = "redirected to \(target); redirects are not followed"
            }
            // An error of vCenter's that was cut short: its status alone does not tell that nothing happened,
            // since `error` comes with 400 and 404 as well.
            let isBroken = content == nil && response.body.firstVisible == UInt8(ascii: "{")
            let isTurnedAway = Failure.isTurnedAway(status: status) && !isBroken
            failure = Failure(
                VSphereError(ErrorKind(status: status), message, status: status),
                evidence: isTurnedAway ? .turnedAway : .unclear
            )
        }
        failure.isTransient = [429, 502, 503, 504].contains(response.status)
        if failure.isTransient {
            failure.retryAfter = RetryAfter.delay(
                response.header("retry-after"),
                date: response.header("date")
            )
        }
        return failure
    }

    /// The JSON of an answer; nil where it is none.
    private func content(of response: Response) -> Value? {
        guard response.body.count > 0 else { return nil }
        guard (try? parser.decode(response.body, into: scratch)) != nil else { return nil }
        return scratch.root
    }

    private func failure(_ said: Dialect.ErrorBody, _ response: Response) -> Failure {
        // vCenter itself speaks: a 404 is then about the object, not about the route.
        let byStatus = response.status == 404 ? .notFound : ErrorKind(status: response.status)
        let kind = said.kind ?? byStatus
        var error = VSphereError(kind, "", status: response.status)
        error.read(said.content)
        return Failure(error, evidence: .answered)
    }
}
