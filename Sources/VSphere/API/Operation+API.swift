public import APIIndex
internal import Transport

extension Operation {
    /// Makes an operation of the whole API: its one argument is the table of its parameters.
    public convenience init(_ facts: APIOperation) {
        let privileges = Set(facts.needs.flatMap(\.privileges)).sorted()
        self.init(
            "api." + facts.fullName,
            .post,
            "",
            in: .literal,
            [.init("parameters", .arguments(of: facts))],
            returns: Shape(facts.result),
            effect: facts.isReading ? nil : .untold,
            privilege: privileges.isEmpty ? nil : privileges.joined(separator: ", "),
            facts: facts
        )
    }
}

extension Shape {
    /// The shape of a type, as far as placeholders need it: without fields that may be unset.
    fileprivate init(_ type: APIType, depth: Int = 0) {
        switch type.unwrapped {
        case .void: self = .void
        case .string, .secret, .blob, .time, .uri, .identifier, .identifierTyped, .enumeration:
            self = .string
        case .integer: self = .integer
        case .double: self = .number
        case .boolean: self = .boolean
        case .list, .set: self = .list(.any)
        case .map: self = .map(.any)
        case .structure(let name) where depth < 8:
            let fields = APIFacts.structure(name)?.fields.filter(\.isRequired) ?? []
            self = .record(fields.map { .required($0.name, Shape($0.type, depth: depth + 1)) })
        case .structure, .dynamic, .error, .opaque, .optional: self = .any
        }
    }
}
