internal import APIIndex
internal import Text

extension APIType {
    /// Its name in a message: "a string".
    var expectation: String {
        switch self {
        case .string, .uri: "a string"
        case .integer: "an integer"
        case .double: "a number"
        case .boolean: "a boolean"
        case .void: "nothing"
        case .secret: "a secret or a string"
        case .blob: "a string of bytes"
        case .time: "a time as text"
        case .opaque: "a value"
        case .error: "an error"
        case .identifier, .identifierTyped: "an identifier"
        case .optional(let type): type.expectation
        case .list, .set: "a list"
        case .map: "a table of keys and values"
        case .structure, .dynamic: "a table"
        case .enumeration: "one of the values as text"
        }
    }
}

/// A word of others in a message, safe to show.
func quoted(_ text: String) -> String {
    "\"\(Display.escape(bytes: Array(text.utf8), limit: 80))\""
}
