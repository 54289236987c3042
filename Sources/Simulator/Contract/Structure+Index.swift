internal import APIIndex
internal import JSON

/// Types of the index, in the form in which input is checked.
extension Structure {
    /// The arguments of an operation of the index.
    convenience init(inputOf operation: APIOperation) {
        self.init("operation-input", operation.parameters, operation.unions)
    }

    /// A structure of the index; anything if there is none of that name.
    static func type(indexed name: String) -> InputType {
        guard let facts = APIFacts.structure(name) else { return .opaque }
        return .structure(Structure(facts.wireName, facts.fields, facts.unions))
    }

    private convenience init(_ name: String, _ fields: [APIField], _ unions: [APIUnion]) {
        self.init(
            name,
            unions: unions.flatMap { union in
                union.cases.sorted { $0.key < $1.key }.flatMap { value, members in
                    members.map {
                        Union(
                            tag: union.discriminant,
                            value: value,
                            member: $0.name,
                            isRequired: $0.isRequired
                        )
                    }
                }
            },
            fields.map { field in
                let type = InputType(field.type.unwrapped)
                return field.isRequired ? .required(field.name, type) : .optional(field.name, type)
            }
        )
    }
}

extension Member {
    /// The same with its structure spelled out, where it is one of the index.
    var expanded: Member { Member(name: name, type: type.resolved, need: need) }
}

extension Structure.Union {
    /// Whether the tag has this value.
    func isCase(of structure: JSONValue) -> Bool { structure.set(tag)?.string == value }
}

extension InputType {
    /// The type of a value of the index.
    init(_ type: APIType) {
        switch type {
        case .string, .secret, .time: self = .string
        case .integer: self = .integer
        case .double: self = .double
        case .boolean: self = .boolean
        case .blob: self = .blob
        case .uri: self = .uri
        case .identifier, .identifierTyped: self = .identifier
        case .optional(let inner): self = .optional(InputType(inner))
        case .list(let element): self = .list(InputType(element))
        case .set(let element): self = .set(InputType(element))
        case .map(_, let element): self = .map(InputType(element))
        case .structure(let name): self = .indexed(name)
        case .enumeration(let name):
            let values = APIFacts.enumeration(name) ?? []
            self = .enumeration(Enumeration(name: APIOperation.prefix + name, values: values))
        case .dynamic: self = .dynamic
        case .void, .opaque, .error: self = .opaque
        }
    }

    /// The type itself where it is only named.
    var resolved: InputType {
        if case .indexed(let name) = self { Structure.type(indexed: name) } else { self }
    }
}
