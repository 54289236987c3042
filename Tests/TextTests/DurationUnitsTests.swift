import Testing
import Text

@Suite struct DurationUnitsTests {
    @Test(
        arguments: [
            (.zero, "0.000"), (.milliseconds(7), "0.007"), (.milliseconds(61_234), "61.234"),
            (.nanoseconds(1_999_999), "0.001"), (.seconds(-1), "0.000"),
        ] as [(Duration, String)]
    ) func `seconds are written with three digits`(_ span: Duration, _ text: String) {
        #expect(span.secondsText == text)
    }
}
