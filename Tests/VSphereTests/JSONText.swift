import Buffers
import JSON

/// JSON text to values and back, for tables of tests.
enum JSONText {
    /// The text of a value.
    static func of(_ value: Value) -> String {
        let out = ByteBuffer()
        JSONEncoder().encode(value, into: out)
        return out.text
    }

    /// The value of a text.
    static func value(_ text: String) throws -> Value {
        let out = ValueBuffer()
        try JSONParser().decode(ByteBuffer(text), into: out)
        guard let root = out.root else { throw Nothing() }
        return root
    }

    struct Nothing: Error {}
}
