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
            "Writes a time as RFC 3339.",
            [
                Parameter("seconds", "number", "since 1970-01-01T00:00:00Z"),
                Parameter(
                    "options",
                    "{digits: integer?, offset: string?}",
                    "digits: of the fraction, 0 to 9, else 3; offset: from UTC, such as \"+02:00\", else \"Z\"",
                    isOptional: true
                ),
            ],
            returns: Result("string", "such as 2026-11-21T10:11:12.345Z"),
            errors: ["usage"],
            example: """
                print(time.format(0))
                print(time.format(1795255872, { digits = 0, offset = "+02:00" }))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "time.format")
                let number = try arguments.number(0, "seconds")
                let options = try arguments.options(1, known: ["digits", "offset"])
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
