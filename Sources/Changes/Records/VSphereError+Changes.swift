public import Journal
public import JSON
internal import Text
internal import VSphere

extension VSphereError {
    /// The error of a change that did not succeed, with all known facts.
    init(_ record: OperationRecord, _ last: VSphereError?) {
        let detail = record.explanation ?? ""
        switch record.outcome {
        case .conflict:
            self.init(.conflict, "it did not happen, and cannot any more: \(detail)")
            hint = Self.conflictHint(record)
        case .notSeen:
            self.init(.timeout, "it is taken to be lost: \(detail)")
        default:
            let times = record.attempts == 1 ? "sent" : "sent \(record.attempts) times"
            self.init(
                .unknownOutcome,
                "\(times), and whether it happened is not known: \(detail)",
                outcome: .unknown,
                hint: record.wayOut
            )
            cause = last?.cause ?? last?.kind
            messages = last?.messages ?? []
        }
        status = last?.status
        operation = record.operation
        subject = record.subject
        vcenter = record.vcenter
        data = record.document
    }

    /// The refusal to discard a machine that was checked in before anything was sent.
    static func checkedIn(
        _ version: String,
        _ change: Observation.Change?,
        _ record: OperationRecord
    ) -> Self {
        Self(
            .conflict,
            "not sent: \(Detail(.checkedIn, version, by: change).sentence)",
            hint: conflictHint(record)
        )
    }

    private static func conflictHint(_ record: OperationRecord) -> String {
        let isDiscarding = record.operation == ChangeIntent.Kind.deleteCheckOut.rawValue
        let why = isDiscarding ? "what was done in the machine may be in the item now: " : ""
        return why + "look at listChanges(item) before deciding anew"
    }

    /// The reply to one attempt: kind, status and message, without the remarks made about every
    /// doubt.
    var reply: String {
        let kind = Display.escape((cause ?? self.kind).rawValue)
        return kind + (status.map { " (HTTP \($0))" } ?? "") + ": \(causeMessage ?? message)"
    }

    /// The refusal of a change while the outcome of an earlier one is unknown.
    static func blocked(by record: OperationRecord) -> Self {
        let thing =
            record.intent?.kind.scope == .name
            ? "name" : !record.item.isEmpty ? "item" : record.vm != nil ? "machine" : "object"
        var error = Self(
            .unknownOutcome,
            "not sent: an earlier \(record.operation) of this \(thing) (\(record.identifier)) is not "
                + "settled: \(record.explanation ?? "it is under way")",
            outcome: .unknown,
            hint: "run `vmoon reconcile \(record.identifier)`, or settle it with --resolve"
        )
        error.data = record.document
        return error
    }

    /// The refusal of `if_latest`.
    static func latestIsNot(_ expected: String, but latest: String?) -> Self {
        let shown = "\(Display.escape(expected)) but \(Display.escape(latest ?? ""))"
        return Self(
            .conflict,
            "the latest version is not \(shown)",
            hint: "somebody changed the item; look at listChanges(item)"
        )
    }
}

extension OperationRecord {
    /// Whether it may be sent again: the server carries out at most one of the requests.
    public var canBeSentAgain: Bool { intent?.kind.isFenced == true }

    /// The advice for an operation with an unknown outcome.
    public var wayOut: String {
        let command = "`vmoon reconcile \(identifier)"
        return intent == nil
            ? "look by hand, then \(command) --resolve done` or `not-applied`; never retry blindly"
            : "run \(command)`; never retry blindly"
    }

    /// All its fields, as an object; texts are unescaped.
    public var document: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { members.append(.init(name, .string(text))) }
        }
        func add(_ name: String, time: Int64?) {
            if let time { members.append(.init(name, .string(Timestamp.text(time)))) }
        }
        add("op_id", identifier)
        add("run_id", run)
        add("operation", operation)
        add("vcenter", vcenter)
        add("user", user)
        add("item", item)
        add("item_name", itemName)
        add("version", version)
        add("vm", vm)
        add("name", name)
        add("message", message)
        add("latest_before", latestBefore)
        add("newest_change_before", newestBefore)
        add("intended", time: intended)
        add("deadline", time: deadline)
        add("server_time", time: serverTime)
        members.append(.init("attempts", .integer(attempts)))
        add("outcome", outcome?.rawValue ?? "open")
        add("result", result)
        add("detail", detail?.sentence)
        add("detail_key", detail?.key)
        add("last_reply", reply)
        add("step", step)
        if let place { members.append(.init("place", .integer(place))) }
        add("settled", time: settled)
        return .object(members)
    }
}
