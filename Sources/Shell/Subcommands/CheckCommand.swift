internal import Bindings
internal import JSON
internal import LuaHost
internal import LuaSyntax
internal import Posix
internal import VSphere

extension Subcommand {
    /// `vmoon check`: finds mistakes in scripts, without running them.
    static let check = Subcommand(
        "check",
        operands: "FILE...",
        count: 1...1_000_000,
        summary: "Find mistakes in scripts.",
        flags: [
            Flag(
                .checkFormat,
                "format",
                .choice(["text", "json"]),
                "FORMAT",
                in: .output,
                "Write findings as text or JSON.",
                detail:
                    "The file - is standard input. A line with the comment \"-- vmoon: ignore\", or behind one that stands alone, "
                    + "is not looked at.",
                default: .text("text")
            ),
            Flag(
                .checkOptions,
                "options",
                in: .output,
                "Show what options each script takes, and check nothing.",
                detail:
                    "As options{…} describes them: for completion. A line for each: its name, what it is for, and the "
                    + "words that it may be, with tabs in between."
            ),
        ]
    ) { invocation, files, world in
        let limit = 64 << 20
        let isJSON = invocation[.checkFormat]?.text == "json"
        var text = ""
        var documents: [JSONValue] = []
        var code = ExitCode.done
        do throws(LuaError) {
            let check = try SourceCheck(testing: FunctionSpec.testing)
            for file in scripts(files, in: world) {
                let bytes: [UInt8]
                do throws(PosixError) {
                    bytes =
                        file == "-"
                        ? try world.readInput(limit) : try world.readFile(file, limit).bytes
                } catch {
                    world.complain(error.description)
                    code = .notFound
                    continue
                }
                if invocation[.checkOptions] != nil {
                    text += WrittenOptions.find(in: bytes)?.rows ?? ""
                    continue
                }
                for finding in check.findings(in: bytes, isTest: file.hasSuffix("_test.lua")) {
                    if code == .done { code = .scriptError }
                    text += finding.text(in: SystemText.shown(file)) + "\n"
                    documents.append(finding.document(in: SystemText.shown(file)))
                }
            }
        } catch {
            world.complain(error.message)
            code = .internalError
        }
        if isJSON { text = JSONEncoder(.indented).encode(.array(documents)) + "\n" }
        world.end(.code(code.rawValue), printing: text)
    }
}

/// The named files, and the scripts in the named folders.
private func scripts(_ paths: [String], in world: World) -> [String] {
    paths.flatMap { path in
        // A path that cannot be listed is read as a file, which then reports the error.
        guard (try? world.listFolder(path)) != nil else { return [path] }
        return (try? TestFiles.walk(path, for: ".lua", in: world)) ?? [path]
    }
}

/// All checks of a source: first by Lua itself, then by the checker.
struct SourceCheck {
    private let interpreter: Interpreter
    private let host = SilentHost()
    private let index: CheckIndex
    private let testIndex: CheckIndex

    /// - Parameters:
    ///   - specs: The functions of every script.
    ///   - testing: The functions that only tests of scripts have.
    /// - Throws: `LuaError` if there is no memory for an interpreter.
    init(
        _ specs: [FunctionSpec] = FunctionSpec.all,
        testing: [FunctionSpec] = FunctionSpec.testing
    ) throws(LuaError) {
        interpreter = try Interpreter(host: host, usesEnvironment: false)
        index = CheckIndex(specs)
        testIndex = CheckIndex(specs + testing)
    }

    /// The findings in a source.
    func findings(in bytes: [UInt8], isTest: Bool = false) -> [Finding] {
        // Lua skips a byte order mark when it reads a file.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        do throws(LuaError) {
            try interpreter.compile(Self.source(bytes), chunkName: "=source")
        } catch {
            return [finding(error, in: bytes)]
        }
        return Checker.check(bytes, isTest ? testIndex : index)
    }

    /// The source with a first line that begins with `#` made a comment.
    private static func source(_ bytes: [UInt8]) -> [UInt8] {
        bytes.first == UInt8(ascii: "#") ? Array("--".utf8) + bytes : bytes
    }

    /// Lua's error, with the column at which our own parser finds the same error.
    private func finding(_ error: LuaError, in bytes: [UInt8]) -> Finding {
        let parts = error.message.split(separator: ":", maxSplits: 2)
        var line = parts.count > 2 ? Int(parts[1]) ?? 1 : 1
        var message = parts.count > 2 ? String(parts[2].drop { $0 == " " }) : error.message
        // A jump without a label is noticed at the end of its function.
        if let mark = message.firstRange(of: " at line "),
            let told = Int(message[mark.upperBound...])
        {
            line = told
            message = String(message[..<mark.lowerBound])
        }
        let tokens = LuaLexer.tokens(of: bytes)
        let map = SourceMap(bytes, tokens: [])
        let first = tokens.lazy.map { map.place(of: $0.range.lowerBound) }.first { $0.line == line }
        var column = first?.column ?? 1
        do throws(LuaSyntaxError) {
            _ = try LuaParser.parse(bytes)
        } catch {
            let place = map.place(of: error.range.lowerBound)
            if place.line == line { column = place.column }
        }
        return Finding(
            severity: .error,
            message: message,
            line: line,
            column: column
        )
    }
}
