internal import Buffers
internal import VSphere

/// The placeholder for the result of a call that is only planned.
///
/// It is a string, because the results of changes are identifiers: a script may concatenate it, compare it,
/// use it as a key. No server has such an identifier, and no request that contains one is sent.
public struct Placeholder {
    static let mark = "<planned "

    /// The text, `<planned 3: checkOut>`.
    let text: String

    /// Makes the placeholder of a planned call.
    init(number: Int, operation: String) { text = "\(Self.mark)\(number): \(operation)>" }

    /// Whether a text is a placeholder, or contains one.
    public static func isIn(_ text: String) -> Bool { text.contains(mark) }

    /// Appends what a script gets in place of an answer of this shape.
    /// - Parameters:
    ///   - shape: The shape.
    ///   - known: Texts that are known, by the name of their field.
    ///   - out: Where to.
    func put(as shape: Shape, knowing known: [String: String] = [:], into out: ValueBuffer) {
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
                let given = fields.filter { !$0.isOptional || $0.shape.isKnown }
                for field in given {
                    out.put(field.name)
                    if let text = known[field.name] {
                        out.put(text)
                    } else {
                        put(as: field.shape, into: out)
                    }
                }
                return given.count
            }
        }
    }
}

extension Shape {
    /// Whether something can stand there also where an answer need not have it: text, or a collection, which
    /// is empty.
    fileprivate var isKnown: Bool {
        switch self {
        case .string, .identifier, .list, .map: true
        default: false
        }
    }
}
