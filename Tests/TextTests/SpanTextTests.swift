import Testing

import Text

@Suite struct SpanTextTests {
    @Test(arguments: [
        ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("90m", 5_400_000),
        ("2d", 172_800_000), ("1d2h3m4s5ms", 93_784_005), ("1h2m3s4ms", 3_723_004), ("0s", 0),
        ("8760h", 31_536_000_000), ("9223372036854775807ms", 9_223_372_036_854_775_807),
    ]) func `a length of time is read`(_ text: String, _ milliseconds: Int) throws {
        #expect(try SpanText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        (0, "0s"), (1, "1ms"), (250, "250ms"), (1000, "1s"), (60_000, "60s"), (90_000, "1m30s"),
        (100_000, "1m40s"), (120_000, "2m"), (3_600_000, "60m"), (86_400_000, "24h"),
        (172_800_000, "2d"), (95_400_000, "1d2h30m"), (7_776_000_000, "90d"),
        (1_234_567_890, "14d6h56m7s890ms"),
    ]) func `a length of time is written so that it is read the same`(
        _ milliseconds: Int,
        _ text: String
    ) throws {
        #expect(SpanText.spelled(.milliseconds(milliseconds)) == text)
        #expect(try SpanText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "90", "s", "1.5h", "-1s", "1 s", " 5s", "30m1h", "5m1h", "1h1h", "5s5s", "5x", "1w",
        "1H", "30S", "1h30", "99999999999999999999s", "9223372036854775807d",
        "9223372036854775807ms1ms", "106751991167d9223372036854775807ms", "١s", "٣s",
    ]) func `what is no length of time is refused`(_ text: String) {
        #expect(throws: QuantityProblem.self) { try SpanText.parse(text) }
    }

    @Test(arguments: [
        ("30", "30s"), ("1h30", "1h30m"), ("1h30m5", "1h30m5s"), ("1d2", "1d2h"), ("1s5", "1s5ms"),
        ("5ms5", nil),
    ])
    func `a unit that is missing is the next one`(_ text: String, _ meant: String?) throws {
        let problem = try #require(throws: QuantityProblem.self) { try SpanText.parse(text) }
        #expect(problem.hint == meant.map { "did you mean \($0)?" } ?? problem.hint)
        #expect(problem.hint.hasPrefix("did you mean") == (meant != nil))
    }

    @Test(
        arguments: [
            (0, "just now"), (0.9, "just now"), (-0.9, "just now"), (1, "1s ago"),
            (59.9, "59s ago"),
            (60, "1m ago"), (3599, "59m ago"), (3 * 3600, "3h ago"), (86_399, "23h ago"),
            (86_400, "1d ago"), (364 * 86_400, "364d ago"), (400 * 86_400, "1y ago"),
            (-120, "in 2m"), (-1e300, "in 1000000000000000y"), (.nan, "just now"),
        ] as [(Double, String)]
    ) func `an age is one unit, rounded down`(_ seconds: Double, _ text: String) {
        #expect(SpanText.age(seconds: seconds) == text)
    }

    @Test(
        arguments: [
            (0, "0s"), (45.4, "45s"), (80, "1m20s"), (65, "1m05s"), (7500, "2h05m"),
            (93_600, "1d02h"),
            (-5, "0s"),
        ] as [(Double, String)]
    ) func `a length is shown in two units`(_ seconds: Double, _ text: String) {
        #expect(SpanText.length(seconds: seconds) == text)
    }
}
