internal import Posix

/// The history on disk: one line for each entry, readable by its owner only.
///
/// An entry of several lines is written with `\n` for its line breaks and `\\` for its backslashes, so
/// that several sessions can append to the file at once. If the file cannot be used, the history is
/// kept only for this session.
final class HistoryFile {
    private static let sizeLimit = 8 << 20
    private static let entryLimit = 5_000

    private let world: World
    private let path: String?
    private var file: AppendOnlyFile?
    private let warn: (String) -> Void

    /// Opens the history in the state folder; `warn` is called if it cannot be kept.
    init(_ world: World, warn: @escaping (String) -> Void) {
        self.world = world
        self.warn = warn
        guard let folder = StandardFolders.state(world.environment) else {
            path = nil
            return
        }
        do throws(PosixError) {
            try world.makePrivateFolder(folder)
            path = "\(folder)/history"
        } catch {
            path = nil
            warn("the history is not kept: \(error)")
        }
    }

    /// The entries of earlier sessions, oldest first, each once.
    ///
    /// A file that has grown long is rewritten with these entries.
    func load() -> [String] {
        guard let path,
            let contents = try? world.readOrdinaryFile(path, Self.sizeLimit)
        else { return [] }
        let lines = contents.text.split(separator: "\n")
        var seen: Set<Substring> = []
        let kept = Array(
            lines.reversed().filter { seen.insert($0).inserted }.prefix(Self.entryLimit).reversed()
        )
        if lines.count > Self.entryLimit * 2 {
            let text = kept.joined(separator: "\n") + "\n"
            try? world.replacePrivateFile(path, Array(text.utf8))
        }
        return kept.map(Self.decode)
    }

    /// Adds an entry, if the rules allow it.
    func append(_ entry: String) {
        guard let path, HistoryRules.keeps(entry) else { return }
        do throws(PosixError) {
            if file == nil { file = try world.openGrowingFile(path) }
            try file?.append(Array((Self.encode(entry) + "\n").utf8))
        } catch {
            warn("the history is not kept: \(error)")
        }
    }

    static func encode(_ entry: String) -> String {
        var line = ""
        for character in entry {
            switch character {
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            default: line.append(character)
            }
        }
        return line
    }

    static func decode(_ line: some StringProtocol) -> String {
        var entry = ""
        var isEscaped = false
        for character in line {
            if isEscaped {
                entry.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                entry.append(character)
            }
        }
        return entry
    }
}
