internal import Buffers
internal import VSphere

/// The placeholder for the result of a call that is only planned.
///
/// It is a string, because the results of changes are identifiers: a script may concatenate it, compare it,
/// use it as a key. No server has such an identifier, and no request that contains one is sent.
public struct Placeholder {
    private static let mark = "<planned "

    /// The text, `<planned 3: checkOut>`.
    let text: String

    /// Makes the placeholder of a planned call.
    init(number: Int, operation: String) { text = "\(Self.mark)\(number): \(operation)>" }

    /// Whether a text is a placeholder, or contains one.
    public static func isIn(_ text: String) -> Bool { text.contains(mark) }

    /// Appends the placeholder in the shape of the answer.
    func put(as shape: Shape, into out: ValueBuffer) {
        switch shape {
        case .void: break
        case .any, .string, .identifier: out.put(text)
        case .integer: out.put(0)
        case .number: out.put(0.0)
        case .boolean: out.put(false)
        case .list: out.putArray { 0 }
        case .map: out.putRecord { 0 }
        case .record(let fields):
            out.putRecord {
                let known = fields.filter { !$0.isOptional || $0.shape.isText }
                for field in known {
                    out.put(field.name)
                    put(as: field.shape, into: out)
                }
                return known.count
            }
        }
    }
}

extension Shape {
    /// Whether it is text: then a placeholder can be inserted, even for an optional
    /// field.
    fileprivate var isText: Bool {
        switch self {
        case .string, .identifier: true
        default: false
        }
    }
}
