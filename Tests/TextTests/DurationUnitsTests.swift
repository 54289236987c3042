import Testing
import Text

@Suite struct DurationUnitsTests {
    @Test(
        arguments: [
            (.zero, "0 ms"), (.microseconds(999), "0 ms"), (.milliseconds(250), "250 ms"),
            (.milliseconds(1000), "1 s"), (.milliseconds(1560), "1.5 s"), (.seconds(60), "60 s"),
            (.seconds(Int64.max / 1000), "9223372036854775 s"),
        ] as [(Duration, String)]
    ) func `a limit is shown as it was given`(_ limit: Duration, _ text: String) {
        #expect(limit.limitText == text)
    }

    @Test(
        arguments: [
            (.zero, "0.000"), (.milliseconds(7), "0.007"), (.milliseconds(61_234), "61.234"),
            (.nanoseconds(1_999_999), "0.001"), (.seconds(-1), "0.000"),
        ] as [(Duration, String)]
    ) func `seconds are written with three digits`(_ span: Duration, _ text: String) {
        #expect(span.secondsText == text)
    }
}
