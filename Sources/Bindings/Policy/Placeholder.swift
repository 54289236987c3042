internal import Buffers
internal import VSphere

/// What stands for the result of a call that is only planned.
///
/// A string, because the results of changes are identifiers: a script may concatenate it, compare it,
/// use it as a key. No server has an identifier that looks so, and no request with one in it is sent.
struct Placeholder {
    private static let mark = "<planned "

    /// The text, `<planned 3: checkOut>`.
    let text: String

    /// Makes the placeholder of a planned call.
    init(number: Int, operation: String) { text = "\(Self.mark)\(number): \(operation)>" }

    /// Whether a text is one, or was made of one.
    static func isIn(_ text: String) -> Bool { text.contains(mark) }

    /// Appends what a script gets in place of an answer of this shape.
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
                let promised = fields.filter { !$0.isOptional }
                for field in promised {
                    out.put(field.name)
                    put(as: field.shape, into: out)
                }
                return promised.count
            }
        }
    }
}
