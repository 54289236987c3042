internal import Text

/// What an answer, or a specification sent, must look like.
///
/// Fields that a shape does not name are allowed and kept: servers grow. A promised field that is
/// missing or of another type is an error that names its path, never a silent nil.
public indirect enum Shape: Sendable {
    /// No content.
    case void
    /// Anything; taken as it is.
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
    /// An array whose elements all look like this.
    case list(Shape)
    /// String keys, each with a value that looks like this. `/rest` spells it as an array of
    /// `{"key": …, "value": …}`.
    case map(Shape)
    /// Named fields.
    case record([Field])

    /// One field of a record.
    public struct Field: Sendable {
        /// The name, as on the wire.
        public let name: String
        /// How other releases spell the name; scripts see the one above.
        let otherName: String?
        /// What its value looks like.
        public let shape: Shape
        /// Whether it may be missing; null then counts as missing.
        public let isOptional: Bool

        /// A field that must be there.
        public static func required(
            _ name: String,
            or otherName: String? = nil,
            _ shape: Shape
        ) -> Self {
            Self(name: name, otherName: otherName, shape: shape, isOptional: false)
        }

        /// A field that may be missing.
        public static func optional(
            _ name: String,
            or otherName: String? = nil,
            _ shape: Shape
        ) -> Self {
            Self(name: name, otherName: otherName, shape: shape, isOptional: true)
        }
    }

    /// What it is called in a message: "a string".
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

    /// A shape that only says which parts are maps, for calls that vmoon has no operation for.
    ///
    /// - Parameter paths: Where the maps are, such as `disks` or `*.nics`; `*` steps into the elements
    ///   of a list. Everything else is taken as it is.
    /// - Returns: The shape; `.any` for no path.
    public static func maps(at paths: [String]) -> Shape {
        maps(at: paths.map { $0.split(separator: ".").map(String.init)[...] })
    }

    private static func maps(at paths: [ArraySlice<String>]) -> Shape {
        guard !paths.isEmpty else { return .any }
        var names: [String] = []
        var below: [String: [ArraySlice<String>]] = [:]
        for path in paths {
            // A path that ends here names this very value as a map.
            guard let name = path.first else { return .map(maps(at: paths.filter { !$0.isEmpty })) }
            if below[name] == nil { names.append(name) }
            below[name, default: []].append(path.dropFirst())
        }
        if let elements = below["*"] { return .list(maps(at: elements)) }
        return .record(names.map { .optional($0, maps(at: below[$0] ?? [])) })
    }
}

/// Where a value is not what its shape promises.
struct ShapeMismatch: Error, Equatable {
    /// The way to the value, outermost first: field names and `[3]`; empty for the whole.
    var path: [String] = []
    /// What was expected there and what was found.
    var problem: String

    /// The path as a message shows it.
    var place: String {
        path.reduce(into: "") { place, step in
            if !place.isEmpty, !step.hasPrefix("[") { place += "." }
            place += Display.escape(step)
        }
    }

    /// One line for a person.
    var description: String { path.isEmpty ? problem : "\(place): \(problem)" }

    /// The same mismatch, seen from one level further out.
    func inside(_ step: String) -> Self { Self(path: [step] + path, problem: problem) }
}
