import JSON
import Support
import Testing

/// Rehearsals of scripts of `Tests/Lua/Rehearsal`.
struct RehearseBench {
    let folder = TestFolder()

    /// What `--json` gives.
    struct Report {
        let run: ProgramRun
        let tree: JSONValue

        var cases: [JSONValue] { tree["cases"]?.array ?? [] }
        /// A case that is not as it should be, and what is wrong.
        struct Finding {
            let name, ended, command: String
            let words: [String]
        }

        var findings: [Finding] {
            cases.compactMap { entry in
                let words = entry["findings"]?.array?.compactMap(\.string) ?? []
                func text(_ member: String) -> String { entry[member]?.string ?? "" }
                return words.isEmpty
                    ? nil
                    : Finding(
                        name: text("case"),
                        ended: text("ended"),
                        command: text("command"),
                        words: words
                    )
            }
        }
    }

    static func script(_ name: String) -> String {
        projectRoot + "/Tests/Lua/Rehearsal/\(name).lua"
    }

    /// Rehearses a script.
    func rehearse(_ options: [String], _ script: String, _ arguments: [String]) throws -> Report {
        let run = try ProgramRun.of(
            "vmoon",
            ["rehearse", "--json"] + options + [script] + arguments,
            in: folder,
            within: 240
        )
        let tree = try? JSONValue(parsing: run.output)
        return Report(run: run, tree: try #require(tree, "\(run.output) \(run.error)"))
    }

    /// A file with a library of items.
    func inventory(items: Int) throws -> String {
        let library = WorkflowBench.library("golden", items: items)
        return try folder.write(JSONEncoder().encode(library), to: "inventory.json")
    }
}
