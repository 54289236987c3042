internal import Buffers
internal import JSON

/// The inventory that is being put together: each object as a text, since ten thousand of them as trees would take ten
/// times the memory.
struct SnapshotDocument {
    /// The text of one object.
    typealias Piece = [UInt8]

    /// A library without its items, and these.
    struct Library {
        var head: JSONValue
        var items: [Piece]
    }

    /// Reads that were refused, by operation, kind and message.
    struct Refusal: Hashable {
        let operation: String
        let kind: String
        let message: String
    }

    var libraries: [Library] = []
    var machines: [Piece] = []
    var placements: [Piece] = []
    var categories: [Piece] = []
    var tags: [Piece] = []
    var tasks: [Piece] = []
    var release: JSONValue?
    private(set) var refused: [Refusal: [String]] = [:]

    /// The beginning of a file that a snapshot wrote, and that another one may replace.
    static let beginning = #"{"made_by":"vmoon snapshot""#

    static func piece(_ value: JSONValue) -> Piece {
        let out = ByteBuffer()
        JSONEncoder().encode(value, into: out)
        return out.bytes
    }

    /// Notes that a read was refused.
    mutating func refuse(
        _ operation: String,
        of subject: [String],
        _ kind: String,
        _ message: String
    ) {
        // A message that names the object would make a group of each.
        let words = subject.reduce(message) { $0.replacing($1, with: "…") }
        let refusal = Refusal(operation: operation, kind: kind, message: words)
        refused[refusal, default: []].append(subject.joined(separator: "/"))
    }

    /// The refused reads, in a fixed order.
    var refusals: [(refusal: Refusal, objects: [String])] {
        refused.map { ($0, $1.filter { !$0.isEmpty }.sorted()) }.sorted {
            ($0.0.operation, $0.0.kind, $0.0.message) < ($1.0.operation, $1.0.kind, $1.0.message)
        }
    }

    /// The text of the document: one object on a line, each masked if there is a mask.
    func write(_ mask: ((JSONValue) -> JSONValue)?) -> [UInt8] {
        let out = ByteBuffer()
        func put(_ piece: Piece) {
            if let mask, let value = try? JSONParser().decode(piece) {
                JSONEncoder().encode(mask(value), into: out)
            } else {
                out.append(piece)
            }
        }
        func list(_ name: String, _ pieces: [Piece]) {
            out.append(",\n\"\(name)\":[")
            for (index, piece) in pieces.enumerated() {
                out.append(index == 0 ? "\n" : ",\n")
                put(piece)
            }
            out.append("]")
        }
        out.append(Self.beginning)
        if let release {
            let answers: JSONValue = ["answers": ["getRelease": release]]
            out.append(",\n\"answers\":")
            JSONEncoder().encode((mask?(answers) ?? answers)["answers"] ?? .null, into: out)
        }
        list("placements", placements)
        out.append(",\n\"libraries\":[")
        for (index, library) in libraries.enumerated() {
            out.append(index == 0 ? "\n" : ",\n")
            let head = mask?(library.head) ?? library.head
            let text = JSONEncoder().encode(head)
            out.append(String(text.dropLast()))
            out.append(",\"items\":[")
            for (index, item) in library.items.enumerated() {
                out.append(index == 0 ? "\n" : ",\n")
                put(item)
            }
            out.append("]}")
        }
        out.append("]")
        list("machines", machines)
        list("tag_categories", categories)
        list("tags", tags)
        if !tasks.isEmpty { list("tasks", tasks) }
        if !refused.isEmpty { list("refused", refusals.map { Self.piece(Self.entry($0)) }) }
        out.append("}\n")
        return out.bytes
    }

    private static func entry(_ found: (refusal: Refusal, objects: [String])) -> JSONValue {
        var entry: JSONValue = [
            "operation": .string(found.refusal.operation), "kind": .string(found.refusal.kind),
            "message": .string(found.refusal.message),
        ]
        if !found.objects.isEmpty { entry["of"] = .array(found.objects.map { .string($0) }) }
        return entry
    }
}

extension JSONValue {
    /// An object of the members that are there.
    static func members(_ pairs: [(String, JSONValue?)]) -> JSONValue {
        .object(pairs.compactMap { name, value in value.map { Member(name, $0) } })
    }

    /// A recorded answer: in a fixed order, and without passwords.
    var recorded: JSONValue { withoutPasswords.sorted }

    private var withoutPasswords: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.withoutPasswords))
        case .object(let members):
            .object(
                members.filter { !["password", "current_password"].contains($0.name) }
                    .map { Member($0.name, $0.value.withoutPasswords) }
            )
        default: self
        }
    }

    /// The text of a member.
    func text(_ name: String) -> String? { self[name]?.string }

    /// A member that is an integer, or absent.
    func number(_ name: String) -> JSONValue? { self[name]?.integer.map { .integer($0) } }
}
