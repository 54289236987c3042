internal import Buffers
public import Journal
internal import JSON
internal import Text
internal import VSphere

extension OperationRecord {
    /// The effect; nil for an operation that this version of vmoon does not have.
    private var effect: Effect? { VSphere.Operation.named(operation)?.effect }

    /// The part that decisions need; nil for an operation that cannot be observed.
    var intent: ChangeIntent? {
        let tree = specification.flatMap { try? JSONValue(parsing: $0) }
        guard let kind = effect?.kind(action: tree?["action"]?.string) else { return nil }
        switch kind.scope {
        case .item where item.isEmpty: return nil
        case .machine where vm == nil: return nil
        case .name where name == nil: return nil
        default: break
        }
        var intent = ChangeIntent(kind, identifier: identifier, item: item, user: user)
        intent.version = version
        intent.vm = vm
        intent.name = name
        intent.library = tree?["library"]?.string
        intent.holder = holder
        intent.checkedOutBefore = checkedOutBefore
        intent.namedBefore = namedBefore
        intent.latestBefore = latestBefore
        intent.newestBefore = newestBefore
        intent.serverTime = serverTime
        return intent
    }

    /// Records the arguments of an operation.
    mutating func pin(_ arguments: [Value], of operation: VSphere.Operation) {
        for (parameter, argument) in zip(operation.parameters, arguments) {
            switch parameter.name {
            case "item": item = argument.string ?? ""
            case "version": version = argument.string
            case "vm": vm = argument.string
            case "message": message = argument.string
            case "action": specification = #"{"action":"\#(argument.string ?? "")"}"#
            case "spec":
                let text = ByteBuffer()
                JSONEncoder().encode(argument, into: text)
                specification = text.text
                name = argument["name"]?.string.map {
                    OperationToken.name($0, marked: identifier)
                }
                pinNames(argument)
            default: break
            }
        }
    }

    /// Records names, for people who search by hand.
    private mutating func pinNames(_ specification: Value) {
        guard operation != ChangeIntent.Kind.checkOut.rawValue else { return }
        let names = ["name", "source_vm", "library"].compactMap { field in
            let text = field == "name" ? name : specification[field]?.string
            return text.map { "\(field) \(Display.escape($0))" }
        }
        subject = ([subject] + names).filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// Records the state of the item before anything was sent.
    mutating func pin(_ state: Observation.State, history: [Observation.Change]) {
        latestBefore = state.latest
        newestBefore = Reconciliation.newest(history)?.version
        switch effect?.kind(action: nil) {
        case .rollback, .deleteVersion:
            holder = state.versions.first { $0.identifier == version }?.template
        case .checkIn, .deleteCheckOut, .deleteVM:
            holder = vm.flatMap { state.checkOut(of: $0) }?.vm
        case .checkOut: checkedOutBefore = state.checkOuts.first?.vm
        default: break
        }
    }

    /// Whether the request contains our mark, so that it differs from the call of the script.
    var isMarked: Bool {
        guard let intent else { return false }
        return intent.kind.leavesMessage || intent.isNameMarked
    }

    /// The call to send, the same bytes every time, with our mark in its message or name.
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
                guard var tree = try? JSONValue(parsing: specification ?? "{}") else {
                    throw VSphereError(.usage, "the specification in the journal is damaged")
                }
                if let name { tree["name"] = .string(name) }
                buffer.put(tree)
            default: break
            }
        }
        return try Call(operation, buffer.values)
    }
}

extension Settlement {
    /// The settlement for a verdict.
    /// - Parameters:
    ///   - verdict: The verdict.
    ///   - kind: The kind of change; nil for one that leaves no trace that could be observed.
    ///   - reply: The reply to the last attempt, for a verdict that leaves it open.
    ///   - time: The time of the verdict.
    init(
        of verdict: ChangeVerdict,
        _ kind: ChangeIntent.Kind?,
        after reply: String?,
        time: Int64
    ) {
        switch verdict {
        case .done(let result, nil):
            self.init(.done, result: result, detail: kind?.seenLine, time: time)
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
        case .notSeen(let span):
            let seconds = span.components.seconds
            let shown =
                seconds % 3600 == 0
                ? "\(seconds / 3600)h" : SpanText.length(seconds: Double(seconds))
            let line = "not seen in \(shown), by the server's clock"
            self.init(.notSeen, detail: line, time: time)
        case .unknown(let reason):
            self.init(.unknown, detail: reason.explanation, reply: reply, time: time)
        }
    }
}

extension ChangeIntent.Kind {
    /// The line for a change that was only observed to be done: the state is so, whoever made it.
    fileprivate var seenLine: String? {
        switch self {
        case .deleteVersion, .deleteCheckOut: "it is gone, whoever did that"
        case .deleteVM: "the machine is gone, or a template by now, whoever did that"
        case .powerOn, .powerOff: power.map { "the machine is \($0), whoever did that" }
        case .rollback, .checkIn, .checkOut, .deploy, .createTemplate: nil
        }
    }
}

extension OperationRecord {
    /// The known facts about its outcome, with the reply to the last request; nil for none.
    public var explanation: String? {
        guard let reply else { return detail }
        return (detail ?? "its outcome is not known") + " (the last attempt: \(reply))"
    }
}

extension Observation.Change {
    /// The author and the time; safe to show.
    var byline: String {
        "by \(Display.escape(user ?? "an unknown user")) at \(Display.escape(time))"
    }
}
