internal import APIIndex
internal import Buffers
internal import Text
internal import Transport

/// Answers of JSON-RPC: the status is 200 also for an error of the operation.
extension AnswerReader {
    /// Appends the result of an operation to a buffer; nothing for one without a result.
    ///
    /// An operation of ours has the form that it has in the other dialects, and no names of structures in it.
    /// - Throws: a failure without the data of the call.
    func read(
        _ response: Response,
        by facts: APIOperation,
        of operation: Operation,
        into result: ValueBuffer
    ) throws(Failure) {
        defer { scratch.clear() }
        guard response.status >= 200, response.status < 300 else {
            if let said = content(of: response).flatMap(RemoteCall.read),
                case .refused(let code, let content) = said
            {
                throw refusal(code, content, response)
            }
            throw refusal(response)
        }
        let answer = try decode(response, depth: RemoteCall.depth)
        switch RemoteCall.read(answer) {
        case nil:
            let shown = Display.excerpt(response.body.bytes)
            throw malformed(response, "no answer of JSON-RPC: \(shown)")
        case .refused(let code, let content): throw refusal(code, content, response)
        case .error(let error): throw failure(error, response)
        case .output(let output):
            let mark = result.byteCount
            do throws(ShapeMismatch) {
                try write(output, as: facts.result, of: operation, into: result)
            } catch {
                result.truncate(to: mark)
                throw malformed(response, error.description)
            }
            guard result.isFailed else { return }
            result.truncate(to: mark)
            throw memory(response)
        }
    }

    private func write(
        _ output: Value,
        as type: APIType,
        of operation: Operation,
        into result: ValueBuffer
    ) throws(ShapeMismatch) {
        let isOurs = operation.facts == nil
        let plain = isOurs || type == .void ? ValueBuffer() : result
        var decoder = APIDecoder(into: plain, namesStructures: !isOurs)
        try decoder.write(output, as: type)
        secrets += decoder.secrets
        guard isOurs, type != .void, let value = plain.root else { return }
        if operation.mayGiveNothing, value.isAbsent { return result.putNil() }
        try operation.answer.write(value, spelling: .object, into: result)
    }

    /// The failure that an operation has declared, or that the server adds to any.
    private func failure(_ error: Value, _ response: Response) -> Failure {
        guard let named = APIDecoder.structure(in: error) else {
            return malformed(response, "an error without a name")
        }
        let plain = ValueBuffer()
        var decoder = APIDecoder(into: plain)
        do {
            try decoder.write(error, as: .opaque)
        } catch {
            return malformed(response, "an error that cannot be read: \(error.description)")
        }
        secrets += decoder.secrets
        guard let content = plain.root else { return malformed(response, "an empty error") }
        let namespace = APIOperation.prefix + "vapi.std.errors."
        let wireName = named.name.string ?? ""
        let isStandard = wireName.hasPrefix(namespace)
        let name = isStandard ? String(wireName.dropFirst(namespace.count)) : wireName
        let kind = isStandard ? ErrorKind(ofVCenter: name) : nil
        let said = Dialect.ErrorBody(
            kind: kind,
            unknownName: kind == nil ? name : nil,
            content: content
        )
        var failure = failure(said, response)
        // It says that there was an answer, not what it was.
        failure.error.status = nil
        // The server itself says that it has no such operation: nothing was done.
        if failure.error.kind == .noSuchRoute { failure.evidence = .answered }
        failure.isBusy = failure.error.kind == .serviceUnavailable
        failure.isTransient = failure.isBusy
        return failure
    }

    /// The failure of a request that the server could not take for a call.
    private func refusal(_ code: Int, _ content: Value, _ response: Response) -> Failure {
        let text = Display.escape(bytes: content["message"]?.bytes ?? [], limit: 200)
        let message = "the server could not read the request (JSON-RPC \(code)): \(text)"
        // Numbers of the protocol for what is no call; any other may come from the midst of one.
        let isNoCall = code == -32700 || (-32602 ... -32600).contains(code)
        let kind = isNoCall ? ErrorKind.invalidRequest : .internalServerError
        return Failure(
            VSphereError(kind, message, status: response.status),
            evidence: isNoCall ? .answered : .unclear
        )
    }
}
