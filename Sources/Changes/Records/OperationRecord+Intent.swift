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
        case .settings where tree == nil: return nil
        default: break
        }
        var intent = ChangeIntent(kind, identifier: identifier, item: item, user: user)
        intent.version = version
        intent.vm = vm
        intent.name = name
        intent.library = tree?["library"]?.string
        if kind.scope == .settings { intent.wanted = tree }
        intent.holder = holder
        intent.checkedOutBefore = checkedOutBefore
        intent.namedBefore = namedBefore
        intent.latestBefore = latestBefore
        intent.newestBefore = newestBefore
        intent.serverTime = serverTime
        return intent
    }

    /// Records the arguments of an operation, without secrets.
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - operation: The operation.
    ///   - isSecret: Whether a text is a secret although its name does not tell.
    mutating func pin(
        _ arguments: [Value],
        of operation: VSphere.Operation,
        hiding isSecret: (String) -> Bool
    ) {
        if operation.isLiteral, let request = arguments.first {
            // A body may hold anything: the journal gets only what tells it from another one.
            let text = JSONEncoder().encode(JSONValue(request).hiding(isSecret).sorted)
            specification = #"{"sha256":"\#(SHA256.hex(text.utf8))"}"#
        }
        let isSetting = operation.effect?.kind(action: nil)?.scope == .settings
        if isSetting { pin(all: arguments, of: operation, hiding: isSecret) }
        for (parameter, argument) in zip(operation.parameters, arguments) {
            switch parameter.name {
            case "item": item = argument.string ?? ""
            case "version": version = argument.string
            case "vm": vm = argument.string
            case "message": message = argument.string
            case "action": specification = #"{"action":"\#(argument.string ?? "")"}"#
            case "spec" where isSetting: pinNames(argument)
            case "spec":
                specification = JSONEncoder().encode(JSONValue(argument).hiding(isSecret))
                name = NamedPlace.name(in: argument).map {
                    OperationToken.name($0, marked: identifier)
                }
                pinNames(argument)
            default: break
            }
        }
    }

    /// Records all arguments by their names: what is set is compared with them afterwards.
    private mutating func pin(
        all arguments: [Value],
        of operation: VSphere.Operation,
        hiding isSecret: (String) -> Bool
    ) {
        let named = zip(operation.parameters, arguments).filter { !$0.1.isAbsent }
        let tree = JSONValue.object(named.map { .init($0.name, JSONValue($1)) }).hiding(isSecret)
        specification = JSONEncoder().encode(tree)
        // A tag of a machine is a matter of that machine.
        let object = tree["spec"]?["object_id"]
        if object?["type"]?.string == "VirtualMachine" { vm = object?["id"]?.string }
        if let object = object, let type = object["type"]?.string, let id = object["id"]?.string {
            subject += ", \(Display.escape(type)) \(Display.escape(id))"
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
        if effect?.consequences.contains(.purgesOthers) == true, let latest = state.latest {
            purges = state.versions.map(\.identifier).filter { $0 != latest && $0 != version }
        }
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
    /// - Parameter request: The call of the script; nil where only the journal is left of it.
    /// - Returns: The call.
    /// - Throws: For a call with a secret that only the script could give.
    func call(of request: Call? = nil) throws(VSphereError) -> Call {
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
                var tree = try tree(of: request)
                if let name {
                    if tree["name"] == nil, var inner = tree["deployment_spec"] {
                        inner["name"] = .string(name)
                        tree["deployment_spec"] = inner
                    } else {
                        tree["name"] = .string(name)
                    }
                }
                buffer.put(tree)
            default: break
            }
        }
        return try Call(operation, buffer.values)
    }

    /// The specification: the script's own, or what the journal has of it.
    private func tree(of request: Call?) throws(VSphereError) -> JSONValue {
        let place = request?.operation.parameters.firstIndex { $0.name == "spec" }
        if let place, let given = request?.argument(place) { return JSONValue(given) }
        guard let tree = try? JSONValue(parsing: specification ?? "{}") else {
            throw VSphereError(.usage, "the specification in the journal is damaged")
        }
        guard !tree.hidesSecret else {
            throw VSphereError(
                .usage,
                "it has a secret, which no journal keeps: it is not sent again from there"
            )
        }
        return tree
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
        case .done(let result, let later):
            let detail = later.map { Detail(.superseded, $0.version, by: $0.change) } ?? kind?.seen
            self.init(.done, result: result, detail: detail, time: time)
        case .conflict(let change):
            let detail = change.map { Detail(.versionMade, $0.version, by: $0) }
            self.init(.conflict, detail: detail ?? Detail(.used), time: time)
        case .checkedIn(let version, let change):
            self.init(.conflict, detail: Detail(.checkedIn, version, by: change), time: time)
        case .notSeen(let span):
            let detail = Detail(.notSeen, "\(span.components.seconds)")
            self.init(.notSeen, detail: detail, time: time)
        case .unknown(let reason):
            self.init(.unknown, detail: reason.detail, reply: reply, time: time)
        }
    }
}

extension ChangeIntent.Kind {
    /// The sentence for a change that was only seen to be done: it is so, whoever did it.
    fileprivate var seen: Detail? {
        switch self {
        case .deleteVersion, .deleteCheckOut, .deleteItem: Detail(.gone)
        case .deleteVM: Detail(.machineOrTemplateGone)
        case .powerOn, .powerOff, .suspend: power.map { Detail(.power, $0) }
        case .setHardware, .updateItem, .attachTag, .detachTag: Detail(.asWanted)
        case .deleteLibrary: Detail(.gone)
        case .rollback, .checkIn, .checkOut, .deploy, .createTemplate, .createLibrary: nil
        }
    }
}

extension OperationRecord {
    /// The known facts about its outcome, with the reply to the last request; nil for none.
    public var explanation: String? {
        guard let reply else { return detail?.sentence }
        return (detail?.sentence ?? "its outcome is not known") + " (the last attempt: \(reply))"
    }
}
