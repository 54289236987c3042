internal import JSON

/// A request as the simulator's record has it.
struct SeenRequest: Equatable, Sendable {
    /// The vCenter that the simulator stands for.
    var vcenter = ""
    var number = 0
    /// Nil for one that is no operation.
    var operation: String?
    var isChanging = false
    /// Whether it has changed something.
    var isApplied = false
    /// Nil where nothing was answered.
    var status: Int?
    /// The fault that has hit it.
    var fault: String?
    /// Path, query, and body in one text: the mark of a change is in there.
    var text = ""
    /// The names in it: the parts of its path, the values of its query, the texts of its body.
    var words: Set<String> = []
    /// The parts of its path; for JSON-RPC the texts among its arguments.
    var path: [String] = []
    /// Whether it came as JSON-RPC: what it asks for is in its body.
    var isRemote = false

    /// What it is, as far as it decides about what it can meet.
    var kind: RehearsalFault.Kind {
        switch operation {
        case "createSession": .logIn
        case "deleteSession": .logOut
        default: isChanging ? .change : .read
        }
    }

    /// The objects that it names, as states have them.
    var objects: [TwinState.Key] { path.map { TwinState.Key(vcenter: vcenter, id: $0) } }

    /// Whether it names something.
    func names(_ word: String) -> Bool { !word.isEmpty && words.contains(word) }
}

extension SeenRequest {
    /// Reads an entry of the record.
    init(_ entry: JSONValue, at vcenter: String) {
        self.vcenter = vcenter
        number = entry["n"]?.integer ?? 0
        operation = entry["operation"]?.string
        isChanging = entry["changing"]?.boolean ?? false
        isApplied = entry["applied"]?.boolean ?? false
        status = entry["status"]?.integer
        fault = entry["fault"]?.string
        let path = entry["path"]?.string ?? ""
        self.path = path.split(separator: "/").map { segment in
            String(segment.hasPrefix("id:") ? segment.dropFirst(3) : segment)
        }
        if let arguments = entry["arguments"] {
            isRemote = true
            self.path = arguments.texts
        }
        let body = entry["body"]?.string.flatMap { try? JSONValue(parsing: $0) }
        words = Set(self.path + (body?.texts ?? []))
        for pair in (entry["query"]?.string ?? "").split(separator: "&") {
            words.insert(String(pair.drop { $0 != "=" }.dropFirst()))
        }
        let rest = [entry["query"]?.string, entry["body"]?.string].compactMap { $0 }
        text = ([path] + rest).joined(separator: "\n")
    }

    /// Reads the whole record of a simulator.
    static func all(_ record: JSONValue, at vcenter: String) -> [SeenRequest] {
        record["requests"]?.array?.map { SeenRequest($0, at: vcenter) } ?? []
    }
}

extension JSONValue {
    /// All texts in it.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let list): list.flatMap(\.texts)
        case .object(let members): members.flatMap(\.value.texts)
        default: []
        }
    }
}
