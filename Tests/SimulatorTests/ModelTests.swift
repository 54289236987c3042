import Testing

@testable import Simulator

struct ModelTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_255_872_345, "2026-11-21T10:11:12.345Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a moment is written and read as the wire has it`(milliseconds: Int, text: String) {
        #expect(Instant(milliseconds: milliseconds).text == text)
        #expect(Instant(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T10:11:12", "2026-13-21T10:11:12Z", "2026-11-21T10:11:60Z",
        "2026-02-29T10:11:12Z", "2026-11-21T10:11:12+00:00",
    ])
    func `what is no time stamp is refused`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a%2Fb", "a/b"), ("%c3%A9", "é"), ("a+b", "a+b"), ("%", nil),
        ("%4", nil),
        ("%zz", nil), ("%ff", nil), ("%00", "\0"),
    ])
    func `a path segment is decoded once, and refused when it cannot be`(
        text: String,
        value: String?
    ) {
        #expect(PercentCoding.decode(text[...]) == value)
    }

    @Test(arguments: ["alice", "ALICE@vsphere.local", "VSPHERE.LOCAL\\alice"])
    func `a user has one canonical name`(name: String) {
        #expect(User.canonical(name) == "alice@vsphere.local")
        #expect(User(name: User.canonical(name)).displayName == "VSPHERE.LOCAL\\alice")
    }

    @Test(arguments: [
        ("250ms", 250), ("30s", 30_000), ("1h30m", 5_400_000), ("0s", 0), ("5", nil), ("", nil),
        ("s", nil),
        ("1.5s", nil), ("-1s", nil), ("30m1h", nil), ("1h1h", nil), ("1d", 86_400_000),
    ])
    func `durations are read as the options have them`(text: String, milliseconds: Int?) {
        #expect((try? OptionParser.duration(text)) == milliseconds.map { .milliseconds($0) })
    }
}
