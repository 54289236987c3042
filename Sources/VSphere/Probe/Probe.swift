public import Buffers
internal import JSON
internal import Text
internal import Transport

/// One read in one dialect, asked once, with whatever came.
public struct Probe {
    /// A part of an answer that is not as promised.
    public struct Deviation: Sendable, Equatable {
        /// The raw way to it, such as `[*].name`; empty for the whole.
        public let place: String
        /// The promised form, and the one that is there.
        public let problem: String
        /// The fields beside it that nobody expects, if it is missing; raw.
        public let others: [String]

        /// Makes one.
        public init(_ place: String, _ problem: String, others: [String] = []) {
            self.place = place
            self.problem = problem
            self.others = others
        }
    }

    /// An identifier that no object has: whether a route is there is seen without one.
    public static let madeUp = "vmoon-doctor"

    /// The operation's name in Lua.
    public let operation: String
    /// The dialect it was asked in.
    public let dialect: Dialect
    /// The time from sending to the verdict.
    public var duration = Duration.zero
    /// The HTTP status; nil without a complete answer.
    public var status: Int?
    /// The error; nil if there is a result in its promised form.
    public var error: VSphereError?
    /// Where the answer is not as promised.
    public var deviations: [Deviation] = []
    /// The date of a good answer, in milliseconds since 1970-01-01T00:00:00Z.
    public var date: Int64?
    /// The result, also one that is not as promised; empty for none.
    public var result = ValueBuffer()

    /// Makes one without an answer.
    public init(_ operation: String, in dialect: Dialect) {
        self.operation = operation
        self.dialect = dialect
    }
}

extension VCenter {
    /// Sends a read in a dialect, whichever the session speaks: once, and not again whatever comes.
    /// - Parameters:
    ///   - call: A call of an operation that reads by GET.
    ///   - dialect: The dialect.
    ///   - completion: Called once, not before this function has returned, unless there is no session.
    public func probe(
        _ call: Call,
        in dialect: Dialect,
        completion: @escaping (Probe) -> Void
    ) {
        let operation = call.operation
        precondition(!operation.isChanging && operation.method == .get, "a probe only reads")
        var probe = Probe(operation.name, in: dialect)
        guard isOpen, let bodilessHeaders else {
            probe.error = VSphereError(.usage, "the session is closed", operation: operation.name)
            return completion(probe)
        }
        let url = ByteBuffer(profile.endpoint.url)
        call.appendPath(in: dialect, to: url)
        let request = request(.get, url, headers: bodilessHeaders, timeout: profile.timeout)
        let sentAt = clock()
        _ = wire.start(request) { [self] result in
            probe.duration = clock() - sentAt
            do throws(Failure) {
                switch result {
                case .success(let response): try read(response, of: operation, into: &probe)
                case .failure(let error): throw Failure(error)
                }
            } catch {
                var failure = redaction.cleaned(error)
                failure.name(profile.proxy, to: profile.endpoint.host)
                probe.error = failure.settled(isChanging: false)
                probe.error?.operation = operation.name
                probe.error?.vcenter = name
                probe.error?.addHint(for: operation, speaking: .automatic)
            }
            completion(probe)
        }
    }

    private func read(
        _ response: Response,
        of operation: Operation,
        into probe: inout Probe
    ) throws(Failure) {
        probe.status = response.status
        let isGood = (200..<300).contains(response.status)
        if isGood, let date = response.header("date"), let seconds = HTTPDate.seconds(of: date) {
            probe.date = Int64(seconds) * 1000
        }
        do {
            try reader.read(response, of: operation, in: probe.dialect, into: probe.result)
        } catch {
            let answer = ValueBuffer()
            if isGood, error.error.kind == .protocolViolation,
                (try? JSONParser().decode(response.body, into: answer)) != nil,
                let value = answer.root.flatMap({ probe.dialect.result(in: $0) })
            {
                probe.deviations = operation.result.deviations(of: value)
                probe.result.put(value)
            }
            throw error
        }
    }
}
