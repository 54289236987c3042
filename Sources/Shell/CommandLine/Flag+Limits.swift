internal import Bindings
internal import Changes
internal import Transport
internal import VSphere

extension Flag {
    static let limitRows: [Flag] = [
        Flag(
            .timeout,
            "timeout",
            .duration(atLeast: .milliseconds(1)),
            "TIME",
            in: .limits,
            "Limit for one request that reads.",
            detail: "Times are written 250ms, 30s, 5m, 1h30m.",
            default: .duration(Request.Usual.timeout),
            profileKey: "timeout",
            availability: .everywhere
        ),
        Flag(
            .connectTimeout,
            "connect-timeout",
            .duration(atLeast: .milliseconds(1)),
            "TIME",
            in: .limits,
            "Limit for connecting.",
            default: .duration(Request.Usual.connectTimeout),
            profileKey: "connect_timeout",
            availability: .everywhere
        ),
        Flag(
            .operationTimeout,
            "operation-timeout",
            .duration(atLeast: .milliseconds(1)),
            "TIME",
            in: .limits,
            "Limit for one request that changes or clones.",
            default: .duration(ConnectionProfile.usualOperationTimeout),
            profileKey: "operation_timeout",
            availability: .everywhere
        ),
        Flag(
            .maxAnswer,
            "max-answer",
            .size(atLeast: 1024),
            "SIZE",
            in: .limits,
            "Largest answer accepted.",
            detail: "Sizes are written 64K, 256M, 1G.",
            default: .size(Request.Usual.answerLimit),
            profileKey: "max_answer",
            availability: .everywhere
        ),
        Flag(
            .limit,
            "limit",
            .count(1...1000),
            "N",
            in: .limits,
            "Most requests in flight to one vCenter.",
            default: .count(ConnectionProfile.usualRequestLimit),
            profileKey: "limit",
            availability: .everywhere
        ),
        Flag(
            .memoryLimit,
            "memory-limit",
            .size(atLeast: 1 << 20),
            "SIZE",
            in: .limits,
            "Most memory the script may use."
        ),
        deadline,
        Flag(
            .grace,
            "grace",
            .duration(atLeast: .zero),
            "TIME",
            in: .limits,
            "Time to clean up once the run is stopped.",
            detail: "Changes in flight are awaited for as long.",
            default: .duration(Runtime.usualGrace)
        ),
    ]

    static let safetyRows: [Flag] = [
        Flag(
            .dryRun,
            "dry-run",
            in: .safety,
            "Change nothing; print what would be done.",
            detail: """
                The plan goes to standard error, with what would be purged. A planned call returns a \
                placeholder, and calls that use it are planned too. No program is started but those of \
                exec{..., safe = true} and those that give secrets; sleep does not wait.
                """
        ),
        planOut, plan,
        Flag(
            .readOnly,
            "read-only",
            in: .safety,
            "Refuse every call that changes something.",
            detail:
                "It raises an error of kind forbidden_by_policy, as does starting a program without "
                + "exec{..., safe = true}."
        ),
        Flag(
            .yes,
            "yes",
            in: .safety,
            "Answer yes to every confirm(...) of the script.",
            detail:
                "ask(...) then takes its default. Without a terminal a script that asks needs this."
        ),
        settle,
        Flag(
            .resends,
            "resend",
            .count(0...100),
            "N",
            in: .safety,
            "How often a doubtful change may be sent again.",
            detail: "Only the identical request, and only where it has not happened so far.",
            default: .count(ChangeCourse.Limits().resends)
        ),
        giveUp,
        Flag(
            .sandbox,
            "sandbox",
            in: .safety,
            "Run Lua with an allow-list of functions.",
            detail: """
                No files, no programs, no bytecode, no C modules; require finds only text files \
                beside the script.
                """
        ),
    ]

    static let outputRows: [Flag] = [
        Flag(
            .logFormat,
            "log-format",
            .choice(RunOptions.LogFormat.allCases.map(\.rawValue)),
            "FORMAT",
            in: .output,
            "How log records are written to standard error.",
            detail:
                "In json, errors and warnings of vmoon are records too, and so is that a run begins and how it ends.",
            default: .text(RunOptions.LogFormat.usual.rawValue),
            availability: .everywhere
        ),
        Flag(
            .logLevel,
            "log-level",
            .choice(RunOptions.LogLevel.allCases.map(\.rawValue)),
            "LEVEL",
            in: .output,
            "The least important records to write.",
            default: .text(RunOptions.LogLevel.usual.rawValue),
            availability: .everywhere
        ),
        Flag(
            .logFile,
            "log-file",
            .path,
            "FILE",
            in: .output,
            "Append log records to FILE too.",
            detail: """
                FILE also has that the run begins, the error that ends it, and how it ended; in text, \
                standard error has the first and the last only with --log-level debug. It is made for you alone (0600); a symbolic link is refused, and so is a file that is no log. SIGHUP, unless a terminal has \
                hung up, then opens it again and does not end the run.
                """,
            availability: .everywhere
        ),
        Flag(
            .color,
            "color",
            .choice(RunOptions.ColorUse.allCases.map(\.rawValue)),
            "WHEN",
            in: .output,
            "When to use colours.",
            detail: "auto uses them on a terminal, unless NO_COLOR is set or TERM is dumb.",
            default: .text(RunOptions.ColorUse.usual.rawValue),
            availability: .everywhere
        ),
        .record, .replay,
    ]

    /// `--record`, of scripts and of `doctor`.
    static let record = Flag(
        .record,
        "record",
        .path,
        "FILE",
        in: .output,
        "Keep the traffic with vCenters in FILE, without secrets.",
        detail:
            "An older recording is replaced, and nothing else; the file is for you alone (0600)."
    )

    /// `--replay`, of both.
    static let replay = Flag(
        .replay,
        "replay",
        .path,
        "FILE",
        in: .connection,
        "Take the answers from a recorded FILE: no vCenter, no network.",
        detail: """
            Configured credentials and the journal are not used. A request that was not recorded \
            is an error.
            """
    )

    /// The time limit of a run.
    static let deadline = Flag(
        .deadline,
        "deadline",
        .duration(atLeast: .milliseconds(1)),
        "TIME",
        in: .limits,
        "Stop the run after TIME.",
        detail: "It then ends with exit code \(ExitCode.deadline.rawValue)."
    )

    /// The time for which a doubtful change is observed.
    static let settle = Flag(
        .settle,
        "settle",
        .duration(atLeast: .zero),
        "TIME",
        in: .safety,
        "How long a change whose outcome is doubtful is observed.",
        default: .duration(ChangeCourse.Limits().settle)
    )

    /// The time after which an unseen change counts as lost.
    static let giveUp = Flag(
        .giveUp,
        "give-up",
        .duration(atLeast: .seconds(1)),
        "TIME",
        in: .safety,
        "After how long a change that was not seen is taken to be lost.",
        detail:
            "By the vCenter's clock; until then it may still happen, and its item stays blocked.",
        default: .duration(ChangeCourse.Limits().giveUp)
    )
}
