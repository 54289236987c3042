internal import JSON

/// The messages of wrong input, under the identifiers that VMware's runtime has for them.
extension VAPIError.Message {
    private static let data = "vapi.data."
    private static let bindings = "vapi.bindings.typeconverter."

    static func mismatch(_ expected: String, _ found: JSONValue) -> Self {
        let kind =
            switch found {
            case .null: "OPTIONAL"
            case .boolean: "BOOLEAN"
            case .integer: "INTEGER"
            case .double: "DOUBLE"
            case .string: "STRING"
            case .array: "LIST"
            case .object: "STRUCTURE"
            }
        return Self(
            known: data + "validate.mismatch",
            "Type mismatch, expected an object of type \(expected), but got \(kind)",
            [expected, kind]
        )
    }

    static func missing(_ field: String, _ structure: String) -> Self {
        Self(
            known: data + "structure.field.missing",
            "Structure \(structure) is missing a field \"\(field)\"",
            [structure, field]
        )
    }

    static func invalidField(_ field: String, _ structure: String) -> Self {
        Self(
            known: data + "structure.field.invalid",
            "Found invalid field \"\(field)\" in structure \"\(structure)\".",
            [field, structure]
        )
    }

    static func invalidEntry(_ index: Int) -> Self {
        Self(
            known: data + "list.invalid.entry",
            "The value at index \(index) in the list is invalid",
            [String(index)]
        )
    }

    static func unexpected(_ fields: [String], _ structure: String) -> Self {
        let list = "[\(fields.joined(separator: ", "))]"
        return Self(
            known: data + "structure.field.unexpected",
            "Found unexpected fields \(list) in structure '\(structure)'.",
            [list, structure]
        )
    }

    static func unionMissing(_ field: String, _ structure: String) -> Self {
        Self(
            known: data + "structure.union.missing",
            "Structure \(structure) has a union that is missing a required field for this case = "
                + field,
            [structure, field]
        )
    }

    static func unionExtra(_ field: String, _ structure: String) -> Self {
        Self(
            known: data + "structure.union.extra",
            "Structure \(structure) has a union with a field not required for this case = \(field)",
            [structure, field]
        )
    }

    static func repeatedElement(_ element: String) -> Self {
        Self(
            known: bindings + "set.duplicate.element",
            "List contains duplicate element \"\(element)\". Cannot convert to a set",
            [element]
        )
    }

    static func repeatedKey(_ key: String) -> Self {
        Self(
            known: bindings + "map.duplicate.key",
            "List contains structure with duplicate key \"\(key)\". Cannot convert to a Map",
            [key]
        )
    }

    /// No identifier of a real server's is known for this one.
    static func unknownValue(_ text: String, _ enumeration: Enumeration) -> Self {
        Self(
            "enumeration.unknown_value",
            "\(text) is no value of the enumeration \(enumeration.name).",
            [text, enumeration.name]
        )
    }
}
