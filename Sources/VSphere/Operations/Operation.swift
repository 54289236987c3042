public import Transport
internal import Synchronization

/// What vmoon knows about one operation of vCenter's: static data, one value for each.
///
/// A class, because a call carries its operation along and sharing costs one reference count.
public final class Operation: Sendable {
    /// One argument.
    public struct Parameter: Sendable {
        /// Where an argument goes.
        enum Use: Sendable {
            /// Into the path, where the placeholder of this name stands.
            case path
            /// One of these words, as the action.
            case action([String])
            /// Into the query under this name.
            case query(String)
            /// Its fields go into the query; they belong to the method parameter of this name, if to any.
            case fields(of: String?)
            /// It is the body: the method parameter of this name, if of any.
            case specification(Shape, as: String? = "spec")
            /// It is the field of the specification that has the parameter's name.
            case text
        }

        /// The name, as messages and documentation have it.
        public let name: String
        /// Whether it may be left out.
        public let isOptional: Bool
        let use: Use

        init(_ name: String, _ use: Use, isOptional: Bool = false) {
            self.name = name
            self.use = use
            self.isOptional = isOptional
        }

        /// Whether it is an identifier, so that an object that has one may stand for it.
        public var isIdentifier: Bool {
            switch use {
            case .path, .query: true
            default: false
            }
        }

        /// Whether it is a table: a specification or a filter.
        public var isTable: Bool {
            switch use {
            case .fields, .specification: true
            default: false
            }
        }

        /// Whether it is what a list is narrowed by.
        public var isFilter: Bool { if case .fields = use { true } else { false } }

        var isInQuery: Bool {
            switch use {
            case .query, .fields: true
            case .path, .action, .specification, .text: false
            }
        }

        var isInBody: Bool {
            switch use {
            case .specification, .text: true
            case .path, .action, .query, .fields: false
            }
        }

        /// The words it may be; empty for any text.
        public var choices: [String] { if case .action(let words) = use { words } else { [] } }

        /// What its value must look like.
        public var shape: Shape {
            switch use {
            case .path, .query, .action: .identifier
            case .text: .string
            case .fields: .record([])
            case .specification(let shape, _): shape
            }
        }
    }

    /// The name scripts know it by, such as `getCheckOut`.
    public let name: String
    /// The method on the wire.
    public let method: Transport.Method
    /// The arguments, in order.
    public let parameters: [Parameter]
    /// What the answer promises.
    public let result: Shape
    /// Whether the answer may hold no result at all, which is then nil.
    public let mayGiveNothing: Bool
    /// Whether it changes something: it is then sent at most once, on a connection of its own, and has
    /// the limit of time for operations.
    public var isChanging: Bool { effect != nil }
    /// What it changes; nil for an operation that only reads.
    public let effect: Effect?
    /// The privilege it needs beyond `System.Read`, for the hint of a refusal.
    public let privilege: String?
    /// Whether the caller spelled the path out, and the answer is not promised to look like anything.
    let isLiteral: Bool
    /// The number of the parameter that goes into the query; there is one at most.
    let queryParameter: Int?
    /// The number of the parameter that makes the body; there is one at most.
    let bodyParameter: Int?
    /// Whether it is one of the services for content libraries.
    var isAboutLibraries: Bool { template.family == .contentLibrary }
    private let template: (path: String, family: Dialect.Family, action: Dialect.Action?)
    private let paths = AtomicLazyReference<Paths>()

    init(
        _ name: String,
        _ method: Transport.Method,
        _ path: String,
        in family: Dialect.Family,
        action: Dialect.Action? = nil,
        _ parameters: [Parameter] = [],
        returns result: Shape,
        mayGiveNothing: Bool = false,
        effect: Effect? = nil,
        privilege: String? = nil
    ) {
        self.name = name
        self.method = method
        self.parameters = parameters
        self.result = result
        self.mayGiveNothing = mayGiveNothing
        self.effect = effect
        self.privilege = privilege
        isLiteral = family == .literal
        queryParameter = parameters.firstIndex(where: \.isInQuery)
        bodyParameter = parameters.firstIndex(where: \.isInBody)
        template = (path, family, action)
    }

    /// The pieces of the path in a dialect.
    ///
    /// Made when the operation is first called: a run starts without it.
    func path(in dialect: Dialect) -> [Dialect.Piece] {
        let paths = paths.load() ?? paths.storeIfNil(Paths(template, parameters.map(\.name)))
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

    /// Whether the path has a query of its own, the action.
    func hasQuery(in dialect: Dialect) -> Bool {
        path(in: dialect).contains { piece in
            if case .text(let text) = piece { text.utf8.contains(UInt8(ascii: "?")) } else { false }
        }
    }

    /// Every operation, in the order of the documentation.
    public static let all: [Operation] =
        checkOuts + versions + templates + changes + libraries + libraryItems + virtualMachines
        + placements + tasks

    /// The operation of a name; nil where there is none.
    public static func named(_ name: String) -> Operation? { all.first { $0.name == name } }
}

extension Operation.Parameter {
    /// The VM template item that most operations are about.
    static let item = Self("item", .path)
    /// A virtual machine.
    static let vm = Self("vm", .path)
    /// A version of an item.
    static let version = Self("version", .path)
    /// Why a change is made; kept in the history of the item.
    static let message = Self("message", .text)
    /// What a list is narrowed by.
    static let filter = Self("filter", .fields(of: "filter"), isOptional: true)
}
