import Foundation
import JSON
import Support
import Testing

/// A script with steps in a folder, its runs, and what resumes them.
struct ResumeBench {
    let bench: JournalBench

    init(items: Int = 2) throws { bench = try JournalBench(items: items) }

    var folder: TestFolder { bench.folder }
    var simulator: SimulatorProcess { bench.simulator }

    /// Writes the script.
    func write(_ text: String, to name: String = "train.lua") throws {
        _ = try folder.write(text, to: name)
    }

    /// Runs the script of that text.
    @discardableResult
    func run(_ text: String, _ options: [String] = [], _ arguments: [String] = []) throws
        -> ProgramRun
    {
        try write(text)
        return try vmoon(connection + options + ["train.lua"] + arguments)
    }

    var connection: [String] { ["--vcenter", simulator.url, "--user", simulator.user] }

    /// Runs `vmoon` in the folder with these words alone.
    func vmoon(_ words: [String], _ variables: [String: String] = [:], input: String = "") throws
        -> ProgramRun
    {
        try ProgramRun.of(
            "vmoon",
            words,
            input: input,
            environment: bench.environment().merging(variables) { $1 },
            in: folder
        )
    }

    @discardableResult
    func resume(_ words: String...) throws -> ProgramRun { try vmoon(["resume"] + words) }

    /// The runs in the journal, the newest first.
    func runs() throws -> [JSONValue] {
        try JSONValue(parsing: try vmoon(["runs", "--json"]).output).array ?? []
    }

    /// The identifier of the newest run.
    func latest() throws -> String { try #require(try runs().first?["run_id"]?.string) }

    /// The steps of the newest run: `state name`, with the kind of an error.
    func steps() throws -> [String] {
        let text = try vmoon(["runs", try latest(), "--steps", "--json"]).output
        return try (JSONValue(parsing: text).array ?? []).map { step in
            let kind = step["kind"]?.string.map { " (\($0))" } ?? ""
            return "\(step["state"]?.string ?? "")\(kind) \(step["step"]?.string ?? "")"
        }
    }

    /// How many requests of an operation the simulator has seen, and has carried out.
    func requests(_ operation: String) throws -> (sent: Int, applied: Int) {
        let all = try simulator.requests().filter { $0["operation"]?.string == operation }
        return (all.count, all.count { $0["applied"]?.boolean == true })
    }

    /// Carries out statements on the journal, as another version of vmoon, or an accident, would.
    func editJournal(_ statements: String...) throws {
        try bench.stored.carryOut(statements)
    }

    /// A roll-back of an item, in Lua.
    static func rollback(_ item: Int, _ version: String = "1") -> String {
        "rollback('\(JournalBench.item(item))', '\(version)', 'why')"
    }
}
