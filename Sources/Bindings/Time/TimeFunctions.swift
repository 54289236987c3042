internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

extension FunctionSpec {
    /// The module `time`: seconds since 1970 as numbers, RFC 3339 as text.
    static let time: [FunctionSpec] = [
        FunctionSpec(
            "time.now",
            "Tells the time of day.",
            returns: Result("number", "seconds since 1970-01-01T00:00:00Z, with a fraction"),
            example: "print(time.format(time.now()))"
        ) { runtime, call in
            call.result.put(Timestamp(runtime.scriptTime).number)
            return .returned
        },
        FunctionSpec(
            "time.parse",
            "Reads an RFC 3339 time, as vCenter writes them.",
            [Parameter("text", "string", "such as 2026-11-21T10:11:12.345Z or …12+02:00")],
            returns: Result("number", "seconds since 1970; an integer where there is no fraction"),
            errors: ["usage"],
            example: """
                print(time.parse("2026-11-21T10:11:12+02:00"))
                local rhel = item "golden/rhel-9"
                local since = rhel:getCheckOut(rhel:listCheckOuts()[1].vm).time
                if time.now() - time.parse(since) > time.duration "7d" then print("a week") end
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "time.parse")
                let text = try arguments.string(0, "text")
                guard let time = Timestamp(parsing: text) else { throw arguments.noTime(text) }
                call.result.put(seconds: time)
            }
        },
        FunctionSpec(
            "time.format",
            "Writes a time as RFC 3339, or in a layout of one's own.",
            [
                Parameter("seconds", "number", "since 1970-01-01T00:00:00Z"),
                Parameter(
                    "layout",
                    "string|{digits: integer?, offset: string?}",
                    "a text with letters of strftime, in English: %Y %m %d %H %M %S, %F for the date, %T and %R for "
                        + "the time, %a %A %b %B, %j %V %G %u, %I %p, %y %e, %f (milliseconds), %s, %z (+0100), %Z "
                        + "(CET), %%. Or a table for RFC 3339: digits of the fraction, 0 to 9, else 3; offset from "
                        + "UTC, such as \"+02:00\", else \"Z\"",
                    isOptional: true
                ),
                Parameter("zone", "string", zoneSummary, isOptional: true),
            ],
            returns: Result("string", "such as 2026-11-21T10:11:12.345Z"),
            errors: ["usage"],
            example: """
                print(time.format(0))
                print(time.format(1795255872, { digits = 0, offset = "+02:00" }))
                print(time.format(time.now(), "%F %R %Z", "local"), time.format(0, "%A", "+01:00"))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "time.format")
                let number = try arguments.number(0, "seconds")
                if let layout = arguments[1]?.string {
                    let time = try arguments.moment(number)
                    let zone = try runtime.zone(2, of: arguments)
                    return call.result.put(try arguments.text(time, layout, zone))
                }
                let options = try arguments.options(1, known: ["digits", "offset"])
                if arguments[2] != nil {
                    throw arguments.misuse(
                        "a zone needs a layout",
                        hint: "time.format(seconds, \"%F %T\", \"local\")"
                    )
                }
                let digits = options?["digits"].map { $0.integer ?? -1 } ?? 3
                guard (0...9).contains(digits) else {
                    throw arguments.misuse("digits must be an integer from 0 to 9")
                }
                let offset = options?["offset"].map { Timestamp.offset($0.string ?? "") } ?? 0
                guard let offset else {
                    throw arguments.misuse("offset must be \"Z\" or of the form \"+02:00\"")
                }
                guard let time = Timestamp(number),
                    Timestamp.range.contains(time.seconds + offset)
                else {
                    throw arguments.misuse("seconds must lie in the years 0000 to 9999")
                }
                call.result.put(time.text(digits: digits, offset: offset))
            }
        },
        FunctionSpec(
            "time.add",
            "Tells the time that is so much later, or earlier.",
            [
                Parameter("time", "number|string", "seconds since 1970, or RFC 3339"),
                Parameter(
                    "amount",
                    """
                    string|number|{years: integer?, months: integer?, weeks: integer?, \
                    days: integer?, hours: number?, minutes: number?, seconds: number?}
                    """,
                    "a length of time such as \"1h30m\" or \"-2d\", seconds, or a table. Years, months, weeks and days "
                        + "of a table go by the calendar: 31 January and a month is the last of February, and a day "
                        + "may have 23 or 25 hours where clocks are changed"
                ),
                Parameter("zone", "string", zoneSummary, isOptional: true),
            ],
            returns: Result("number", "seconds since 1970; an integer where there is no fraction"),
            errors: ["usage"],
            example: """
                assert(time.add("2026-11-21T10:00:00Z", "-1d") == time.parse "2026-11-20T10:00:00Z")
                print(time.format(time.add("2026-01-31T12:00:00Z", { months = 1 })))
                print(time.format(time.add(time.now(), { days = -30 }, "local"), "%F", "local"))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "time.add")
                let start: Timestamp
                if let text = arguments[0]?.string {
                    guard let time = Timestamp(parsing: text) else { throw arguments.noTime(text) }
                    start = time
                } else {
                    start = try arguments.moment(arguments.number(0, "time"))
                }
                let zone = try runtime.zone(2, of: arguments)
                call.result.put(seconds: try arguments.add(start, zone))
            }
        },
        FunctionSpec(
            "time.age",
            "Says how long ago a time was.",
            [Parameter("time", "number|string", "seconds since 1970, or RFC 3339")],
            returns: Result(
                "string",
                "a text of one unit, rounded down: 3h ago, in 2d, just now; to compare, "
                    + "time.now() - time.parse(time) gives seconds"
            ),
            errors: ["usage"],
            example: """
                print(time.age(time.now() - 3 * 3600))
                local rhel = item "golden/rhel-9"
                print(time.age(rhel:getCheckOut(rhel:listCheckOuts()[1].vm).time))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "time.age")
                let then: Double
                if let text = arguments[0]?.string {
                    guard let time = Timestamp(parsing: text) else { throw arguments.noTime(text) }
                    then = time.number
                } else {
                    then = try arguments.number(0, "time")
                }
                let now = Timestamp(runtime.scriptTime).number
                call.result.put(SpanText.age(seconds: now - then))
            }
        },
        FunctionSpec(
            "time.duration",
            "Reads a length of time as the command line writes them.",
            [Parameter("text", "string", "such as 250ms, 30s, 1h30m or 2d, the larger unit first")],
            returns: Result("number", "seconds; an integer where there is no fraction"),
            errors: ["usage"],
            example: """
                assert(time.duration("1h30m") == 5400)
                print(time.duration("250ms"))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "time.duration")
                let text = try arguments.string(0, "text")
                guard let span = try? SpanText.parse(text) else {
                    throw arguments.misuse(
                        "\"\(Display.escape(text))\" is not a length of time",
                        hint: "write it as 250ms, 30s, 5m or 1h30m"
                    )
                }
                call.result.put(seconds: Timestamp(span))
            }
        },
    ]
}

private let zoneSummary =
    "the place whose clocks count: \"UTC\", which it is unless one is given, \"local\", an offset such as "
    + "\"+02:00\", or a name such as \"Europe/Vienna\""

extension Arguments {
    /// The moment of a number of seconds.
    fileprivate func moment(_ seconds: Double) throws(VSphereError) -> Timestamp {
        guard let time = Timestamp(seconds) else {
            throw misuse("seconds must lie in the years 0000 to 9999")
        }
        return time
    }

    /// A time in a layout.
    fileprivate func text(
        _ time: Timestamp,
        _ layout: String,
        _ zone: TimeZone
    ) throws(VSphereError) -> String {
        let (text, wrong) = TimeLayout.write(time, layout, in: zone)
        guard let text else {
            throw misuse(
                wrong.isEmpty
                    ? "the layout ends with a percent sign"
                    : "%\(Display.escape(wrong)) stands for nothing",
                hint: "%Y-%m-%d %H:%M:%S; %% is a percent sign"
            )
        }
        return text
    }

    /// The time behind the second argument's amount.
    fileprivate func add(_ start: Timestamp, _ zone: TimeZone) throws(VSphereError) -> Timestamp {
        var start = start
        var nanoseconds = 0.0
        if let text = self[1]?.string {
            let isNegative = text.hasPrefix("-")
            guard let span = try? SpanText.parse(isNegative ? String(text.dropFirst()) : text)
            else {
                throw misuse(
                    "\"\(Display.name(text))\" is not a length of time",
                    hint: "write it as 30s, 1h30m or -2d, or as { days = -2 }"
                )
            }
            nanoseconds = Double(span.wholeMilliseconds) * 1e6 * (isNegative ? -1 : 1)
        } else if self[1]?.kind == .record {
            let units: [(name: String, months: Int, days: Int, seconds: Double)] = [
                ("years", 12, 0, 0), ("months", 1, 0, 0), ("weeks", 0, 7, 0), ("days", 0, 1, 0),
                ("hours", 0, 0, 3600), ("minutes", 0, 0, 60), ("seconds", 0, 0, 1),
            ]
            let options = try options(1, known: units.map(\.name))
            var (months, days) = (0, 0)
            for unit in units {
                guard let value = options?[unit.name], !value.isAbsent else { continue }
                guard let number = value.number, abs(number) < 1e9,
                    unit.seconds > 0 || value.integer != nil
                else {
                    throw misuse(
                        unit.seconds > 0
                            ? "\(unit.name) must be a number"
                            : "\(unit.name) must be a whole number"
                    )
                }
                months += unit.months * (value.integer ?? 0)
                days += unit.days * (value.integer ?? 0)
                nanoseconds += unit.seconds * number * 1e9
            }
            // The calendar counts years of four digits.
            if abs(months) < 12 * 10_000, abs(days) < 4_000_000 {
                start = start.adding(months: months, days: days, in: zone)
            } else {
                nanoseconds = .infinity
            }
        } else {
            nanoseconds = try number(1, "amount") * 1e9
        }
        guard abs(nanoseconds) < 9e18 * 100 else { throw misuse("that is beyond the year 9999") }
        let whole = (nanoseconds / 1e9).rounded(.down)
        let rest = start.nanoseconds + Int((nanoseconds - whole * 1e9).rounded())
        let end = Timestamp(
            seconds: start.seconds + Int(whole) + rest / 1_000_000_000,
            nanoseconds: rest % 1_000_000_000
        )
        guard Timestamp.range.contains(end.seconds) else {
            throw misuse("that is not in the years 0000 to 9999")
        }
        return end
    }
}

extension Runtime {
    /// The zone in an argument; UTC where there is none.
    fileprivate func zone(_ index: Int, of arguments: Arguments) throws(VSphereError) -> TimeZone {
        guard arguments[index] != nil else { return .utc }
        let name = try arguments.name(index, "zone")
        if name == "UTC" { return .utc }
        if let offset = Timestamp.offset(name) { return TimeZone(offset: offset, name: name) }
        if let zone = configuration.zone(name == "local" ? nil : name) { return zone }
        throw arguments.misuse(
            "there is no time zone \"\(Display.name(name))\"",
            hint:
                "\"local\", \"+02:00\", or a name such as \"Europe/Vienna\" from /usr/share/zoneinfo"
        )
    }
}

extension Arguments {
    fileprivate func noTime(_ text: String) -> VSphereError {
        misuse(
            "\"\(Display.escape(String(text.prefix(60))))\" is not an RFC 3339 time",
            hint: "write it as 2026-11-21T10:11:12Z"
        )
    }
}

extension ValueBuffer {
    /// Appends seconds: an integer where they are whole.
    fileprivate func put(seconds time: Timestamp) {
        if time.nanoseconds == 0 { put(time.seconds) } else { put(time.number) }
    }
}
