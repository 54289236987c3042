internal import Text

/// The options of `vmoon-sim`: one table for parsing and help.
enum OptionParser {
    /// The meaning of a command line.
    enum Request {
        case run(Settings)
        case help
        case version
        case reference
        case manual
        case completions(Completions.Shell)
    }

    struct Option {
        let name: String
        /// The name of its value in the help; nil for an option without one.
        var value: String?
        /// The words that its value is one of; none where it is free.
        var choices: [String] = []
        let help: String
        var apply: (inout Settings, String) throws(ProgramError) -> Void = { _, _ in }
    }

    /// Parses the words of a command line.
    /// - Throws: `ProgramError` with code 64, the wrong word and the reason.
    static func parse(_ words: [String]) throws(ProgramError) -> Request {
        var settings = Settings()
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--help" || word == "-h" { return .help }
            if word == "--version" { return .version }
            if word == "--reference" { return .reference }
            if word == "--man" { return .manual }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let option = options.first(where: { $0.name == parts[0] }) else {
                throw ProgramError(
                    64,
                    word.hasPrefix("-") ? "unknown option \(parts[0])" : "unexpected word \(word)"
                )
            }
            var value = parts.count > 1 ? String(parts[1]) : nil
            if option.value == nil, value != nil {
                throw ProgramError(64, "\(option.name) takes no value")
            }
            if let name = option.value, value == nil {
                value = rest.popFirst()
                if value == nil { throw ProgramError(64, "\(option.name) needs \(name)") }
            }
            do throws(ProgramError) {
                try option.apply(&settings, value ?? "")
            } catch {
                throw ProgramError(64, "\(option.name): \(error.description)")
            }
        }
        if let shell = settings.completions { return .completions(shell) }
        try check(settings)
        return .run(settings)
    }

    /// The text of `--help`.
    static var help: String {
        var text = "usage: vmoon-sim [options]\n\nA simulated vCenter that keeps state.\n\n"
        for row in rows {
            let left = "  " + row.heading
            text += left + String(repeating: " ", count: max(1, 30 - left.count)) + row.help + "\n"
        }
        return text + "\nDurations: 250ms, 30s, 5m, 1h30m.\n"
    }

    /// Every option with its value, and what it does.
    static var rows: [(heading: String, help: String)] {
        all.map { ($0.name + ($0.value.map { " " + $0 } ?? ""), $0.help) }
    }

    /// Those of a run, and those that are all of a command line.
    static var all: [Option] {
        options + [
            Option(name: "--reference", help: "what it takes and refuses, as Markdown"),
            Option(name: "--man", help: "the manual page"),
            Option(name: "--help", help: "this text"),
            Option(name: "--version", help: "the version"),
        ]
    }

    private static func check(_ settings: Settings) throws(ProgramError) {
        for host in [settings.host, settings.adminHost].compactMap({ $0 }) {
            guard host.hasPrefix("127.") || host == "::1" || settings.listensAnywhere else {
                throw ProgramError(
                    64,
                    "\(host) is no loopback address; --listen-anywhere allows it"
                )
            }
        }
        guard (settings.certificateFile == nil) == (settings.keyFile == nil) else {
            throw ProgramError(64, "--cert and --key go together")
        }
        guard !settings.isPlain || settings.certificateFile == nil else {
            throw ProgramError(64, "--http and --cert contradict each other")
        }
    }

    private static var options: [Option] {
        [
            Option(name: "--listen", value: "HOST:PORT", help: "address; port 0 takes a free one") {
                settings,
                value throws(ProgramError) in
                (settings.host, settings.port) = try address(value)
            },
            Option(name: "--admin", value: "HOST:PORT", help: "a plain listener for /sim/ only") {
                settings,
                value throws(ProgramError) in
                (settings.adminHost, settings.adminPort) = try address(value)
            },
            switching("--listen-anywhere", \.listensAnywhere, "allow an address that others reach"),
            switching("--http", \.isPlain, "no TLS"),
            taking("--cert", "FILE", \.certificateFile, text, "certificate chain, PEM"),
            taking("--key", "FILE", \.keyFile, text, "its key, PEM"),
            choosing("--certificate", "KIND", \.certificate, "valid, wrong-host or expired"),
            taking("--user", "NAME", \.user, text, "the first user"),
            taking(
                "--privileges",
                "LIST",
                \.privileges,
                role,
                "all that this user may do (everything)"
            ),
            taking("--password", "TEXT", \.password, text, "everybody's password"),
            taking(
                "--inventory",
                "FILE",
                \.inventoryFile,
                text,
                "what there is, as GET /sim/state writes it"
            ),
            taking(
                "--vcenter",
                "NAME",
                \.vcenter,
                text,
                "which one of those in the inventory this is"
            ),
            taking("--state", "FILE", \.stateFile, text, "keep the inventory across restarts"),
            choosing(
                "--statuses",
                "KIND",
                \.statuses,
                "seed or spec: where the sources differ"
            ),
            Option(
                name: "--dialects",
                value: "LIST",
                choices: ["rest,api", "rest", "api"],
                help: "rest,api or one of them"
            ) { settings, value throws(ProgramError) in
                let names = value.split(separator: ",")
                guard !names.isEmpty, names.allSatisfy({ $0 == "rest" || $0 == "api" }) else {
                    throw ProgramError(64, "\"\(value)\" is none of rest, api and rest,api")
                }
                settings.hasRest = names.contains("rest")
                settings.hasAPI = names.contains("api")
            },
            taking(
                "--session-idle",
                "TIME",
                \.sessionIdle,
                duration,
                "sessions end after so long unused"
            ),
            taking("--session-max", "TIME", \.sessionMax, duration, "sessions end after so long"),
            taking("--max-sessions", "N", \.maxSessions, count, "most sessions open at once"),
            taking("--latency", "TIME", \.latency, duration, "wait before each answer"),
            taking(
                "--clone-time",
                "TIME",
                \.cloneTime,
                duration,
                "check-out, check-in and deploy take it"
            ),
            taking(
                "--power-on-time",
                "TIME",
                \.powerOnTime,
                duration,
                "a machine deployed to be on is on so much later (50ms)"
            ),
            taking(
                "--tools-time",
                "TIME",
                \.guestTimes.tools,
                duration,
                "the tools in a machine run so long after it is on (50ms)"
            ),
            taking(
                "--address-time",
                "TIME",
                \.guestTimes.address,
                duration,
                "it has an address so long after its tools (50ms)"
            ),
            taking(
                "--shutdown-time",
                "TIME",
                \.guestTimes.shutdown,
                duration,
                "a guest that is shut down takes it (50ms)"
            ),
            Option(
                name: "--release",
                value: "VERSION-BUILD",
                help: "what the appliance says it is (8.0.3.00000-24022515)"
            ) { settings, value throws(ProgramError) in
                settings.release = try release(value)
            },
            Option(name: "--fault", value: "JSON", help: "a fault to begin with; repeatable") {
                $0.faults.append($1)
            },
            switching("--with-parent", \.endsWithParent, "end when standard input ends"),
            switching("--quiet", \.isQuiet, "no warnings on standard error"),
            Option(
                name: "--completions",
                value: "SHELL",
                choices: Completions.Shell.allCases.map(\.rawValue),
                help: "completes these options in bash, zsh or fish"
            ) { settings, value throws(ProgramError) in
                settings.completions = try choice(value) as Completions.Shell
            },
        ]
    }

    private static func switching(
        _ name: String,
        _ setting: WritableKeyPath<Settings, Bool>,
        _ help: String
    ) -> Option {
        Option(name: name, help: help) { settings, _ in settings[keyPath: setting] = true }
    }

    private static func taking<T>(
        _ name: String,
        _ value: String,
        _ setting: WritableKeyPath<Settings, T>,
        _ read: @escaping (String) throws(ProgramError) -> T,
        _ help: String
    ) -> Option {
        Option(name: name, value: value, help: help) { settings, text throws(ProgramError) in
            settings[keyPath: setting] = try read(text)
        }
    }

    private static func choosing<C: CaseIterable & RawRepresentable<String> & Sendable>(
        _ name: String,
        _ value: String,
        _ setting: WritableKeyPath<Settings, C>,
        _ help: String
    ) -> Option {
        var option = taking(name, value, setting, choice, help)
        option.choices = C.allCases.map(\.rawValue)
        return option
    }

    private static func text(_ text: String) -> String { text }

    private static func release(_ text: String) throws(ProgramError) -> ApplianceRelease {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let isNumeric = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }
        }
        guard parts.count == 2, isNumeric else {
            throw ProgramError(64, "\"\(text)\" is no VERSION-BUILD such as 7.0.3.00400-19234570")
        }
        return ApplianceRelease(version: parts[0], build: parts[1])
    }

    private static func role(_ text: String) throws(ProgramError) -> Set<String> {
        let names = text.split(separator: ",").map(String.init)
        if let problem = names.lazy.compactMap(Privileges.problem).first {
            throw ProgramError(64, problem)
        }
        return Set(names)
    }

    private static func count(_ text: String) throws(ProgramError) -> Int {
        guard let count = Int(text), count > 0 else {
            throw ProgramError(64, "\"\(text)\" is no positive number")
        }
        return count
    }

    private static func address(_ text: String) throws(ProgramError) -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { throw ProgramError(64, "\"\(text)\" is no HOST:PORT") }
        let host = String(text[..<colon].filter { $0 != "[" && $0 != "]" })
        return (host == "localhost" ? "127.0.0.1" : host, Int(port))
    }

    private static func choice<C: CaseIterable & RawRepresentable<String>>(
        _ value: String
    ) throws(ProgramError) -> C {
        guard let found = C(rawValue: value) else {
            let names = C.allCases.map(\.rawValue).joined(separator: ", ")
            throw ProgramError(64, "\"\(value)\" is none of \(names)")
        }
        return found
    }

    /// Reads a length of time.
    static func duration(_ text: String) throws(ProgramError) -> Duration {
        do throws(QuantityProblem) {
            return try SpanText.parse(text)
        } catch {
            throw ProgramError(64, "\"\(text)\" is no duration such as 250ms, 30s or 1h30m")
        }
    }
}
