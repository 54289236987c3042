internal import JSON

/// Answers of a vCenter about one object, by operation, as an inventory has them: for what the model has no field.
///
/// Kept as text: a tree would take ten times the memory, and few of ten thousand machines are asked for.
struct Recorded: Sendable {
    private var text: [UInt8] = []

    /// Makes one without answers.
    init() {}

    /// Takes a document: answers by the names of operations; nil for none.
    init(_ document: JSONValue?) {
        if let document, document.members?.isEmpty == false {
            text = Array(JSONEncoder().encode(document).utf8)
        }
    }

    var isEmpty: Bool { text.isEmpty }

    /// All of it, for the inventory's document; nil for none.
    var document: JSONValue? { isEmpty ? nil : try? JSONParser().decode(text) }

    /// The answer of an operation; nil where none is there.
    subscript(operation: Operation) -> JSONValue? {
        isEmpty ? nil : document?[operation.rawValue]
    }

    /// Drops answers that a change has made untrue.
    mutating func forget(_ operations: Operation...) {
        guard var document else { return }
        for operation in operations { document[operation.rawValue] = nil }
        self = Recorded(document)
    }
}

/// Reads that the vCenter refused when its inventory was taken: they are refused again.
struct Refusals: Sendable {
    /// Why, and how it was said.
    struct Reason: Sendable {
        let kind: String
        let message: String
    }

    private var reasons: [String: [String: Reason]] = [:]

    var isEmpty: Bool { reasons.isEmpty }

    /// Adds refusals of an operation: of these objects, or of all if there are none.
    mutating func add(_ operation: String, of objects: [String], _ reason: Reason) {
        for object in objects.isEmpty ? [""] : objects {
            reasons[operation, default: [:]][object] = reason
        }
    }

    /// Why a read of these identifiers is refused, two being `item/version`; nil if it is not.
    func reason(_ operation: String, _ parameters: [String]) -> Reason? {
        guard !isEmpty, let found = reasons[operation] else { return nil }
        return found[parameters.joined(separator: "/")] ?? found[parameters.first ?? ""]
            ?? found[""]
    }

    /// The form in an inventory, in a fixed order.
    var document: JSONValue {
        var entries: [JSONValue] = []
        for (operation, found) in reasons.sorted(by: { $0.key < $1.key }) {
            var groups: [String: (reason: Reason, objects: [String])] = [:]
            for (object, reason) in found {
                let key = reason.kind + "\n" + reason.message + (object.isEmpty ? "\n" : "")
                groups[key, default: (reason, [])].objects.append(object)
            }
            for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
                var entry: JSONValue = [
                    "operation": .string(operation), "kind": .string(group.reason.kind),
                    "message": .string(group.reason.message),
                ]
                if group.objects != [""] {
                    entry["of"] = .array(group.objects.sorted().map { .string($0) })
                }
                entries.append(entry)
            }
        }
        return .array(entries)
    }
}

extension VAPIError {
    /// The error of a recorded refusal; a kind that no vCenter has (what came was not understood) is an internal error.
    init(_ reason: Refusals.Reason) {
        let kind = Kind(rawValue: reason.kind) ?? .internalServerError
        self.init(kind, "recorded.\(reason.kind)", reason.message)
    }
}
