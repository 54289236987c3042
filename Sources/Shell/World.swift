internal import Journal
public import Posix
internal import Text
internal import VSphere

/// The surroundings of the process: everything ambient comes in through this one value.
///
/// No other code asks the system for arguments, variables, streams, clocks, folders or
/// the end of the process, so that a test can run the whole program in artificial surroundings.
public struct World: Sendable {
    /// An output stream.
    public struct Output: Sendable {
        /// Whether it is a terminal.
        public var isTerminal: Bool
        /// The width of the terminal in characters, read each time: windows change.
        public var columns: @Sendable () -> Int?
        /// Writes all bytes.
        public var write: @Sendable ([UInt8]) throws(PosixError) -> Void

        /// Makes a stream.
        public init(
            isTerminal: Bool,
            columns: @escaping @Sendable () -> Int? = { nil },
            write: @escaping @Sendable ([UInt8]) throws(PosixError) -> Void
        ) {
            self.isTerminal = isTerminal
            self.columns = columns
            self.write = write
        }

        /// The width of the terminal in characters; 80 where it does not say.
        var width: Int { columns() ?? 80 }

        /// Writes a text and a newline.
        public func write(line: String) throws(PosixError) { try write(Array((line + "\n").utf8)) }

        /// Writes lines for a person.
        func tell(_ text: String) throws(PosixError) { try write(line: fitted(text)) }

        /// Lines for a person: a terminal would break them anywhere, and gets them broken at their words.
        func fitted(_ text: String) -> String {
            guard isTerminal, let columns = columns() else { return text }
            return text.split(separator: "\n", omittingEmptySubsequences: false)
                .flatMap { line in
                    // A tab and a return have no width of their own.
                    let start = line.prefix { $0 == "\r" }
                    let rest = String(line[start.endIndex...])
                    guard !rest.contains("\t") else { return [String(line)] }
                    var lines = WordWrap.lines(rest, width: columns)
                    lines[0] = start + lines[0]
                    return lines
                }
                .joined(separator: "\n")
        }
    }

    /// How the process ends.
    public enum Ending: Sendable, Equatable, CustomStringConvertible {
        case code(Int32)
        /// By this signal, with its default action.
        case signal(Int32)

        /// `exit 0`, `signal 15`: as in the journal.
        public var description: String {
            switch self {
            case .code(let code): "exit \(code)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    /// The arguments, the program's own name first.
    public var arguments: [String]
    /// The same as bytes: a script gets them in this form.
    public var argumentBytes: [[UInt8]]
    /// The environment at the start; `HOME`, if missing, is taken from the system's user database.
    public var environment: [String: String]
    /// Removes a variable, so that neither Lua nor a child sees it.
    public var removeVariable: @Sendable (String) -> Void = { _ in }
    /// Sets a variable, for Lua and for children.
    public var replaceVariable: @Sendable (String, String) -> Void = { _, _ in }
    /// Whether standard input is a terminal.
    public var inputIsTerminal = false
    /// Reads available bytes of standard input, waiting for the first; empty at its end.
    public var readPiece: @Sendable () -> [UInt8] = { [] }
    /// The terminal of the prompt; nil if there is none.
    public var terminal: @Sendable () -> TerminalDevice? = { nil }
    /// Reads standard input to its end; the parameter is the most bytes accepted.
    public var readInput: @Sendable (Int) throws(PosixError) -> [UInt8] = { _ in [] }
    /// Standard output.
    public var output: Output
    /// Standard error.
    public var error: Output
    /// A monotonic clock.
    public var monotonicTime: @Sendable () -> Duration = { .zero }
    /// The time since 1970-01-01T00:00:00Z.
    public var wallTime: @Sendable () -> Duration = { .zero }
    /// Makes a folder the working directory.
    public var enterFolder: @Sendable (String) throws(PosixError) -> Void = { _ in }
    /// The working directory.
    public var workingDirectory: @Sendable () throws(PosixError) -> String = { () in "/" }
    /// The executable file.
    public var executablePath: @Sendable () throws(PosixError) -> String = { () in "/vmoon" }
    /// The licences and notices of what is linked in; nil in a program that was built without them.
    public var notices: @Sendable () -> String? = { nil }
    /// Reads a file; the second parameter is the most bytes accepted.
    public var readFile: @Sendable (String, Int) throws(PosixError) -> File.Contents
    /// Limits how long `readFile` waits for a pipe before a run has its deadline.
    public var limitWaiting: @Sendable (Duration) -> Void = { _ in }
    /// Like `readFile`, but a symbolic link, or a file that is not an ordinary one, counts as missing.
    public var readOrdinaryFile: @Sendable (String, Int) throws(PosixError) -> File.Contents
    /// Replaces a file, readable by all, in one step.
    public var replaceFile: @Sendable (String, [UInt8]) throws(PosixError) -> Void = { _, _ in }
    /// Replaces a file in one step by what a body writes in pieces, with the permissions that the umask leaves.
    public var replaceFileInPieces:
        @Sendable (
            String, (@escaping ([UInt8]) throws(PosixError) -> Void) throws(PosixError) -> Void
        ) throws(PosixError) -> Void = { _, _ in }
    /// Makes and verifies a folder that only its owner may enter.
    public var makePrivateFolder: @Sendable (String) throws(PosixError) -> Void = { _ in }
    /// Keeps both outputs back until the process ends, and drops them if it ends with 0.
    public var keepOutput: @Sendable () throws(PosixError) -> Void = {}
    /// Shows what was kept.
    public var releaseOutput: @Sendable () -> Void = {}
    /// Lets signals and time limits stop a run, for as long as what it returns lives.
    public var watch: @Sendable (RunWatch.Target, RunWatch.Limits) -> RunWatch? = { _, _ in nil }
    /// Whether a SIGHUP has asked since the last call to reopen the log.
    public var takeReopening: @Sendable () -> Bool = { false }
    /// The run whose messages are written as records of JSON; nil for lines for a person.
    public var recordedRun: String?
    /// Set in a run that is one case of a rehearsal.
    var rehearsal: RehearsedRun?
    /// Sends a record with fields to systemd's journal; nil if standard error does not lead there.
    public var journal: (@Sendable ([UInt8]) throws(PosixError) -> Void)?
    /// The names in a folder, sorted; nil if the path is not a folder.
    public var listFolder: @Sendable (String) throws(PosixError) -> [String]?
    /// The names in a folder for completion, folders with a slash; empty if it cannot be read.
    public var completions: @Sendable (String) -> [String] = { _ in [] }
    /// Replaces a file, readable by its owner only, in one step.
    public var replacePrivateFile: @Sendable (String, [UInt8]) throws(PosixError) -> Void =
        { _, _ in }
    /// Opens a file for appending, or creates it, readable by its owner only.
    public var openGrowingFile: @Sendable (String) throws(PosixError) -> AppendOnlyFile
    /// Opens the file of a lock, or creates it.
    public var openLock: @Sendable (String) throws(PosixError) -> LockFile
    /// Whether a path exists and is not an ordinary file: a folder, a pipe or a device.
    public var isNoRegularFile: @Sendable (String) -> Bool = { _ in false }
    /// Throws unless a name is free, or is an ordinary file that is empty or begins like one of ours; the
    /// second parameter is the intended action, for the message.
    public var checkOurs: @Sendable (String, String, ([UInt8]) -> Bool) throws(PosixError) -> Void =
        { _, _, _ in }
    /// Whether a file exists and is readable.
    public var isReadable: @Sendable (String) -> Bool = { _ in true }
    /// Reserves standard output for `output`: output of a script or its programs goes to standard error.
    public var reserveOutput:
        @Sendable () throws(PosixError) -> (@Sendable ([UInt8]) throws(PosixError) -> Void)? = {
            () in nil
        }
    /// Whether a name is a symbolic link.
    public var isLink: @Sendable (String) -> Bool = { _ in false }
    /// A name with all symbolic links resolved; nil where nothing is there.
    public var realPath: @Sendable (String) -> String? = { $0 }
    /// The journal that hosts share; nil where it is a file in the state folder.
    var sharedJournal: SharedJournal?
    /// The name of the machine.
    public var hostName = ""
    /// The process identifier.
    public var processNumber: Int32 = 0
    /// Runs a program to its end.
    public var run: @Sendable (Command) throws(PosixError) -> Command.Outcome
    /// Starts a program that runs beside us until it is ended, or until we end.
    public var startInBackground: @Sendable ([String]) throws(PosixError) -> BackgroundProcess
    /// Starts a program with pipes for all its streams, and an environment.
    public var startPiped:
        @Sendable ([String], [String: String]) throws(PosixError) -> PipedProcess = {
            arguments,
            _ throws(PosixError) in throw PosixError("start", path: arguments.first, code: 2)
        }
    /// Makes a new private folder for what is needed during the run only.
    public var makeTemporaryFolder: @Sendable () throws(PosixError) -> String = {
        () throws(PosixError) in throw PosixError("make folder", code: 2)
    }
    /// Removes a folder with everything in it.
    public var removeFolder: @Sendable (String) throws(PosixError) -> Void = { _ in }
    /// How many processors there are.
    public var processorCount = 1
    /// Asks for a secret on the terminal.
    public var askSecret: @Sendable (String) throws(PosixError) -> LinePrompt.Answer
    /// Asks for a line on the terminal: the question, whether the answer is a secret, and what is done meanwhile.
    public var askLine:
        @Sendable (String, Bool, () -> Bool) throws(PosixError) -> LinePrompt.Answer = {
            _,
            _,
            _ throws(PosixError) in throw PosixError("ask on", path: "/dev/tty", code: 6)
        }
    /// Whether this is a copy of the process, made with fork(2) by a C module.
    public var isForked: @Sendable () -> Bool = { false }
    /// Says what to do when a library ends the process: gets the status, and whether that is our thread.
    public var onForeignExit: @Sendable (@escaping (Int32, Bool) -> Void) -> Void = { _ in }
    /// Ends the process; only in a test does it return.
    public var end: @Sendable (Ending) -> Void = { _ in }

    /// Makes surroundings without files, programs and a terminal.
    public init(arguments: [String], environment: [String: String], output: Output, error: Output) {
        self.arguments = arguments
        argumentBytes = arguments.map { Array($0.utf8) }
        self.environment = environment
        self.output = output
        self.error = error
        // ENOENT and ENXIO, as numbers: this target does not import C.
        readFile = { path, _ throws(PosixError) in throw PosixError("read", path: path, code: 2) }
        readOrdinaryFile = readFile
        openGrowingFile = { path throws(PosixError) in
            throw PosixError("open", path: path, code: 2)
        }
        openLock = { path throws(PosixError) in throw PosixError("open", path: path, code: 2) }
        listFolder = { path throws(PosixError) in throw PosixError("read", path: path, code: 2) }
        run = { command throws(PosixError) in
            throw PosixError("run", path: command.arguments.first, code: 2)
        }
        startInBackground = { arguments throws(PosixError) in
            throw PosixError("start", path: arguments.first, code: 2)
        }
        askSecret = { _ throws(PosixError) in throw PosixError("ask on", path: "/dev/tty", code: 6)
        }
    }

    /// The surroundings of this process.
    ///
    /// To be made once, before any file is opened.
    public static func live() -> World {
        CurrentProcess.openMissingStandardStreams()
        CurrentProcess.unblockStoppingSignals()
        CurrentProcess.surviveFileLimits()
        var environment = Environment.all()
        // Services may run without HOME. For Lua and children it remains unset.
        if environment.nonEmpty("HOME") == nil { environment["HOME"] = CurrentProcess.homeFolder }
        var world = World(
            arguments: CurrentProcess.arguments,
            environment: environment,
            output: Output(live: .output),
            error: Output(live: .error)
        )
        world.argumentBytes = CurrentProcess.argumentBytes
        world.removeVariable = Environment.remove
        world.replaceVariable = Environment.replace
        world.inputIsTerminal = StandardStream.input.isTerminal
        world.readInput = { limit throws(PosixError) in
            try StandardStream.input.readAll(limit: limit)
        }
        world.monotonicTime = MonotonicClock.now
        world.wallTime = WallClock.now
        world.enterFolder = CurrentProcess.enter
        world.workingDirectory = CurrentProcess.workingDirectory
        world.executablePath = CurrentProcess.executablePath
        world.notices = CurrentProcess.notices
        world.readFile = { path, limit throws(PosixError) in try File.read(path, limit: limit) }
        world.limitWaiting = { File.limitWaiting(to: $0) }
        world.replaceFile = { path, bytes throws(PosixError) in
            try File.write(path, bytes, mode: 0o644)
        }
        world.replaceFileInPieces = { path, body throws(PosixError) in
            try File.replace(path, mode: nil, body)
        }
        world.hostName = CurrentProcess.hostName
        world.processNumber = CurrentProcess.identifier
        world.listFolder = { path throws(PosixError) in try Folder.names(in: path) }
        world.readPiece = StandardStream.input.readPiece
        world.terminal = { TerminalDevice() }
        world.readOrdinaryFile = { path, limit throws(PosixError) in
            let contents = try File.read(path, limit: limit, followsLinks: false)
            guard contents.status.isRegular else { throw PosixError("read", path: path, code: 2) }
            return contents
        }
        world.completions = { TerminalPaths.names(in: $0) }
        world.replacePrivateFile = { path, bytes throws(PosixError) in
            try File.replace(path, with: bytes)
        }
        world.openGrowingFile = { path throws(PosixError) in try AppendOnlyFile(path) }
        world.openLock = { path throws(PosixError) in try LockFile(path) }
        world.isNoRegularFile = File.isNoRegularFile
        world.checkOurs = { path, verb, isOurs throws(PosixError) in
            try File.checkOurs(path, to: verb, isOurs)
        }
        world.reserveOutput = { () throws(PosixError) in try StandardStream.reserveOutput() }
        world.isReadable = File.isReadable
        world.isLink = Folder.isLink
        world.realPath = File.realPath
        world.makePrivateFolder = Folder.makePrivate
        world.run = { command throws(PosixError) in
            let before = RunWatch.stopCount
            return try command.run { RunWatch.stopCount != before }
        }
        world.startInBackground = { arguments throws(PosixError) in
            try BackgroundProcess(arguments)
        }
        world.startPiped = { arguments, environment throws(PosixError) in
            try PipedProcess(arguments, environment: environment)
        }
        world.removeFolder = { path throws(PosixError) in try Folder.removeAll(path) }
        world.processorCount = CurrentProcess.processorCount
        world.askSecret = { text throws(PosixError) in
            let before = RunWatch.stopCount
            return try LinePrompt.ask(text) { RunWatch.stopCount == before }
        }
        world.askLine = { text, isHidden, goesOn throws(PosixError) in
            try LinePrompt.ask(text, isHidden: isHidden, while: goesOn)
        }
        let temporaryFolders = ["TMPDIR", "XDG_RUNTIME_DIR"].compactMap { environment.nonEmpty($0) }
        let quickFolders = ["TMPDIR"].compactMap { environment.nonEmpty($0) }
        world.makeTemporaryFolder = { () throws(PosixError) in
            // In memory where nothing else is wanted: what is in it need not outlast a crash of the machine.
            try Folder.makeTemporary(in: quickFolders + ["/dev/shm", "/tmp", "/var/tmp"])
        }
        world.keepOutput = { () throws(PosixError) in
            try KeptOutput.begin(in: temporaryFolders + ["/tmp", "/var/tmp", "/dev/shm"])
        }
        world.releaseOutput = KeptOutput.release
        world.watch = { target, limits in RunWatch(target, limits) }
        world.takeReopening = RunWatch.takeReopening
        if let stream = environment.nonEmpty("JOURNAL_STREAM"),
            StandardStream.error.isStream(stream)
        {
            // The second variable is for tests: there is only one real journal.
            let path = environment.nonEmpty("VMOON_JOURNAL_SOCKET")
            let socket = try? JournalSocket(path ?? JournalSocket.standardPath)
            world.journal = { bytes throws(PosixError) in
                guard let socket else { throw PosixError("open the journal", code: 2) }
                try socket.send(bytes)
            }
        }
        world.isForked = { CurrentProcess.isForked }
        world.onForeignExit = CurrentProcess.onForeignExit
        world.end = { ending in
            if ending != .code(ExitCode.done.rawValue) { KeptOutput.release() }
            switch ending {
            case .code(let code): CurrentProcess.exit(code)
            case .signal(let signal): CurrentProcess.end(bySignal: signal)
            }
        }
        return world
    }
}

extension World.Output {
    fileprivate init(live stream: StandardStream) {
        self.init(
            isTerminal: stream.isTerminal,
            columns: { stream.terminalSize?.columns },
            write: { bytes throws(PosixError) in try stream.write(bytes) }
        )
    }
}
