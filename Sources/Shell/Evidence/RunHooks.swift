internal import Bindings
internal import Posix
internal import Text
internal import VSphere

/// The programs that are told how a run ended.
///
/// They cannot change how it ends: whatever goes wrong is a warning.
struct RunHooks {
    /// How long each may take.
    static let limit: Duration = .seconds(30)
    /// How much each may write.
    static let outputLimit = 64 << 10

    private struct Hook {
        let option: String
        let words: [String]
        let onlyFailures: Bool
    }

    private var hooks: [Hook] = []
    private var world: World?
    private var limit = Self.limit

    /// Tells nobody.
    init() {}

    /// Reads the options.
    /// - Throws: For a command that cannot be split into words.
    init(
        _ options: RunOptions,
        _ world: World,
        limit: Duration = Self.limit
    ) throws(SettingsError) {
        (self.world, self.limit) = (world, limit)
        for (option, text, onlyFailures) in [
            ("--on-end", options.onEnd, false), ("--on-failure", options.onFailure, true),
        ] {
            guard let text else { continue }
            do throws(QuantityProblem) {
                let words = try WordSplitter.split(text)
                hooks.append(Hook(option: option, words: words, onlyFailures: onlyFailures))
            } catch {
                throw SettingsError(
                    "\(option): \(error.reason)",
                    hint: error.hint,
                    exitCode: .usage
                )
            }
        }
    }

    /// Starts the programs, one after the other, with the record on their standard input.
    ///
    /// - Parameters:
    ///   - end: How the run ended.
    ///   - record: The same as a line of JSON.
    ///   - traceparent: The place of the run in its trace; nil for one that is not traced.
    ///   - warn: Called with what went wrong.
    func tell(
        _ end: RunEnd,
        _ record: @autoclosure () -> String,
        traceparent: String? = nil,
        warn: (String) -> Void
    ) {
        let hooks = hooks.filter { end.isFailure || !$0.onlyFailures }
        guard let world, !hooks.isEmpty else { return }
        let input = Array((record() + "\n").utf8)
        var environment = Self.withoutPasswords(world.environment)
        if let traceparent { environment[TraceContext.variable] = traceparent }
        for hook in hooks {
            var command = Command(
                hook.words,
                timeout: limit,
                outputLimit: Self.outputLimit
            )
            command.feed = Command.Feed(input: input, environment: environment)
            let name = "\(hook.option): \(Display.name(hook.words[0]))"
            do throws(PosixError) {
                let outcome = try world.run(command)
                if let problem = Self.problem(outcome, limit) { warn("\(name) \(problem)") }
            } catch {
                warn("\(name): \(Display.escape(error.description))")
            }
        }
    }

    /// Says what went wrong, with the beginning of what the program has said about it; nil for nothing.
    static func problem(_ outcome: Command.Outcome, _ limit: Duration) -> String? {
        let line = outcome.output.split(separator: UInt8(ascii: "\n")).first ?? []
        let said = line.isEmpty ? "" : ": " + Display.escape(bytes: Array(line), limit: 200)
        switch outcome.ending {
        case .exited(0): return nil
        case .exited(let code): return "ended with \(code)\(said)"
        case .signalled(let signal): return "was ended by signal \(signal)\(said)"
        case .timedOut: return "took longer than \(SpanText.spelled(limit)), and was ended"
        case .outputTooLarge:
            return "wrote more than \(SizeText.spelled(outputLimit)), and was ended"
        case .cancelled: return "was ended: the run was told to stop"
        }
    }

    /// The variables without those of ours that hold a password, or the key of a collector.
    static func withoutPasswords(_ environment: [String: String]) -> [String: String] {
        var kept = environment
        for name in ["VMOON_PASSWORD", "GOVC_PASSWORD", "VMOON_PING_URL"]
            + TraceSettings.headerVariables
        {
            kept[name] = nil
        }
        for name in ["VMOON_VCENTER", "GOVC_URL"] {
            guard let text = kept[name], text.contains("@") else { continue }
            kept[name] = (try? Endpoint.parse(text)) == nil ? nil : Endpoint.withoutPassword(text)
        }
        return kept
    }
}
