extension Subcommand {
    /// `vmoon test`: tests scripts before they run against a real vCenter.
    static let test = Subcommand(
        "test",
        operands: "PATH...",
        count: 1...10_000,
        summary: "Run *_test.lua on fresh simulators.",
        flags: [
            .inventory,
            Flag(
                .filter,
                "filter",
                .text,
                "PATTERN",
                in: .script,
                "Run the tests only in whose names the Lua pattern is found."
            ),
            Flag(
                .testLimit,
                "test-timeout",
                .duration(atLeast: .milliseconds(1)),
                "TIME",
                in: .limits,
                "Stop a test after TIME; it has failed then.",
                default: .duration(TestStage.usualLimit)
            ),
            Flag(
                .report,
                "format",
                .choice(TestReport.Format.allCases.map(\.rawValue)),
                "FORMAT",
                in: .output,
                "How the results are written.",
                default: .text(TestReport.Format.usual.rawValue)
            ),
            Flag(
                .reportFile,
                "junit",
                .path,
                "FILE",
                in: .output,
                "Write the results to FILE too, as JUnit's XML."
            ),
        ]
    ) { invocation, operands, world in
        TestRun.start(invocation, operands, &world)
    }
}
