/// A rule: which requests it hits, and what happens to them.
struct Fault: Sendable {
    /// The ways in which a request can go wrong.
    enum Effect: Sendable, Equatable {
        case delay(milliseconds: Int)
        case status(Int, body: [UInt8], contentType: String, headers: [String: String])
        case error(VAPIError.Kind)
        case html503
        case redirect(location: String)
        case malformedJSON
        /// The body is cut, and the length header says so.
        case truncate(bytes: Int)
        /// The length header promises more than comes.
        case wrongLength
        /// White space is added up to this size; nil: without end.
        case oversize(bytes: Int?)
        case slowBody(bytesPerSecond: Int)
        case resetBeforeRequest
        case resetBeforeApply
        case resetAfterApply
        case resetMidBody
        case closeAfterBody
        case lateApply(milliseconds: Int)
        case expireSession
        /// As if there were no such operation.
        case noRoute
    }

    var operation: String?
    var method: String?
    var path: Glob?
    /// How many matching requests still pass first.
    var skip = 0
    /// How many are still hit; nil: all of them.
    var times: Int? = 1
    let effect: Effect

    /// Whether it is about a request like this.
    func matches(operation: Operation?, method: String, path: Substring) -> Bool {
        if let wanted = self.operation, wanted != operation?.rawValue { return false }
        if let wanted = self.method, wanted != method { return false }
        return self.path?.matches(path) ?? true
    }
}

/// The faults that are set, in order; the first that matches is taken.
struct FaultTable: Sendable {
    private(set) var faults: [Fault] = []

    mutating func add(_ fault: Fault) { faults.append(fault) }

    mutating func removeAll() { faults = [] }

    /// Counts a request, and says what happens to it.
    ///
    /// Of several rules that match, those that still skip count it and let it pass on to the next.
    /// Early, only the head of the request is there: rules that need no more are asked then, and only
    /// then.
    mutating func take(
        operation: Operation?,
        method: String,
        path: Substring,
        isEarly: Bool
    ) -> Fault.Effect? {
        guard !faults.isEmpty else { return nil }
        for index in faults.indices
        where (faults[index].effect == .resetBeforeRequest) == isEarly
            && faults[index].matches(operation: operation, method: method, path: path)
        {
            if faults[index].skip > 0 {
                faults[index].skip -= 1
                continue
            }
            let effect = faults[index].effect
            if let times = faults[index].times {
                faults[index].times = times - 1
                if times <= 1 { faults.remove(at: index) }
            }
            return effect
        }
        return nil
    }
}
