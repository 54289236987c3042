/// The type of something that an operation is called with, as the specification names it.
indirect enum InputType: Sendable {
    case string
    /// A string that names an object; whether there is such an object is the operation's to say.
    case identifier
    case uri
    case integer
    case double
    case boolean
    /// Bytes, as Base64.
    case blob
    case enumeration(Enumeration)
    case list(InputType)
    /// A list in which nothing may stand twice.
    case set(InputType)
    /// By identifier: an array of `{key, value}` on `/rest`, an object on `/api`.
    case map(InputType)
    case structure(Structure)
    /// A structure of the index, read when it is needed: some hold themselves.
    case indexed(String)
    case optional(InputType)
    /// A structure of any kind.
    case dynamic
    /// Anything.
    case opaque

    /// The type of the elements of lists, sets and maps.
    var element: InputType? {
        switch self {
        case .list(let element), .set(let element), .map(let element): element
        default: nil
        }
    }

    /// In the words of the reference.
    var phrase: String {
        switch self {
        case .string: "string"
        case .identifier: "identifier"
        case .uri: "uri"
        case .integer: "integer"
        case .double: "double"
        case .boolean: "boolean"
        case .blob: "blob"
        case .enumeration(let enumeration): "enumeration \(enumeration.name)"
        case .list(let element): "list \(element.phrase)"
        case .set(let element): "set \(element.phrase)"
        case .map(let element): "map identifier \(element.phrase)"
        case .structure(let structure): "structure \(structure.name)"
        case .indexed(let name): "structure \(name)"
        case .optional(let type): "optional \(type.phrase)"
        case .dynamic: "dynamic"
        case .opaque: "opaque"
        }
    }
}

/// A member of a structure, or a parameter of an operation.
struct Member: Sendable {
    /// Whether it may be left out.
    enum Need: Sendable {
        case required
        case optional
        /// The schema allows to leave it out, the server does not: "This attribute is currently required."
        case currentlyRequired
    }

    let name: String
    let type: InputType
    let need: Need

    static func required(_ name: String, _ type: InputType) -> Member {
        Member(name: name, type: type, need: .required)
    }

    static func optional(_ name: String, _ type: InputType) -> Member {
        Member(name: name, type: type, need: .optional)
    }

    static func currentlyRequired(_ name: String, _ type: InputType) -> Member {
        Member(name: name, type: type, need: .currentlyRequired)
    }
}

/// Named values of a string.
struct Enumeration: Sendable {
    let name: String
    let values: [String]

    init(_ name: String, _ values: String...) {
        self.init(name: name, values: values)
    }

    init(name: String, values: [String]) {
        self.name = name
        self.values = values
    }
}

/// Named members.
///
/// A class, since every request refers to some and copies would cost more than the work.
final class Structure: Sendable {
    /// Members that go with one value of another member, and with no other value.
    struct Union: Sendable {
        let tag: String
        let value: String
        let member: String
        let isRequired: Bool
    }

    let name: String
    let members: [Member]
    let unions: [Union]

    init(_ name: String, unions: [Union] = [], _ members: [Member]) {
        self.name = name
        self.members = members
        self.unions = unions
    }

    /// The member of a name.
    subscript(_ name: String) -> Member? { members.first { $0.name == name } }
}
