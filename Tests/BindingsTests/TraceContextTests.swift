import Testing

@testable import Bindings

@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    /// Texts of `TRACEPARENT`, and whether the trace is continued, and recorded.
    static let texts: [(text: String, isSampled: Bool?)] = [
        ("00-\(trace)-\(parent)-01", true),
        ("00-\(trace)-\(parent)-00", false),
        ("00-\(trace)-\(parent)-03", true),
        ("cc-\(trace)-\(parent)-01-what-the-future-brings", true),
        ("cc-\(trace)-\(parent)-01", true),
        ("00-\(trace)-\(parent)-01-more", nil),
        ("ff-\(trace)-\(parent)-01", nil),
        ("00-\(String(repeating: "0", count: 32))-\(parent)-01", nil),
        ("00-\(trace)-0000000000000000-01", nil),
        ("00-\(trace.uppercased())-\(parent)-01", nil),
        ("00-\(trace)-\(parent.dropLast())-01", nil),
        ("00-\(trace)-\(parent)-1", nil),
        ("00-\(trace)-\(parent)-0g", nil),
        ("0-\(trace)-\(parent)-01", nil),
        ("00-\(trace)-\(parent)", nil),
        ("", nil), ("---", nil), ("00", nil),
    ]

    @Test(arguments: texts.indices)
    func `a trace is continued where the text is one of W3C's`(_ row: Int) {
        let (text, isSampled) = Self.texts[row]
        let context = TraceContext(text, state: "a=1")
        #expect(context?.isSampled == isSampled, "\(text)")
        guard let context else { return }
        #expect(context.trace == Self.trace && context.parent == Self.parent)
        #expect(context.state == "a=1")
    }

    @Test func `a program is told our part of the trace`() {
        let context = TraceContext("00-\(Self.trace)-\(Self.parent)-01")
        #expect(context?.header(for: 0xAB) == "00-\(Self.trace)-00000000000000ab-01")
        let unrecorded = TraceContext("00-\(Self.trace)-\(Self.parent)-00")
        #expect(unrecorded?.header(for: 1) == "00-\(Self.trace)-0000000000000001-00")
        let ours = TraceContext(identifier: "0af76519-16cd-43dd-8448-eb211c80319c")
        #expect(ours.header(for: 1) == "00-\(Self.trace)-0000000000000001-01")
    }
}
