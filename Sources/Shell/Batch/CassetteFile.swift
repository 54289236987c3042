internal import Bindings
internal import Posix
internal import Text
internal import VSphere

/// The cassette of a run: `--record` writes it, `--replay` plays it.
struct CassetteFile {
    private static let limit = 1 << 30

    /// Records or plays the traffic; nil for neither.
    let tape: Tape?

    /// The recorder, if one was asked for.
    var recorder: CassetteRecorder? { if case .recorder(let kept)? = tape { kept } else { nil } }

    /// The player, if one was asked for.
    var player: CassettePlayer? { if case .player(let player)? = tape { player } else { nil } }

    /// Opens the file named by the options.
    ///
    /// If nothing will be recorded the file is not touched: without a script, an older recording is kept.
    /// - Throws: If the options contradict each other, or the file cannot be used.
    init(_ options: RunOptions, script: String?, _ world: World) throws(SettingsError) {
        if let path = options.replayFile {
            if options.usesSimulator || options.recordFile != nil {
                let other = options.usesSimulator ? "--sim" : "--record"
                throw SettingsError(
                    "\(other) does not go with --replay",
                    hint: "a replayed run talks to nobody else",
                    exitCode: .usage
                )
            }
            tape = .player(try Self.load(path, world))
        } else {
            let isThere = script.map(world.isReadable) ?? true
            tape = try options.recordFile.flatMap { path throws(SettingsError) in
                guard isThere else { return nil }
                return .recorder(try Self.record(path, world))
            }
        }
    }

    private static func load(_ path: String, _ world: World) throws(SettingsError) -> CassettePlayer
    {
        let name = Display.escape(path)
        do {
            let text = try world.readFile(path, limit).text
            return CassettePlayer(try Cassette(parsing: text), named: name)
        } catch let error as PosixError {
            throw SettingsError(
                "the cassette: \(error)",
                hint: "--replay names a file that --record has written",
                exitCode: error.isNotFound ? .notFound : .configuration
            )
        } catch {
            throw SettingsError(
                "the cassette \(name): \(error)",
                hint: "--replay names a file that --record has written",
                exitCode: .invalidInput
            )
        }
    }

    private static func record(
        _ path: String,
        _ world: World
    ) throws(SettingsError) -> CassetteRecorder {
        let file: AppendOnlyFile
        do throws(PosixError) {
            try world.checkOurs(path, "replace") {
                $0.starts(with: CassetteRecorder.beginning.utf8)
            }
            // A new file, readable by its owner only, whatever was there before; then it is only appended to.
            try world.replacePrivateFile(path, [])
            file = try world.openGrowingFile(path)
        } catch {
            throw SettingsError(
                "the cassette: \(error)",
                hint: "--record names a new file, or an older recording, in a folder of yours",
                exitCode: .configuration
            )
        }
        var hasComplained = false
        return CassetteRecorder(at: Timestamp.text(world.wallTime())) { line in
            do throws(PosixError) {
                try file.append(Array(line.utf8))
            } catch {
                // The run matters more; but an incomplete cassette must not be taken for a complete one.
                if !hasComplained {
                    world.warn("the cassette is incomplete: \(error)")
                }
                hasComplained = true
            }
        }
    }
}
