public import APIIndex
public import Transport
internal import Synchronization

/// The description of one vCenter operation: static data, one value for each.
///
/// A class, because every call refers to its operation and sharing costs one reference count.
public final class Operation: Sendable {
    /// One argument.
    public struct Parameter: Sendable {
        /// The use of an argument in the request.
        enum Use: Sendable {
            /// Into the path, in place of the placeholder with the parameter's name.
            case path
            /// One of these words, as the action.
            case action([String])
            /// Into the query under this name.
            case query(String)
            /// Its fields go into the query; they belong to the method parameter of this name, if any.
            case fields(of: String?)
            /// It is the body: the method parameter of this name, if any.
            case specification(Shape, as: String? = "spec")
            /// It has the parameters of an operation of the whole API, by name.
            case arguments(of: APIOperation)
            /// It is the field of the specification that has the parameter's name.
            case text
        }

        /// The name, as in messages and documentation.
        public let name: String
        /// Whether it may be left out.
        public let isOptional: Bool
        let use: Use

        init(_ name: String, _ use: Use, isOptional: Bool = false) {
            self.name = name
            self.use = use
            self.isOptional = isOptional
        }

        /// Whether it is an identifier, so that an object with an identifier is accepted too.
        public var isIdentifier: Bool {
            switch use {
            case .path, .query: true
            default: false
            }
        }

        /// Whether it is a table: a specification or a filter.
        public var isTable: Bool {
            switch use {
            case .fields, .specification, .arguments: true
            default: false
            }
        }

        /// Whether it is the filter of a list.
        public var isFilter: Bool { if case .fields = use { true } else { false } }

        var isInQuery: Bool {
            switch use {
            case .query, .fields: true
            case .path, .action, .specification, .arguments, .text: false
            }
        }

        var isInBody: Bool {
            switch use {
            case .specification, .arguments, .text: true
            case .path, .action, .query, .fields: false
            }
        }

        /// The allowed words; empty for any text.
        public var choices: [String] { if case .action(let words) = use { words } else { [] } }

        /// The required shape of its value.
        public var shape: Shape {
            switch use {
            case .path, .query, .action: .identifier
            case .text: .string
            case .fields: .record([])
            case .specification(let shape, _): shape
            case .arguments: .any
            }
        }
    }

    /// Its name in JSON-RPC, and those of its parameters.
    struct RemoteName: Sendable {
        /// Stands for all fields of a specification: they are parameters of their own.
        static let fields = "*"

        private let name: String
        /// The names, in the order of ours: `spec.message` is a field of one, an empty one is not sent.
        let keys: [String]

        /// Names it: an asterisk in the name stands for what the operation lets choose.
        init(_ name: String, _ keys: String...) {
            self.name = name
            self.keys = keys
        }

        /// The full name for a choice.
        func name(choosing word: String) -> String {
            guard let place = name.firstIndex(of: "*") else { return name }
            return name[..<place] + word + name[name.index(after: place)...]
        }
    }

    /// An answer that says itself whether something was made, and what.
    struct Report: Sendable {
        /// The shape of the answer.
        let shape: Shape
        /// The field that is true where it was made.
        let success: String
        /// The way to the identifier of what was made.
        let result: [String]
    }

    /// The name in Lua, such as `getCheckOut`.
    public let name: String
    /// The HTTP method.
    public let method: Transport.Method
    /// The arguments, in order.
    public let parameters: [Parameter]
    /// The promised shape of the answer.
    public let result: Shape
    /// Set where the result is one part of the answer.
    let report: Report?
    /// The promised shape of the answer on the wire.
    var answer: Shape { report?.shape ?? result }
    /// Whether the answer may contain no result, which is then nil.
    public let mayGiveNothing: Bool
    /// Whether it changes something: it is then sent at most once, on a new connection, and has
    /// the time limit for operations.
    public var isChanging: Bool { effect != nil }
    /// Its effect; nil for an operation that only reads.
    public let effect: Effect?
    /// The privilege it needs beyond `System.Read`, for the hint of a refusal.
    public let privilege: String?
    /// Its name in JSON-RPC; nil for one of the whole API, and for a path.
    let remote: RemoteName?
    /// Its facts, where it is one of the whole API: it is then called by JSON-RPC, whatever the session's dialect.
    public let facts: APIOperation?
    /// Whether the caller gave the path in full, and the answer may have any shape.
    public let isLiteral: Bool
    /// The index of the parameter that goes into the query; at most one does.
    let queryParameter: Int?
    /// The index of the parameter that makes the body; at most one does.
    let bodyParameter: Int?
    /// Whether it takes a specification or a filter, with fields of its own.
    var takesFields: Bool { !isLiteral && parameters.contains(where: \.isTable) }
    /// Whether it is one of the services for content libraries.
    var isAboutLibraries: Bool { template.family == .contentLibrary }
    private let template: (path: String, family: Dialect.Family, action: Dialect.Action?)
    /// Not an `AtomicLazyReference`: that looks its type up at run time, in each call.
    private let paths = Mutex<Paths?>(nil)

    init(
        _ name: String,
        _ method: Transport.Method,
        _ path: String,
        in family: Dialect.Family,
        action: Dialect.Action? = nil,
        as remote: RemoteName? = nil,
        _ parameters: [Parameter] = [],
        returns result: Shape,
        reportedBy report: Report? = nil,
        mayGiveNothing: Bool = false,
        effect: Effect? = nil,
        privilege: String? = nil,
        facts: APIOperation? = nil
    ) {
        self.name = name
        self.method = method
        self.parameters = parameters
        self.result = result
        self.report = report
        self.mayGiveNothing = mayGiveNothing
        self.effect = effect
        self.privilege = privilege
        self.remote = remote
        self.facts = facts
        isLiteral = family == .literal
        queryParameter = parameters.firstIndex(where: \.isInQuery)
        bodyParameter = parameters.firstIndex(where: \.isInBody)
        template = (path, family, action)
    }

    /// The pieces of the path in a dialect.
    ///
    /// Made at the first call of the operation: most runs use few operations.
    func path(in dialect: Dialect) -> [Dialect.Piece] {
        let paths = paths.withLock { known in
            if let known { return known }
            let made = Paths(template, parameters.map(\.name))
            known = made
            return made
        }
        return dialect == .rest ? paths.rest : paths.api
    }

    private final class Paths: Sendable {
        let rest: [Dialect.Piece]
        let api: [Dialect.Piece]

        init(
            _ template: (path: String, family: Dialect.Family, action: Dialect.Action?),
            _ names: [String]
        ) {
            func pieces(_ dialect: Dialect) -> [Dialect.Piece] {
                let (path, family, action) = template
                return dialect.pieces(path, in: family, action: action, arguments: names)
            }
            rest = pieces(.rest)
            api = pieces(.api)
        }
    }

    /// Tells whether the path has a query of its own, the action.
    func hasQuery(in dialect: Dialect) -> Bool {
        path(in: dialect).contains { piece in
            if case .text(let text) = piece { text.utf8.contains(UInt8(ascii: "?")) } else { false }
        }
    }

    /// Every operation, in the order of the documentation.
    public static let all: [Operation] = groups.flatMap { $0() }

    private static let groups: [@Sendable () -> [Operation]] = [
        { checkOuts }, { versions }, { templates }, { packages }, { changes }, { libraries },
        { libraryItems }, { publications }, { virtualMachines }, { guests }, { hardware },
        { customizations }, { placements }, { tags }, { tasks },
    ]

    /// The operation with a name; nil if there is none.
    public static func named(_ name: String) -> Operation? {
        // Most runs need few: the groups after its own are not made.
        for group in groups {
            if let found = group().first(where: { $0.name == name }) { return found }
        }
        return nil
    }
}

extension Operation.Parameter {
    /// The VM template item that most operations are about.
    static let item = Self("item", .path)
    /// A virtual machine.
    static let vm = Self("vm", .path)
    /// A version of an item.
    static let version = Self("version", .path)
    /// The reason for a change; kept in the history of the item.
    static let message = Self("message", .text)
    /// The filter of a list.
    static let filter = Self("filter", .fields(of: "filter"), isOptional: true)
}
