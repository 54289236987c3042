internal import JSON
internal import Posix
internal import Text
internal import VSphere

/// The part that all cases of a rehearsal have in common: the script, and how its run is started.
struct RehearsalPlan: Sendable {
    /// The program, that of the simulator, and the folder for everything that is made.
    var program: String
    var simulator: String
    var folder: String
    /// The options of the run, the script, and its arguments.
    var options: [String]
    var script: String
    var arguments: [String]
    /// The inventory that the simulators start with; nil for their own.
    var inventory: String?
    var environment: [String: String]
    var seed: UInt64

    /// How long a process of a case may take, by the real clock.
    static var limit: Duration { .seconds(60) }

    /// The variables that a case must not have: it tells nobody outside of itself.
    static let outside = [
        "VMOON_PING_URL", "VMOON_METRICS_FILE", "JOURNAL_STREAM", "TRACEPARENT",
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    ]

    /// The words that start the simulator of a vCenter; its name is empty where the script names none.
    func simulatorWords(of vcenter: String) -> [String] {
        [simulator, "--with-parent", "--quiet", "--http"]
            + (inventory.map { ["--inventory", $0] } ?? [])
            + (vcenter.isEmpty ? [] : ["--vcenter", vcenter])
    }

    /// The words of a stage.
    func words(of kind: CaseEvidence.Stage.Kind, log: String, fault: String?) -> [String] {
        // The usual limit of an answer is so large that to exceed it takes seconds.
        let size = fault == "oversize" && kind == .run ? ["--max-answer=1M"] : []
        switch kind {
        case .run, .again:
            return [program, "--sim", "--log-format=json", "--log-file=\(log)"] + size + options
                + ["--", script] + arguments
        case .resume: return [program, "resume"]
        case .reconcile: return [program, "reconcile"]
        }
    }

    /// The environment of a stage.
    func environment(state: String, rehearsal: String) -> [String: String] {
        var environment = environment
        for name in Self.outside { environment[name] = nil }
        environment["VMOON_STATE_DIR"] = state
        environment[RehearsedRun.variable] = rehearsal
        return environment
    }

    /// The line that shows one case again, in whatever shell: with the variables that name the vCenter, which cannot
    /// be options, since a profile comes between the two.
    func command(for point: RehearsalCase) -> String {
        let isAlone = options.contains("-E")
        let variables = (isAlone ? [] : RunRecipe.variableNames).compactMap { name in
            environment.nonEmpty(name).map {
                "\(name)=\(Self.quoted(Endpoint.withoutPassword($0)))"
            }
        }
        let words =
            ["vmoon", "rehearse", "--case", point.name, "--seed", "\(seed)"]
            + (inventory.map { ["--inventory", $0] } ?? []) + options
            + (script.hasPrefix("-") ? ["--"] : []) + [script] + arguments
        return (variables + words.map(Self.quoted)).joined(separator: " ")
    }

    /// A word as a shell takes it.
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./=:@%+,".utf8.contains(byte)
            }
        }
        if plain, !word.isEmpty { return word }
        return "'\(word.replacing("'", with: "'\\''"))'"
    }
}
