internal import Bindings
internal import Changes
internal import Posix
internal import Text
internal import VSphere

extension Flag {
    /// The options for cron, timers and batch engines.
    static let unattendedRows: [Flag] =
        [
            Flag(
                .lock,
                "lock",
                .lockName,
                "NAME",
                in: .unattended,
                "Let only one run with this NAME go on at a time.",
                detail: """
                    Another one ends with exit code \(ExitCode.tryAgain.rawValue), before it reads a password or talks to a vCenter. The \
                    lock lies in the state folder and ends with its holder, however that dies. NAME has \
                    letters, digits, dots, underscores and hyphens.
                    """
            ),
            Flag(
                .lockWait,
                "lock-wait",
                .duration(atLeast: .zero),
                "TIME",
                in: .unattended,
                "How long to wait for the lock, or for a run that holds the same item.",
                default: .duration(ChangeSettings.usualLockWait),
                availability: .everywhere
            ),
            Flag(
                .cron,
                "cron",
                in: .unattended,
                "Be silent unless the run fails.",
                detail: """
                    Both outputs are kept, also those of programs that a script starts, and shown when the exit \
                    code is not 0; of more than \(SizeText.spelled(KeptOutput.head + KeptOutput.tail)) the first \
                    \(SizeText.spelled(KeptOutput.head)) and the last \(SizeText.spelled(KeptOutput.tail)). What goes to --log-file is written as ever.
                    """,
                availability: .everywhere
            ),
            Flag(
                .metricsFile,
                "metrics-file",
                .path,
                "FILE",
                in: .unattended,
                "Write what the run did to FILE, for Prometheus.",
                detail: """
                    In the text format, replaced in one step when the run ends, readable by all: a file of \
                    node_exporter's textfile folder is one. The name of FILE is a label, and the time of the last \
                    success is carried on. A file that has something else in it is refused (\(ExitCode.usage.rawValue)); one that cannot be \
                    written, or is no regular one, is a warning; a \
                    --dry-run writes none, nor does a run that finds its --lock held.
                    """
            ),
            Flag(
                .pingURL,
                "ping-url",
                .address,
                "URL",
                in: .unattended,
                "Tell a dead man's switch that the run starts and how it ends.",
                detail: """
                    URL/start, then URL/EXITSTATUS, each with ?rid=RUN, as healthchecks.io has it; a signal's status \
                    is 128 and its number. It takes at most \(SpanText.spelled(Ping.limit)), a failure is a warning, and a --dry-run \
                    sends nothing, nor does a run that finds its --lock held. The address is taken for a secret: the variable keeps it out of the list of \
                    processes.
                    """,
                environment: ["VMOON_PING_URL"]
            ),
            onEnd,
            Flag(
                .onFailure,
                "on-failure",
                .text,
                "CMD",
                in: .unattended,
                "Like --on-end, but only where the run does not end with 0."
            ),
            Flag(
                .shard,
                "shard",
                .shard,
                "I/N",
                in: .unattended,
                "Which of N copies this is: shard(list) gives its part of a list.",
                detail: """
                    I counts from 0 or from 1: N/N is 0/N. Without it, the variables of Kubernetes, Slurm and \
                    Nomad say which.
                    """
            ),
            until,
        ] + journalRows

    /// The program that is told how a run ended.
    private static let onEnd = Flag(
        .onEnd,
        "on-end",
        .text,
        "CMD",
        in: .unattended,
        "Start CMD when the run has ended, and tell it how.",
        detail: """
            CMD is split into words (quotes and backslashes as in a shell) and run without a shell, for at most \
            \(SpanText.spelled(RunHooks.limit)). Its standard input is the record that ends the log, as a line of JSON: event, run_id, \
            script, exit_code, signal, kind, message, duration_ms, changes. It gets no password in its \
            environment, and what it writes is dropped. A failure is a warning, and the exit code stays the \
            same; a run whose options or settings are wrong or whose --lock is held tells it too, a --dry-run does \
            not. In a run that is traced, TRACEPARENT is the run's place.
            """
    )

    /// The step after which a run stops.
    static let until = Flag(
        .until,
        "until",
        .text,
        "STEP",
        in: .unattended,
        "Stop when the step of this name was done.",
        detail: "The run ends with 0, and vmoon resume continues it."
    )
}
