internal import JSON
internal import Posix
internal import VSphere

extension Subcommand {
    /// `vmoon types`: writes the configuration of editors and luacheck.
    static let types = Subcommand(
        "types",
        operands: "DIR",
        count: 1...1,
        summary: "Write types for editors into DIR."
    ) { _, operands, world in
        let folder = operands[0].hasSuffix("/") ? String(operands[0].dropLast()) : operands[0]
        var text = ""
        do throws(PosixError) {
            for file in EditorFile.all {
                text += try file.write(into: folder, world) + "\n"
            }
            world.end(.code(ExitCode.done.rawValue), printing: text)
        } catch {
            world.complain(
                error.isNotFound
                    ? "there is no folder \(folder.quotedForMessage); mkdir -p makes it"
                    : error.description
            )
            let code: ExitCode = error.isNotFound ? .notFound : .outputFailed
            world.end(.code(code.rawValue), printing: text)
        }
    }
}

/// One of the files that `vmoon types` writes.
struct EditorFile {
    let name: String
    let text: String
    /// Whether an existing file is ours, and so may be replaced.
    let isOurs: @Sendable (String) -> Bool
    /// The lines to add by hand to a file that is not ours.
    let advice: String

    /// All such files.
    static let all: [EditorFile] = [types, settings, luacheck, api]

    private static let mark = "Written by `vmoon types`; do not edit."

    static var types: EditorFile {
        EditorFile(
            name: "vmoon.d.lua",
            text: EditorTypes.text(),
            isOurs: { $0.contains(mark) },
            advice: "move it away and run this again"
        )
    }

    static var api: EditorFile {
        EditorFile(
            name: "vmoon-api.d.lua",
            text: APIEditorTypes.text(),
            isOurs: { $0.contains(mark) },
            advice: "move it away and run this again"
        )
    }

    static var settings: EditorFile {
        func text(_ files: [String], _ more: [JSONValue.Member]) -> String {
            let members: [JSONValue.Member] = [
                .init("runtime.version", .string("Lua 5.4")),
                .init("workspace.library", .array(files.map(JSONValue.string))),
            ]
            return JSONEncoder(.indented).encode(.object(members + more)) + "\n"
        }
        // In kilobytes: the second file is longer than what is read by default.
        let size = JSONValue.Member("workspace.preloadFileSize", .integer(2000))
        let now = text(["vmoon.d.lua", "vmoon-api.d.lua"], [size])
        // What vmoon 0.1 wrote.
        let older = text(["vmoon.d.lua"], [])
        return EditorFile(
            name: ".luarc.json",
            text: now,
            isOurs: { [now, older].contains($0) },
            advice:
                "add \"vmoon.d.lua\" and \"vmoon-api.d.lua\" to its \"workspace.library\", and set \"runtime.version\" to "
                + "\"Lua 5.4\""
        )
    }

    static var luacheck: EditorFile {
        EditorFile(
            name: ".luacheckrc",
            text: LuacheckStandard.text(),
            isOurs: { $0.contains(mark) },
            advice:
                "copy stds.vmoon from the .luacheckrc that vmoon types writes into an empty folder"
        )
    }

    /// Writes it, unless a file that is not ours exists.
    /// - Returns: One line for a person that tells which.
    func write(into folder: String, _ world: World) throws(PosixError) -> String {
        let path = "\(folder)/\(name)"
        var existing: String?
        do throws(PosixError) {
            existing = try world.readFile(path, 16 << 20).text
        } catch {
            guard error.isNotFound else { throw error }
        }
        if let existing, !isOurs(existing) {
            let isEnough = name == ".luarc.json" && existing.contains("vmoon.d.lua")
            if isEnough { return "kept     \(path): it names vmoon.d.lua already" }
            world.warn("\(path) is not ours and stays as it is: \(advice)")
            return "kept     \(path)"
        }
        if existing == text { return "current  \(path)" }
        try world.replaceFile(path, Array(text.utf8))
        return "written  \(path)"
    }
}
