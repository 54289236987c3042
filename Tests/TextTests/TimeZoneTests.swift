import Testing

@testable import Text

@Suite struct TimeZoneTests {
    private static let vienna = TimeZone(rule: "CET-1CEST,M3.5.0,M10.5.0/3")

    private func seconds(_ text: String) throws -> Int {
        try #require(Timestamp(parsing: text)).seconds
    }

    @Test(arguments: [
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-01-15T12:00:00Z", 3600, "CET"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 3600, "CET"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 7200, "CEST"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 7200, "CEST"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3600, "CET"),
        ("CET-1CEST", "2026-03-08T00:59:59Z", 3600, "CET"),
        ("CET-1CEST", "2026-03-08T01:00:00Z", 7200, "CEST"),
        ("CET-1CEST", "2026-11-01T00:00:00Z", 3600, "CET"),
        ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18_000, "EST"),
        ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14_400, "EDT"),
        ("EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -18_000, "EST"),
        // The other half of the earth: summer goes over the end of the year.
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-15T12:00:00Z", 39_600, "AEDT"),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-15T12:00:00Z", 36_000, "AEST"),
        ("<+0330>-3:30", "2026-07-15T12:00:00Z", 12_600, "+0330"),
        ("UTC0", "2026-07-15T12:00:00Z", 0, "UTC"),
        ("X1Y,J60,J300", "2024-03-01T03:00:00Z", 0, "Y"),
        ("X1Y,J60,J300", "2024-02-29T12:00:00Z", -3600, "X"),
        ("X1Y,59,300", "2024-02-29T12:00:00Z", 0, "Y"),
    ]) func `a rule tells the offset`(
        _ rule: String,
        _ time: String,
        _ offset: Int,
        _ name: String
    ) throws {
        let zone = try #require(TimeZone(rule: rule))
        #expect(zone.reading(at: try seconds(time)) == .init(offset: offset, name: name))
    }

    @Test(arguments: [
        "", "CET", "CET-1CEST,M3.5", "CET-1CEST,M13.5.0,M10.5.0", "<+03-3",
    ])
    func `what is no rule is none`(_ rule: String) { #expect(TimeZone(rule: rule) == nil) }

    @Test func `a file has changes, and a rule for what comes after`() throws {
        func number(_ value: Int, _ width: Int) -> [UInt8] {
            (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func block(_ width: Int) -> [UInt8] {
            let counts = [0, 0, 0, 2, 2, 8].flatMap { number($0, 4) }
            let head = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts
            return head + number(1_000_000, width) + number(2_000_000, width) + [1, 0]
                + number(3600, 4) + [0, 0] + number(7200, 4) + [1, 4] + Array("CET\0EET\0".utf8)
        }
        let file = block(4) + block(8) + Array("\nCET-1CEST,M3.5.0,M10.5.0/3\n".utf8)
        let zone = try #require(TimeZone(file: file))
        #expect(zone.reading(at: 0) == .init(offset: 3600, name: "CET"))
        #expect(zone.reading(at: 999_999) == .init(offset: 3600, name: "CET"))
        #expect(zone.reading(at: 1_000_000) == .init(offset: 7200, name: "EET"))
        #expect(zone.reading(at: 2_000_000) == .init(offset: 3600, name: "CET"))
        let summer = try seconds("2050-07-01T00:00:00Z")
        #expect(zone.reading(at: summer) == .init(offset: 7200, name: "CEST"))
        // Cut anywhere it is no file, or one without its rule; nothing is read beyond its end.
        for count in 0..<file.count { _ = TimeZone(file: Array(file[..<count])) }
        #expect(TimeZone(file: Array(file[..<100])) == nil)
        #expect(TimeZone(file: Array("#!/bin/sh".utf8)) == nil)
    }

    @Test(arguments: [
        ("2026-01-31T12:00:00Z", 1, 0, "2026-02-28T12:00:00Z"),
        ("2024-01-31T12:00:00Z", 1, 0, "2024-02-29T12:00:00Z"),
        ("2026-03-31T12:00:00Z", -1, 0, "2026-02-28T12:00:00Z"),
        ("2024-02-29T00:00:00Z", 12, 0, "2025-02-28T00:00:00Z"),
        ("2026-12-15T00:00:00Z", 1, 20, "2027-02-04T00:00:00Z"),
        ("2026-01-01T00:00:00Z", 0, -1, "2025-12-31T00:00:00Z"),
    ]) func `months have the length they have`(
        _ start: String,
        _ months: Int,
        _ days: Int,
        _ end: String
    ) throws {
        let time = try #require(Timestamp(parsing: start))
        #expect(time.adding(months: months, days: days, in: .utc) == Timestamp(parsing: end))
    }

    @Test(arguments: [
        // A day on the clocks of Vienna; in spring it has 23 hours, in autumn 25.
        ("2026-03-28T11:00:00Z", 1, "2026-03-29T10:00:00Z"),
        ("2026-10-24T10:00:00Z", 1, "2026-10-25T11:00:00Z"),
        // 02:30 is skipped, and happens twice.
        ("2026-03-28T01:30:00Z", 1, "2026-03-29T01:30:00Z"),
        ("2026-10-24T00:30:00Z", 1, "2026-10-25T00:30:00Z"),
    ]) func `a day may have another length`(_ start: String, _ days: Int, _ end: String) throws {
        let zone = try #require(Self.vienna)
        let time = try #require(Timestamp(parsing: start))
        #expect(
            time.adding(months: 0, days: days, in: zone).text() == Timestamp(parsing: end)?.text()
        )
    }

    @Test(arguments: [
        ("%Y-%m-%d %H:%M:%S", "2026-01-05 14:07:09"), ("%F %T", "2026-01-05 14:07:09"),
        ("%R", "14:07"), ("%a %A %b %B", "Mon Monday Jan January"),
        ("%j %V %G %u", "005 02 2026 1"),
        ("%I:%M %p", "02:07 PM"), ("%e.%m.%y", " 5.01.26"), ("%f", "250"), ("%z %Z", "+0100 CET"),
        ("%s", "1767618429"), ("100%%", "100%"), ("plain", "plain"),
    ]) func `a layout is filled in`(_ layout: String, _ text: String) throws {
        let zone = try #require(Self.vienna)
        let time = try #require(Timestamp(parsing: "2026-01-05T13:07:09.25Z"))
        #expect(TimeLayout.write(time, layout, in: zone).text == text)
    }

    @Test(arguments: [
        ("2021-01-03T12:00:00Z", "2020-W53"), ("2021-01-04T12:00:00Z", "2021-W01"),
        ("2024-12-30T12:00:00Z", "2025-W01"), ("1969-12-29T12:00:00Z", "1970-W01"),
    ]) func `weeks are those of ISO 8601`(_ time: String, _ week: String) throws {
        let time = try #require(Timestamp(parsing: time))
        #expect(TimeLayout.write(time, "%G-W%V", in: .utc).text == week)
    }

    @Test func `a letter that stands for nothing is told`() {
        let time = Timestamp(seconds: 0)
        for letter in TimeLayout.letters {
            #expect(TimeLayout.write(time, "%\(letter)", in: .utc).text != nil, "\(letter)")
        }
        #expect(TimeLayout.write(time, "%Q", in: .utc) == (nil, "Q"))
        #expect(TimeLayout.write(time, "50%", in: .utc) == (nil, ""))
    }
}
