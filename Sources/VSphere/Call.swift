internal import APIIndex
internal import Text
internal import Transport
public import Buffers

/// One operation with its checked arguments, ready to be sent.
///
/// The arguments are views of the caller's buffer; `VCenter` copies them when it accepts the call.
public struct Call {
    /// The operation.
    public let operation: Operation
    /// An operation of the whole API in JSON-RPC's terms; nil for any other.
    private(set) var written: Remote?
    /// The arguments as given, in the order of the parameters.
    private let given: [Value]

    /// Checks arguments against an operation.
    /// - Parameters:
    ///   - operation: The operation.
    ///   - arguments: Its arguments in order; nil values count as left out.
    ///   - revealed: The texts among them that a script has as secrets only: none may name an object.
    /// - Throws: kind `usage` for a wrong type, an identifier that cannot be one (empty, `.`, `..`, or
    ///   with a NUL in it), a required argument or field that is missing, an argument too many.
    public init(
        _ operation: Operation,
        _ arguments: [Value],
        revealed: Set<String> = []
    ) throws(VSphereError) {
        let parameters = operation.parameters
        var arguments = arguments
        while arguments.count > parameters.count, arguments.last?.kind == .nil {
            arguments.removeLast()
        }
        guard arguments.count <= parameters.count else {
            let most = parameters.count == 1 ? "1 argument" : "\(parameters.count) arguments"
            let problem = "takes \(most), got \(arguments.count)"
            throw VSphereError(.usage, problem, operation: operation.name)
        }
        self.operation = operation
        given = arguments
        for index in parameters.indices {
            let argument = argument(index)
            if case .arguments(of: let facts) = parameters[index].use {
                try take(argument, of: facts, revealed)
            } else if let problem = parameters[index].problem(with: argument) {
                let lacksVersion = argument == nil && parameters[index].name == "version"
                throw VSphereError(
                    .usage,
                    problem,
                    operation: operation.name,
                    hint: lacksVersion ? "an item with one version has none before it" : nil
                )
            }
        }
        do {
            if written == nil { try checkFields() }
        } catch {
            throw VSphereError(
                .usage,
                error.message,
                operation: operation.name,
                hint: error.advice
            )
        }
    }

    /// Writes the arguments of an operation of the whole API, which checks them.
    private mutating func take(
        _ argument: Value?,
        of facts: APIOperation,
        _ revealed: Set<String>
    ) throws(VSphereError) {
        let input = ByteBuffer()
        let encoder = APIEncoder(into: input, revealed: revealed)
        do {
            try encoder.encode(argument, of: facts)
        } catch {
            throw VSphereError(
                .usage,
                error.message,
                operation: operation.name,
                hint: error.advice ?? "see help \"\(operation.name)\""
            )
        }
        written = Remote(facts: facts, input: input, secrets: encoder.secrets)
    }

    /// The texts among the arguments that are secrets by the types of the API.
    public var secrets: [String] {
        if let written { return written.secrets }
        guard let (facts, named) = terms(), let root = named.root else { return [] }
        return facts.parameters.flatMap { parameter in
            root[parameter.name].map { Self.secrets(in: $0, as: parameter.type) } ?? []
        }
    }

    /// The argument of a parameter; nil if it was left out.
    public func argument(_ index: Int) -> Value? {
        guard index < given.count else { return nil }
        let value = given[index]
        return value.isAbsent ? nil : value
    }

    /// Checks arguments that are texts.
    /// - Parameters:
    ///   - operation: The operation.
    ///   - texts: Its arguments in order.
    /// - Throws: kind `usage`, like the other initializer.
    public init(_ operation: Operation, texts: String...) throws(VSphereError) {
        let buffer = ValueBuffer()
        for text in texts { buffer.put(text) }
        try self.init(operation, buffer.values)
    }

    private init(copying call: Call, _ arguments: [Value]) {
        operation = call.operation
        given = arguments
        written = call.written
    }

    /// A copy of the call with its own arguments, valid until it has its verdict.
    func detached() -> Call {
        let buffer = ValueBuffer()
        for argument in given { buffer.put(argument) }
        return Call(copying: self, buffer.values)
    }

    /// The identifier of the item it is about; nil for a call about something else.
    public var item: String? {
        operation.parameters.firstIndex { $0.name == "item" }.flatMap { argument($0)?.string }
    }

    /// The objects it is about, for messages: `item 5f3c, vm vm-12`.
    public var subject: String { subjects(without: nil).joined(separator: ", ") }

    /// The objects it is about, argument by argument: `item 5f3c`, `vm vm-12`; safe to show.
    /// - Parameter name: A parameter that is left out.
    /// - Returns: One text for each argument that identifies an object.
    public func subjects(without name: String?) -> [String] {
        var parts: [String] = []
        for (index, parameter) in operation.parameters.enumerated() {
            guard let argument = argument(index), parameter.isNamedInMessages,
                parameter.name != name
            else {
                continue
            }
            let shown = Display.escape(bytes: argument.bytes ?? [], limit: 80)
            parts.append("\(parameter.name) \(shown)")
        }
        if let facts = operation.facts { return subjects(of: facts) }
        if operation.isLiteral, case .text(let path)? = operation.path(in: .rest).first {
            let path = path.dropFirst(5).prefix { $0 != "?" }  // without /rest and the query
            parts.append("\(operation.method.rawValue) \(Display.escape(String(path)))")
        }
        return parts
    }

    /// Method, path and query of a call whose path the caller gave, without secrets; nil for any other.
    ///
    /// Safe to show.
    /// - Parameter isSecret: Whether a text is a secret although its name does not tell.
    /// - Returns: Such as `POST /vcenter/vm/vm-109/power?action=stop`.
    public func requestedPath(hiding isSecret: (String) -> Bool) -> String? {
        guard operation.isLiteral, operation.facts == nil,
            case .text(let path)? = operation.path(in: .rest).first
        else { return nil }
        var shown = String(path.dropFirst("/rest".utf8.count))
        // A table has no order; the same call is told in the same words each time.
        let query = (argument(0)?.fields.map { (name: $0.key.string ?? "", value: $0.value) } ?? [])
            .sorted { $0.name < $1.name }
        for (name, value) in query {
            for value in value.kind == .array ? Array(value.elements) : [value] {
                let text =
                    value.string ?? value.integer.map { "\($0)" } ?? value.boolean.map { "\($0)" }
                let isHidden = name.namesSecretParameter || text.map(isSecret) == true
                shown += (shown.contains("?") ? "&" : "?") + "\(name)="
                shown += isHidden ? "***" : text ?? ""
            }
        }
        let line = "\(operation.method.rawValue) \(SecretNames.withoutParameters(shown))"
        return Display.escape(bytes: Array(line.utf8), limit: 200)
    }

    /// The objects among the parameters: identifiers, and structures of a type and an identifier.
    private func subjects(of facts: APIOperation) -> [String] {
        facts.parameters.compactMap { parameter in
            let given = argument(0)?[parameter.name]
            if case .structure = parameter.type.unwrapped, let type = given?["type"]?.string,
                let id = given?["id"]?.string
            {
                let object = Display.escape(bytes: Array("\(type) \(id)".utf8), limit: 160)
                return "\(parameter.name) \(object)"
            }
            guard case .identifier = parameter.type.unwrapped, let bytes = given?.bytes else {
                return nil
            }
            return "\(parameter.name) \(Display.escape(bytes: bytes, limit: 80))"
        }
    }

    /// Tells whether any text of the call, in its path or an argument, matches.
    public func containsText(where isMatch: (String) -> Bool) -> Bool {
        let isInPath = operation.path(in: .rest).contains { piece in
            if case .text(let text) = piece { isMatch(text) } else { false }
        }
        return isInPath || given.contains { $0.containsText(where: isMatch) }
    }
}

extension Value {
    fileprivate func containsText(where isMatch: (String) -> Bool) -> Bool {
        switch kind {
        case .string: isMatch(string ?? "")
        case .array: elements.contains { $0.containsText(where: isMatch) }
        case .record:
            fields.contains {
                $0.key.containsText(where: isMatch) || $0.value.containsText(where: isMatch)
            }
        case .nil, .boolean, .null, .integer, .double, .object: false
        }
    }
}

extension Value {
    /// Whether it is more than a value or a list of values.
    fileprivate var hasTables: Bool {
        kind == .record
            ? !isEmptyTable
            : kind == .array && elements.contains { $0.isTable || $0.kind == .array }
    }
}

extension Operation.Parameter {
    /// Whether messages mention its argument.
    fileprivate var isNamedInMessages: Bool {
        switch use {
        case .path, .query, .action: true
        case .fields, .specification, .arguments, .text: false
        }
    }

    /// Why an argument cannot be sent; nil if it can.
    fileprivate func problem(with argument: Value?) -> String? {
        guard let argument else { return isOptional ? nil : "\(name) is missing" }
        switch use {
        case .path: return argument.identifierProblem.map { "\(name): \($0)" }
        case .query:
            let problem = argument.identifierProblem
            return (problem ?? (argument.isUTF8 ? nil : "not valid UTF-8")).map { "\(name): \($0)" }
        case .action(let words):
            guard !words.contains(argument.string ?? "") else { return nil }
            return "\(name) must be one of \(words.joined(separator: ", "))"
        case .arguments: return nil
        case .fields, .specification, .text:
            if case .text = use, argument.kind == .string, argument.count == 0 {
                return "\(name) is empty"
            }
            do {
                try shape.checkSpecification(argument)
                guard case .fields = use else { return nil }
                // It would be left out, and the answer would be about more than was meant.
                return argument.fields.first { $0.value.hasTables }.map { field in
                    "\(name).\(Display.escape(field.key.string ?? "")): "
                        + "a value or a list of values expected, got a table in it"
                }
            } catch {
                let place = error.path.isEmpty ? "" : ".\(error.place)"
                return "\(name)\(place): \(error.problem)"
            }
        }
    }
}

extension Value {
    /// Why it cannot be an identifier; nil if it can.
    ///
    /// Identifiers are opaque: any other bytes are percent-encoded and left to the server. But
    /// `.` and `..` would change the path, and NUL ends a text in many servers.
    fileprivate var identifierProblem: String? {
        guard kind == .string else { return "an identifier expected, got \(kind.phrase)" }
        switch count {
        case 0: return "an identifier must not be empty"
        case 1 where isString("."), 2 where isString(".."):
            return "\".\" and \"..\" are no identifiers"
        case (Self.longestIdentifier + 1)...:
            return "an identifier of \(count) bytes, and \(Self.longestIdentifier) are the most"
        default: return holdsNUL ? "an identifier must not hold a NUL" : nil
        }
    }

    /// No server accepts a request line much longer than this; libcurl fails at some megabytes, with
    /// an unhelpful message.
    private static var longestIdentifier: Int { 4096 }
}
