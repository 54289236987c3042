extension LuaType: ExpressibleByStringLiteral {
    /// Parses a type in the notation of LuaLS annotations.
    ///
    /// `...` after the last field of a table allows other fields.
    public init(stringLiteral text: String) {
        guard let types = Self.list(text), types.count == 1 else {
            preconditionFailure("this is no type: \(text)")
        }
        self = types[0]
    }

    /// Parses several types with commas between them.
    /// - Returns: Nil if the text is malformed.
    static func list(_ text: String) -> [LuaType]? {
        var reader = Reader(text)
        var types: [LuaType] = []
        repeat {
            guard let type = reader.union() else { return nil }
            types.append(type)
        } while reader.take(",")
        return reader.isAtEnd ? types : nil
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var position = 0

        init(_ text: String) { bytes = Array(text.utf8) }

        var isAtEnd: Bool { position == bytes.count }

        mutating func union() -> LuaType? {
            guard let first = postfixed() else { return nil }
            var types = [first]
            while take("|") {
                guard let next = postfixed() else { return nil }
                types.append(next)
            }
            return types.count == 1 ? types[0] : .union(types)
        }

        mutating func take(_ symbol: String) -> Bool {
            skipSpace()
            let wanted = symbol.utf8
            guard bytes[position...].starts(with: wanted) else { return false }
            position += wanted.count
            skipSpace()
            return true
        }

        private mutating func postfixed() -> LuaType? {
            guard var type = primary() else { return nil }
            while true {
                if take("[]") {
                    type = .list(type)
                } else if take("?") {
                    type = .optional(type)
                } else {
                    return type
                }
            }
        }

        private mutating func primary() -> LuaType? {
            if take("{") { return record() }
            if take("(") {
                guard let type = union(), take(")") else { return nil }
                return type
            }
            if take("\"") {
                let start = position
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    position += 1
                }
                guard position < bytes.count else { return nil }
                position += 1
                return .literal(String(decoding: bytes[start..<position - 1], as: UTF8.self))
            }
            let word = name()
            switch word {
            case "any": return .any
            case "nil": return .nil
            case "boolean": return .boolean
            case "integer": return .integer
            case "number": return .number
            case "string": return .string
            case "function": return .function("function")
            case "fun": return function()
            case "table":
                guard take("<") else { return .table }
                guard let key = union(), take(","), let value = union(), take(">") else {
                    return nil
                }
                return .map(key, value)
            default:
                return ObjectKind.allCases.first { $0.name == word }.map(LuaType.object)
            }
        }

        private mutating func record() -> LuaType? {
            var fields: [Field] = []
            while !take("}") {
                if take("...") { return take("}") ? .record(fields, isOpen: true) : nil }
                let name = name()
                guard !name.isEmpty, take(":"), let type = union() else { return nil }
                fields.append(Field(name, type))
                _ = take(",")
            }
            return .record(fields, isOpen: false)
        }

        /// `fun(value: any, index: integer): any`: kept as text after a check that it is well-formed.
        private mutating func function() -> LuaType? {
            var form = "fun("
            guard take("(") else { return nil }
            while !take(")") {
                let name = take("...") ? "..." : name()
                guard !name.isEmpty, take(":"), let type = union() else { return nil }
                form += (form.hasSuffix("(") ? "" : ", ") + "\(name): \(type)"
                _ = take(",")
            }
            form += ")"
            if take(":") {
                guard let type = union() else { return nil }
                form += ": \(type)"
            }
            return .function(form)
        }

        private mutating func name() -> String {
            skipSpace()
            let start = position
            while position < bytes.count, bytes[position].isNamePart { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private mutating func skipSpace() {
            while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
        }
    }
}

extension UInt8 {
    /// Whether it may occur in the name of a type or a field.
    fileprivate var isNamePart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
