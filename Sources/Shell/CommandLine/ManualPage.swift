internal import Bindings
internal import Text
internal import VSphere

/// The manual page, `vmoon(1)`, in the macros of man(7).
public enum ManualPage {
    /// The page.
    public static func text(subcommands: [Subcommand] = Subcommand.all) -> String {
        var lines = [
            ".TH VMOON 1 \"\" \"vmoon \(Release.version)\"", ".SH NAME",
            "vmoon \\- run Lua against VM templates in vSphere content libraries",
            ".SH SYNOPSIS",
            ".B vmoon", "[options] [script.lua [args...]]",
        ]
        for command in subcommands {
            lines += [".br", ".B vmoon \(command.name.roff)", command.operands.roff]
        }
        lines += [".SH DESCRIPTION"] + description
        if !subcommands.isEmpty {
            lines.append(".SH COMMANDS")
            for command in subcommands {
                lines += [".TP", ".B \(command.name.roff)", command.summary.roff]
                guard !command.flags.isEmpty else { continue }
                lines += [".RS"] + command.flags.flatMap(entry) + [".RE"]
            }
        }
        lines.append(".SH OPTIONS")
        for category in Flag.Category.allCases {
            let rows = Flag.all.filter { $0.category == category }
            if !rows.isEmpty { lines.append(".SS \(category.rawValue)") }
            lines += rows.flatMap(entry)
        }
        lines.append(".SH ENVIRONMENT")
        for (names, text) in variables { lines += [".TP", ".B \(names.roff)", text.roff] }
        lines.append(".SH FILES")
        for (name, text) in files { lines += [".TP", ".I \(name.roff)", text.roff] }
        lines.append(".SH EXIT STATUS")
        for code in ExitCode.allCases {
            lines += [".TP", ".B \(code.rawValue)", code.meaning.roff]
        }
        lines += [".PP", signals.roff, ".SH SEE ALSO", ".BR vmoon\\-sim (1),", ".BR lua (1)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func entry(_ flag: Flag) -> [String] {
        let heading = flag.heading.drop { $0 == " " }
        return [".TP", ".B \(String(heading).roff)", flag.fullText.roff]
    }

    private static let description = [
        "vmoon is Lua 5.4 with the operations of vCenter on VM templates built in.",
        "Without a script it reads commands from a terminal, or runs what standard input holds.",
        "Options end at the name of the script: what follows belongs to the script.",
        ".PP",
        "An option beats the profile, the profile beats the variables VMOON_*, and these beat the",
        "variables GOVC_*, which count only where GOVC_URL supplied the vCenter.",
    ]

    private static let variables: [(names: String, text: String)] =
        Flag.all.filter { !$0.environment.isEmpty }.map { flag in
            (flag.environment.joined(separator: ", "), "See \(flag.spelling).")
        } + [
            (
                "VMOON_PASSWORD, GOVC_PASSWORD",
                "The password. Both are removed from the environment once they are read."
            ),
            (
                "VMOON_STATE_DIR, STATE_DIRECTORY, XDG_STATE_HOME",
                "Where state is kept: the first that is set, the last with /vmoon added."
            ),
            ("CREDENTIALS_DIRECTORY", "Where systemd puts the credential vmoon.password."),
            (
                "JOB_COMPLETION_INDEX, NOMAD_ALLOC_INDEX, VMOON_SHARD_COUNT",
                "Which part shard(list) gives, without --shard. Kubernetes and Nomad do not say how many "
                    + "copies they start: VMOON_SHARD_COUNT does."
            ),
            (
                "SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT, SLURM_ARRAY_TASK_MIN",
                "The same in an array of Slurm's, whose tasks follow one another."
            ),
            (
                "OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TIMEOUT, "
                    + "OTEL_EXPORTER_OTLP_CERTIFICATE, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, "
                    + "OTEL_SDK_DISABLED",
                "With an endpoint each run, with its steps, operations and requests, is sent there as a trace "
                    + "(OTLP/HTTP, JSON). Those for traces alone, OTEL_EXPORTER_OTLP_TRACES_*, go first."
            ),
            (
                "TRACEPARENT, TRACESTATE",
                "The trace that the run belongs to; programs that it starts get their place in it."
            ),
            ("NO_COLOR, TERM", "See --color."),
            (
                "LUA_PATH_5_4, LUA_CPATH_5_4",
                "As in lua(1), but Lua's own ./ is left out; LUA_INIT is ignored."
            ),
        ]

    private static let files: [(name: String, text: String)] = [
        ("$XDG_CONFIG_HOME/vmoon/config.lua", "Profiles; ~/.config where the variable is not set."),
        ("$XDG_STATE_HOME/vmoon", "State; ~/.local/state where the variable is not set."),
        ("~/.netrc", "Passwords by host; its default entry is not used."),
    ]

    private static let signals = """
        A run stopped by SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 or whatever else ends a program by default \
        settles the changes in flight for --grace, cleans up, and then ends by that signal. A second one gives up \
        what is waited for: the run logs out and ends within \(SpanText.spelled(Runtime.shortGrace)); a third ends it at once. At the \
        prompt, Ctrl-C stops the input and not the prompt. With --log-file, a SIGHUP that is sent opens the file again instead; the hang-up of the \
        terminal ends the run.
        """
}
