internal import Buffers
internal import JSON
internal import Journal
internal import VSphere

extension OperationRecord {
    /// What decisions need of it; nil for an operation that cannot be observed.
    var intent: ChangeIntent? {
        guard let kind = ChangeIntent.Kind(rawValue: operation), !item.isEmpty else { return nil }
        var intent = ChangeIntent(kind, identifier: identifier, item: item, user: user)
        intent.version = version
        intent.vm = vm
        intent.name = name
        intent.holder = holder
        intent.checkedOutBefore = checkedOutBefore
        intent.latestBefore = latestBefore
        intent.newestBefore = newestBefore
        return intent
    }

    /// What is to be seen of a change of a machine; nil for an operation that leaves nothing to be
    /// seen, or that `intent` is for.
    var goal: MachineGoal? {
        let action = specification.flatMap { try? JSONValue(parsing: $0) }?["action"]?.string
        return MachineGoal(operation: operation, action: action)
    }

    /// Takes over what the arguments of an operation say.
    mutating func pin(_ arguments: [Value], of operation: VSphere.Operation) {
        for (parameter, argument) in zip(operation.parameters, arguments) {
            switch parameter.name {
            case "item": item = argument.string ?? ""
            case "version": version = argument.string
            case "vm": vm = argument.string
            case "message": message = argument.string
            case "action": specification = #"{"action":"\#(argument.string ?? "")"}"#
            case "spec" where ChangeIntent.Kind(rawValue: operation.name) == .checkOut:
                name = argument["name"]?.string
                let text = ByteBuffer()
                JSONEncoder().encode(argument, into: text)
                specification = text.text
            case "spec": pinNames(argument)
            default: break
            }
        }
    }

    /// Keeps what people look for by hand: nothing else tells what was made.
    private mutating func pinNames(_ specification: Value) {
        name = specification["name"]?.string
        let names = ["name", "source_vm", "library"].compactMap { field in
            specification[field]?.string.map { "\(field) \(Display.escape($0))" }
        }
        subject = ([subject] + names).filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// Takes over what was read of the item before anything was sent.
    mutating func pin(_ state: Observation.State, history: [Observation.Change]) {
        latestBefore = state.latest
        newestBefore = Reconciliation.newest(history)?.version
        switch ChangeIntent.Kind(rawValue: operation) {
        case .rollback, .deleteVersion:
            holder = state.versions.first { $0.identifier == version }?.template
        case .checkIn, .deleteCheckOut: holder = state.checkOuts.first { $0.vm == vm }?.vm
        case .checkOut: checkedOutBefore = state.checkOuts.first?.vm
        case nil: break
        }
    }

    /// The call that does it, the same bytes every time, with our mark in its message.
    func call() throws(VSphereError) -> Call {
        guard let operation = VSphere.Operation.named(operation) else {
            throw VSphereError(.usage, "there is no operation \(Display.escape(self.operation))")
        }
        let buffer = ValueBuffer()
        for parameter in operation.parameters {
            switch parameter.name {
            case "item": buffer.put(item)
            case "version": buffer.put(version ?? "")
            case "vm": buffer.put(vm ?? "")
            case "message":
                buffer.put(OperationToken.message(message ?? "", marked: identifier))
            case "spec":
                guard let tree = try? JSONValue(parsing: specification ?? "{}") else {
                    throw VSphereError(.usage, "the specification in the journal is damaged")
                }
                buffer.put(tree)
            default: break
            }
        }
        return try Call(operation, buffer.values)
    }
}

extension Settlement {
    /// What the journal says of a verdict.
    /// - Parameters:
    ///   - verdict: The verdict.
    ///   - reply: What came back of the last attempt, for a verdict that leaves it open.
    ///   - time: When it was known.
    init(of verdict: ChangeVerdict, after reply: String?, time: Int64) {
        switch verdict {
        case .done(let result, nil): self.init(.done, result: result, time: time)
        case .done(let result, let later?):
            let line = "superseded by version \(Display.escape(later.version))"
            self.init(
                .done,
                result: result,
                detail: line + (later.change.map { ", made \($0.byline)" } ?? ""),
                time: time
            )
        case .conflict(let change):
            let line = change.map { "version \(Display.escape($0.version)) was made \($0.byline)" }
            self.init(.conflict, detail: line ?? "somebody else used its target", time: time)
        case .checkedIn(let version, let change):
            let line = VSphereError.checkedInLine(version, change)
            self.init(.conflict, detail: line, time: time)
        case .notApplied: self.init(.notApplied, time: time)
        case .unknown(let reason):
            let cause = reply.map { Self.replyMark + $0 + ")" }
            self.init(.unknown, detail: reason.explanation + (cause ?? ""), time: time)
        }
    }
}

extension Settlement {
    /// What stands before the reply in a detail.
    fileprivate static let replyMark = " (the last attempt: "
}

extension OperationRecord {
    /// What came back of the last attempt, where the detail says it.
    var reply: String? {
        guard let detail, let mark = detail.firstRange(of: Settlement.replyMark) else { return nil }
        return String(detail[mark.upperBound...].dropLast())
    }
}

extension Observation.Change {
    /// By whom and when; safe to show.
    var byline: String {
        "by \(Display.escape(user ?? "an unknown user")) at \(Display.escape(time))"
    }
}
