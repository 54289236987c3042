import Testing

@testable import Text

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("2026-11-21T10:11:12.345Z", 1_795_255_872, 345_000_000),
        ("2026-11-21t10:11:12z", 1_795_255_872, 0),
        ("2026-11-21 10:11:12Z", 1_795_255_872, 0),
        ("2026-11-21T12:11:12+02:00", 1_795_255_872, 0),
        ("2026-11-21T04:41:12-05:30", 1_795_255_872, 0),
        ("2026-11-21T10:11:12-00:00", 1_795_255_872, 0),
        ("1970-01-01T00:00:00.1Z", 0, 100_000_000),
        ("1970-01-01T00:00:00.123456789123Z", 0, 123_456_789),
        ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
        ("1970-01-01T01:00:00+02:00", -3600, 0),
        ("2000-02-29T00:00:00Z", 951_782_400, 0),
        ("2024-02-29T23:59:59Z", 1_709_251_199, 0),
        ("2024-12-31T23:30:00-01:00", 1_735_691_400, 0),
        ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
        ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
        ("0000-02-29T00:00:00Z", -62_162_121_600, 0),
    ]) func `a time is read`(_ text: String, _ seconds: Int, _ nanoseconds: Int) {
        #expect(
            Timestamp(parsing: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        )
    }

    @Test(arguments: [
        "", "2026", "2026-11-21", "2026-11-21T10:11:12", "2026-11-21T10:11Z",
        "2026-11-21T10:11:60Z", "2026-11-21T10:60:00Z", "2026-11-21T24:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-11-21T10:11:12.Z", "2026-11-21T10:11:12.3", "2026-11-21T10:11:12+24:00",
        "2026-11-21T10:11:12+02:60", "2026-11-21T10:11:12+0200", "2026-11-21T10:11:12+2:00",
        "2026-11-21T10:11:12Z ", " 2026-11-21T10:11:12Z", "2026-11-21T10:11:12,5Z",
        "+026-11-21T10:11:12Z", "２０２６-11-21T10:11:12Z", "2026-11-21T10:11:12Zulu",
    ]) func `what is no time is refused`(_ text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test(arguments: [
        (0, 0, 3, 0, "1970-01-01T00:00:00.000Z"),
        (1_795_255_872, 345_000_000, 3, 0, "2026-11-21T10:11:12.345Z"),
        (1_795_255_872, 999_999_999, 0, 0, "2026-11-21T10:11:12Z"),
        (1_795_255_872, 999_999_999, 9, 0, "2026-11-21T10:11:12.999999999Z"),
        (1_795_255_872, 0, 0, 7200, "2026-11-21T12:11:12+02:00"),
        (1_795_255_872, 0, 0, -19_800, "2026-11-21T04:41:12-05:30"),
        (-1, 500_000_000, 1, 0, "1969-12-31T23:59:59.5Z"),
        (-62_167_219_200, 0, 0, 0, "0000-01-01T00:00:00Z"),
        (-62_167_219_201, 0, 0, 0, "-1-12-31T23:59:59Z"),
        (253_402_300_800, 7_000_000, 3, 0, "10000-01-01T00:00:00.007Z"),
        (0, -1, 9, -5400, "1969-12-31T22:29:59.999999999-01:30"),
    ]) func `a time is written`(
        _ seconds: Int,
        _ nanoseconds: Int,
        _ digits: Int,
        _ offset: Int,
        _ text: String
    ) {
        let time = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        #expect(time.text(digits: digits, offset: offset) == text)
    }

    @Test func `the calendar counts every day of 800 years once`() {
        var number = Timestamp.day(year: 1600, month: 1, day: 1)
        for year in 1600..<2400 {
            for month in 1...12 {
                for day in 1...Timestamp.days(inMonth: month, of: year) {
                    let date = Timestamp.date(ofDay: number)
                    let isCounted = Timestamp.day(year: year, month: month, day: day) == number
                    if date != (year, month, day) || !isCounted {
                        Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
                        return
                    }
                    number += 1
                }
            }
        }
        #expect(number - Timestamp.day(year: 1600, month: 1, day: 1) == 2 * 146_097)
    }

    @Test(arguments: [
        (0.0, 0, 0), (1.5, 1, 500_000_000), (-0.25, -1, 750_000_000), (0.999_999_9, 1, 0),
        (1_795_255_872.345, 1_795_255_872, 345_000_000),
    ]) func `a number is a moment, to the microsecond`(
        _ number: Double,
        _ seconds: Int,
        _ nanoseconds: Int
    ) {
        #expect(Timestamp(number) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(arguments: [Double.nan, .infinity, 1e300, -1e12, 253_402_300_800])
    func `a number outside four digits of years is none`(_ number: Double) {
        #expect(Timestamp(number) == nil)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_255_872_345, "2026-11-21T10:11:12.345Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (Int64.min, "-292275055-05-16T16:47:04.192Z"),
        (Int64.max, "292278994-08-17T07:12:55.807Z"),
    ]) func `a number of a journal's, a clock's or the wire's is written`(
        _ milliseconds: Int64,
        _ text: String
    ) {
        #expect(Timestamp.text(milliseconds) == text)
        #expect(Timestamp.text(.milliseconds(milliseconds)) == text)
    }
}
