internal import JSON

/// A value of an answer, with distinctions that are visible in only some of the three wire forms.
///
/// `/rest` writes maps as arrays of `{key, value}`, `/api` as objects; JSON-RPC also names every
/// structure and marks optional fields. One value serves all three; `AnswerEncoder` writes it.
enum DataValue: Sendable {
    /// No result.
    case void
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case double(Double)
    /// Bytes, as Base64.
    case binary(String)
    /// A string that JSON-RPC marks as a secret: a session identifier.
    case secret(String)
    case list([DataValue])
    case map([(key: String, value: DataValue)])
    /// An optional field; unset ones are left out, except in JSON-RPC.
    indirect case optional(DataValue?)
    /// With the name that the SDK expects.
    case structure(String, [Field])
    /// An error as a value, with the name that the SDK expects.
    case error(String, [Field])
    /// A value in the wire's form.
    case wire(JSONValue)

    /// One field of a structure.
    struct Field: Sendable {
        let name: String
        let value: DataValue

        init(_ name: String, _ value: DataValue) {
            self.name = name
            self.value = value
        }
    }

    static func strings(_ texts: [String]) -> DataValue { .list(texts.map { .string($0) }) }
    static func time(_ moment: Instant) -> DataValue { .string(moment.text) }
    static func optional(text: String?) -> DataValue { .optional(text.map { .string($0) }) }
}
