internal import Buffers
internal import JSON
internal import Text

/// Finds values that JSON text cannot represent.
enum JSONText {
    /// Finds the first part of a value that JSON cannot represent.
    /// - Parameters:
    ///   - value: Any value.
    ///   - accepts: Whether the caller has a text for a host object.
    /// - Returns: A description with its place; nil if all can be represented.
    static func problem(with value: Value, accepting accepts: (Value) -> Bool = { _ in false })
        -> String?
    {
        guard let (path, what) = fault(in: value, accepts) else { return nil }
        return path.isEmpty ? "the value \(what)" : "\(Display.escape(path)) \(what)"
    }

    /// The path is built only on the way back: no memory is allocated for a correct value.
    private static func fault(in value: Value, _ accepts: (Value) -> Bool)
        -> (path: String, what: String)?
    {
        switch value.kind {
        case .nil, .null, .boolean, .integer: return nil
        case .double:
            return value.number?.isFinite == true ? nil : ("", "is not a finite number")
        case .string: return fault(inText: value)
        case .object:
            guard let object = value.object, !accepts(value) else { return nil }
            return ("", "is " + ObjectKind.article(of: object.kind))
        case .array:
            for (index, element) in value.elements.enumerated() {
                guard let (path, what) = fault(in: element, accepts) else { continue }
                return (join("[\(index + 1)]", path), what)
            }
        case .record:
            for (key, element) in value.fields {
                if let fault = fault(inText: key) {
                    return (key.string ?? "", "(a key) " + fault.what)
                }
                guard let (path, what) = fault(in: element, accepts) else { continue }
                return (join(key.string ?? "", path), what)
            }
        }
        return nil
    }

    private static func fault(inText text: Value) -> (path: String, what: String)? {
        guard let bytes = text.bytes, String(validating: bytes, as: UTF8.self) == nil else {
            return nil
        }
        return ("", "is not UTF-8 text")
    }

    private static func join(_ outer: String, _ inner: String) -> String {
        inner.isEmpty || inner.hasPrefix("[") ? outer + inner : "\(outer).\(inner)"
    }
}

extension ObjectKind {
    /// The name of a kind of host object in messages: `a vmoon.session`.
    static func article(of kind: UInt32) -> String {
        ObjectKind(rawValue: kind).map { "a \($0.name)" } ?? "a function"
    }
}
