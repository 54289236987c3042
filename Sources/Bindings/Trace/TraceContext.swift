/// The trace that a run belongs to, as W3C Trace Context hands it from program to program.
public struct TraceContext: Sendable, Equatable {
    /// The identifier of the trace: 32 hexadecimal digits, not all zero.
    public let trace: String
    /// The part of another program that has started us: 16 hexadecimal digits; nil where we begin the trace.
    public let parent: String?
    /// Whether the trace is recorded.
    public let isSampled: Bool
    /// The text of `TRACESTATE`: remarks of other systems, handed on as they are.
    public let state: String?

    /// The variable that hands it on.
    public static var variable: String { "TRACEPARENT" }

    /// Begins a trace.
    /// - Parameter identifier: A random UUID, whose digits become the trace's.
    public init(identifier: String) {
        trace = identifier.filter { $0 != "-" }
        (parent, isSampled, state) = (nil, true, nil)
    }

    /// Reads `TRACEPARENT`; nil if it is none that can be continued.
    /// - Parameters:
    ///   - text: `00-TRACE-PARENT-FLAGS` in lower-case hexadecimal digits; a later version may have more behind it.
    ///   - state: `TRACESTATE`.
    public init?(_ text: String, state: String? = nil) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] != "00" || parts.count == 4, parts[0] != "ff" else {
            return nil
        }
        for (part, length) in zip(parts, [2, 32, 16, 2]) where !Self.isHex(part, length) {
            return nil
        }
        guard parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        trace = String(parts[1])
        parent = String(parts[2])
        isSampled = flags & 1 == 1
        self.state = state
    }

    /// Gives the text of `TRACEPARENT` for a program that a part of the run starts.
    public func header(for span: UInt64) -> String {
        "00-\(trace)-\(Self.hex(span))-\(isSampled ? "01" : "00")"
    }

    /// An identifier as 16 digits.
    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isHex(_ text: Substring, _ length: Int) -> Bool {
        text.utf8.count == length
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
