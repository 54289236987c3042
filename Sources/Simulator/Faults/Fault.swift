/// A rule: the requests it hits, and the effect on them.
struct Fault: Sendable {
    /// The effects of a fault.
    enum Effect: Sendable, Equatable {
        case delay(milliseconds: Int)
        case status(Int, body: [UInt8], contentType: String, headers: [String: String])
        case error(VAPIError.Kind)
        case html503
        case redirect(location: String)
        case malformedJSON
        /// The body is cut, and the length header gives the shorter length.
        case truncate(bytes: Int)
        /// The length header gives more bytes than are sent.
        case wrongLength
        /// White space is added up to this size; nil: without limit.
        case oversize(bytes: Int?)
        case slowBody(bytesPerSecond: Int)
        case resetBeforeRequest
        case resetBeforeApply
        case resetAfterApply
        case resetMidBody
        case closeAfterBody
        case lateApply(milliseconds: Int)
        case expireSession
        /// As if the operation did not exist.
        case noRoute
        /// It is carried out, and nothing is answered: the connection stays open.
        case noAnswer
        /// Somebody else does something first; then it is carried out. Without an item it is done to the one that the
        /// request is about.
        case meanwhile(Deed, item: String?, user: String)

        /// Whether the request may be such that nothing happens to it: that is known only when it is carried out.
        var mayMiss: Bool {
            switch self {
            case .meanwhile, .expireSession: true
            default: false
            }
        }
    }

    var operation: String?
    var method: String?
    var path: Glob?
    /// The number of matching requests that still pass.
    var skip = 0
    /// The number of requests that are still hit; nil: all of them.
    var times: Int? = 1
    let effect: Effect

    /// Whether a request matches.
    ///
    /// An operation of the simulator's own is known by two names.
    func matches(
        operation: String?,
        indexName: String?,
        method: String,
        path: Substring
    ) -> Bool {
        if let wanted = self.operation, wanted != operation, wanted != indexName { return false }
        if let wanted = self.method, wanted != method { return false }
        return self.path?.matches(path) ?? true
    }
}

/// The faults that are set, in order; the first that matches applies.
struct FaultTable: Sendable {
    private(set) var faults: [Fault] = []

    mutating func add(_ fault: Fault) { faults.append(fault) }

    mutating func removeAll() { faults = [] }

    /// Counts a request, and returns the effect on it.
    ///
    /// Of several matching rules, those that still skip count the request and leave it to the next one.
    /// At the early stage only the head of the request is there: rules that need only the head apply then,
    /// and only then.
    mutating func take(
        operation: String?,
        indexName: String?,
        method: String,
        path: Substring,
        isEarly: Bool
    ) -> Fault.Effect? {
        guard !faults.isEmpty else { return nil }
        for index in faults.indices
        where (faults[index].effect == .resetBeforeRequest) == isEarly
            && faults[index].matches(
                operation: operation,
                indexName: indexName,
                method: method,
                path: path
            )
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
