internal import JSON
internal import Journal
internal import Text
internal import VSphere

extension VSphereError {
    /// The error of a step that is used wrongly.
    static func step(_ name: String, _ problem: String, hint: String? = nil) -> VSphereError {
        var error = VSphereError(.usage, problem, operation: "step", hint: hint)
        error.subject = Display.escape(bytes: Array(name.utf8), limit: 80)
        return error
    }

    /// The error of a step that does not repeat what it did.
    static func diverged(_ name: String, _ problem: String) -> VSphereError {
        var error = VSphereError(
            .diverged,
            problem,
            operation: "step",
            hint:
                "what was done stays done; what a step decides by may have changed since: read it in a step "
                + "of its own, which keeps it, or finish this one by hand"
        )
        error.subject = Display.escape(bytes: Array(name.utf8), limit: 80)
        return error
    }

    /// The error of a change at a place where another one was made.
    static func diverged(_ asked: OperationRecord, from known: OperationRecord) -> VSphereError {
        let before = "\(known.operation) (\(known.plainSubject))"
        let now = "\(asked.operation) (\(asked.plainSubject))"
        let same =
            known.vcenter == asked.vcenter
            ? "with other arguments" : "at another vCenter, \(Display.escape(known.vcenter))"
        let difference = before == now ? same : "where now \(now) is asked for"
        return diverged(
            asked.step ?? "",
            "not sent: change \(asked.place ?? 0) of the step was \(before) before, \(difference)"
        )
    }

    /// The error of a change that a person closed as done, without what it made: the step cannot go on without that, and
    /// a script that asks again would make it twice.
    static func resultUnknown(_ record: OperationRecord) -> VSphereError {
        var error = VSphereError(
            .diverged,
            "not made again: it was closed by hand as done, and what it made is not in the journal",
            hint:
                "finish this step by hand and take it out of the script; resume --accept-changes goes on"
        )
        error.data = record.document
        return error
    }

    /// The error of a change that counts as lost, and may have been made all the same.
    static func givenUp(_ record: OperationRecord) -> VSphereError {
        var error = VSphereError(
            .unknownOutcome,
            "not made again: \(record.explanation ?? "it was not seen"), and others may have undone it before",
            outcome: .unknown,
            hint:
                "look, then `vmoon reconcile \(record.identifier) --resolve not-applied`, and the next resume "
                + "makes it; or `--resolve done`"
        )
        error.data = record.document
        return error
    }

    /// The error of a change that was stopped before it was sent.
    static var cancelled: VSphereError { VSphereError(.cancelled, "cancelled") }

    /// The form that the journal keeps, so that a script can get the same error again.
    var kept: String {
        var members: [JSONValue.Member] = [
            .init("kind", .string(kind.rawValue)), .init("message", .string(message)),
            .init("outcome", .string(outcome.rawValue)),
        ]
        if !subject.isEmpty { members.append(.init("subject", .string(subject))) }
        if let status { members.append(.init("status", .integer(status))) }
        if let hint { members.append(.init("hint", .string(hint))) }
        if let type { members.append(.init("type", .string(type))) }
        if !messages.isEmpty {
            members.append(
                .init(
                    "messages",
                    .array(messages.map { [.string($0.id), .string($0.defaultMessage)] })
                )
            )
        }
        return JSONEncoder().encode(.object(members))
    }

    /// The error that a script got for a change in an earlier run.
    init(keptIn record: OperationRecord) {
        let tree = record.error.flatMap { try? JSONValue(parsing: $0) }
        self.init(
            ErrorKind(rawValue: tree?["kind"]?.string ?? Self.usualKind(record.outcome).rawValue),
            tree?["message"]?.string ?? record.explanation ?? "it was refused in an earlier run",
            status: tree?["status"]?.integer,
            outcome: tree?["outcome"]?.string.flatMap(Outcome.init) ?? .rejected,
            hint: tree?["hint"]?.string
        )
        type = tree?["type"]?.string
        // The name in it may have had another mark than it would have now.
        subject = tree?["subject"]?.string ?? record.subject
        messages = (tree?["messages"]?.array ?? []).map { message in
            Message(
                id: message.array?.first?.string ?? "",
                defaultMessage: message.array?.last?.string ?? ""
            )
        }
        // A doubt that is settled is none any more.
        if outcome == .unknown {
            kind = Self.usualKind(record.outcome)
            message = record.explanation ?? message
            outcome = .rejected
        }
    }

    private static func usualKind(_ outcome: OperationRecord.Outcome?) -> ErrorKind {
        switch outcome {
        case .conflict, .resolvedNotApplied: .conflict
        case .notSeen: .timeout
        default: .error
        }
    }
}

extension OperationRecord {
    /// Its subject without its own mark, which is another one in each run, and without the name of its item, which
    /// only a run that has looked knows.
    fileprivate var plainSubject: String {
        let id = Display.escape(bytes: Array(item.utf8), limit: 80)
        let named = itemName.map { "item \(Display.name($0)) (\(id))" } ?? ""
        var text = subject
        if !named.isEmpty, text.hasPrefix(named) {
            text = "item \(id)" + text.dropFirst(named.count)
        }
        return text.replacing(identifier.prefix(8), with: OperationToken.placeholder)
    }
}
