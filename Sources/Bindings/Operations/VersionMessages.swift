internal import Buffers
internal import Changes
internal import JSON
internal import VSphere

/// The messages of versions as scripts get them: what a person wrote, apart from the mark of the operation.
extension ValueBuffer {
    /// Takes the marks out of the messages in an answer, and gives each as `op_id`.
    func separateMarks() {
        guard let root else { return }
        let answer = JSONValue(root)
        clear()
        put(answer.withMarksApart)
    }
}

extension JSONValue {
    /// An entry of a history, or a list of them.
    var withMarksApart: JSONValue {
        switch self {
        case .array(let entries): return .array(entries.map(\.withMarksApart))
        case .object(var members):
            for (place, member) in members.enumerated()
            where member.name == "message" || member.name == "short_message" {
                guard let message = member.value.string else { continue }
                let (identifier, text) = OperationToken.split(message)
                guard let identifier else { continue }
                members[place].value = .string(text)
                members.append(.init("op_id", .string(identifier)))
            }
            return .object(members)
        default: return self
        }
    }
}

extension VSphere.Operation {
    /// Whether its answer has messages of versions.
    var givesMessages: Bool {
        self === VSphere.Operation.listChanges || self === VSphere.Operation.getChange
    }
}
