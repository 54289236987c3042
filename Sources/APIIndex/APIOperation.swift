/// A parameter of an operation, or a member of a structure.
public struct APIField: Sendable, Equatable {
    /// Its name on the wire.
    public let name: String
    /// The type of its value.
    public let type: APIType

    /// Whether it must be there.
    public var isRequired: Bool { !type.isOptional }

    /// Reads `name=TYPE`; nil for a word that is no field.
    init?(_ word: Substring) {
        guard word.first != "|", let sign = word.firstIndex(of: "="),
            let type = APIType(word[word.index(after: sign)...])
        else { return nil }
        name = String(word[..<sign])
        self.type = type
    }
}

/// An operation of the Automation API.
public final class APIOperation: Sendable {
    /// Whether an operation is one of vCenter's tasks.
    public enum Tasking: Sendable, Equatable { case never, also, only }

    /// Privileges that the documentation names.
    public struct Need: Sendable, Equatable {
        /// The parameter, or `structure.field`, that names the object; nil for the call itself.
        public let place: String?
        /// The types of that object.
        public let types: [String]
        /// Their names, such as `ContentLibrary.CheckInTemplate`.
        public let privileges: [String]
    }

    /// The service, such as `vcenter.network`.
    public let service: String
    /// Its name on the wire, such as `list` or `clone$task`.
    public let name: String
    /// Its parameters, sorted by name.
    public let parameters: [APIField]
    /// How some parameters depend on one.
    public let unions: [APIUnion]
    /// The type of its result.
    public let result: APIType
    /// The declared errors: `not_found`; in full where they are not of `vapi.std.errors`.
    public let errors: [String]
    /// Whether it is one of vCenter's tasks.
    public let tasking: Tasking
    /// The release that brought it, such as `6.7.1`; nil where that is not documented.
    public let since: String?
    /// The method of its REST form; nil where it has none.
    public let method: String?
    /// The path of its REST form, `/vcenter/vm/{}`, perhaps with an action.
    let path: String?
    /// The privileges that are documented.
    public let needs: [Need]

    /// The identifiers on the wire begin with this.
    public static let prefix = "com.vmware."
    /// The service's identifier on the wire.
    public let wireService: String
    /// Its name in scripts: `_task` instead of `$task`.
    public var spelling: String { Self.spelling(of: name[...]) }
    /// Its name in scripts, with its service.
    public var fullName: String { service + "." + spelling }

    static func spelling(of name: Substring) -> String {
        String(name.map { $0 == "$" ? "_" : $0 })
    }

    /// Reads a line of the index, without its letter.
    init(_ line: String) {
        let words = line.split(separator: " ")
        let dot = words[0].lastIndex(of: ".") ?? words[0].startIndex
        service = String(words[0][..<dot])
        wireService = Self.prefix + words[0][..<dot]
        name = String(words[0][words[0].index(after: dot)...])
        var parameters: [APIField] = []
        var unions: [APIUnion] = []
        var result = APIType.void
        var errors: [String] = []
        var tasking = Tasking.never
        var since: String?
        var method: String?
        var path: String?
        var needs: [Need] = []
        for word in words.dropFirst() {
            let rest = word.dropFirst()
            switch word.first {
            case ">": result = APIType(rest) ?? .opaque
            case "!": errors = rest.split(separator: ",").map(String.init)
            case "~": tasking = rest.isEmpty ? .also : .only
            case "+": since = String(rest)
            case "/":
                method = String(rest.prefix { $0 != "/" })
                path = String(rest.drop { $0 != "/" })
            case "%": needs.append(Need(rest))
            case "|": unions.append(APIUnion(rest))
            default: if let field = APIField(word) { parameters.append(field) }
            }
        }
        self.parameters = parameters
        self.unions = unions
        self.result = result
        self.errors = errors
        self.tasking = tasking
        self.since = since
        self.method = method
        self.path = path
        self.needs = needs
    }
}

extension APIOperation.Need {
    /// Reads `A&B` or `place=Type|Type:A&B`.
    fileprivate init(_ text: Substring) {
        let parts = text.split(separator: "=", maxSplits: 1)
        let object = parts.count == 2 ? parts[1].split(separator: ":", maxSplits: 1) : []
        place = parts.count == 2 ? String(parts[0]) : nil
        types = object.first?.split(separator: "|").map(String.init) ?? []
        privileges = (object.last ?? text).split(separator: "&").map(String.init)
    }
}
