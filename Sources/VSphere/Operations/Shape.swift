internal import Text

/// The required form of an answer, or of a specification to be sent.
///
/// Fields that a shape does not name are allowed and kept: servers add fields. A promised field that is
/// missing or of another type is an error that names its path, never a silent nil.
public indirect enum Shape: Sendable {
    /// No content.
    case void
    /// Anything; copied unchanged.
    case any
    /// A string.
    case string
    /// A string that is not empty.
    case identifier
    /// A 64-bit integer.
    case integer
    /// A number, integer or not.
    case number
    /// A boolean.
    case boolean
    /// An array whose elements have this shape.
    case list(Shape)
    /// String keys, each with a value of this shape. `/rest` writes it as an array of
    /// `{"key": …, "value": …}`.
    case map(Shape)
    /// Named fields.
    case record([Field])

    /// One field of a record.
    public struct Field: Sendable {
        /// The name, as on the wire.
        public let name: String
        /// The name in other releases; scripts see the one above.
        let otherName: String?
        /// The shape of its value.
        public let shape: Shape
        /// Whether it may be missing; null then counts as missing.
        public let isOptional: Bool

        /// A required field.
        public static func required(
            _ name: String,
            or otherName: String? = nil,
            _ shape: Shape
        ) -> Self {
            Self(name: name, otherName: otherName, shape: shape, isOptional: false)
        }

        /// An optional field.
        public static func optional(
            _ name: String,
            or otherName: String? = nil,
            _ shape: Shape
        ) -> Self {
            Self(name: name, otherName: otherName, shape: shape, isOptional: true)
        }
    }

    /// Its name in a message: "a string".
    var expectation: String {
        switch self {
        case .void: "nothing"
        case .any: "a value"
        case .string: "a string"
        case .identifier: "a string that is not empty"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "a boolean"
        case .list: "a list"
        case .map: "a map"
        case .record: "an object"
        }
    }

    /// A shape that only tells which parts are maps, for calls without an operation.
    ///
    /// - Parameter paths: The places of the maps, such as `disks` or `*.nics`; `*` steps into the elements
    ///   of a list. Everything else is copied unchanged.
    /// - Returns: The shape; `.any` for no path.
    public static func maps(at paths: [String]) -> Shape {
        maps(at: paths.map { $0.split(separator: ".").map(String.init)[...] })
    }

    private static func maps(at paths: [ArraySlice<String>]) -> Shape {
        guard !paths.isEmpty else { return .any }
        var names: [String] = []
        var below: [String: [ArraySlice<String>]] = [:]
        for path in paths {
            // A path that ends here says that this value itself is a map.
            guard let name = path.first else { return .map(maps(at: paths.filter { !$0.isEmpty })) }
            if below[name] == nil { names.append(name) }
            below[name, default: []].append(path.dropFirst())
        }
        if let elements = below["*"] { return .list(maps(at: elements)) }
        return .record(names.map { .optional($0, maps(at: below[$0] ?? [])) })
    }
}

/// A value that does not have the promised shape.
struct ShapeMismatch: Error, Equatable {
    /// The way to the value, outermost first: field names and `[3]`; empty for the whole.
    var path: [String] = []
    /// The expected and the found type, in words.
    var problem: String
    /// The name that was probably meant, or all that there are; nil where there is nothing to choose from.
    var advice: String?

    /// The path for a message.
    var place: String {
        path.reduce(into: "") { place, step in
            if !place.isEmpty, !step.hasPrefix("[") { place += "." }
            place += Display.escape(step)
        }
    }

    /// One line for a person, without the advice.
    var message: String { path.isEmpty ? problem : "\(place): \(problem)" }

    /// One line for a person.
    var description: String { message + (advice.map { "; \($0)" } ?? "") }

    /// The same mismatch, seen from one level further out.
    func inside(_ step: String) -> Self {
        Self(path: [step] + path, problem: problem, advice: advice)
    }
}
