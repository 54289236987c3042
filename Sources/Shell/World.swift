public import Posix

/// The surroundings of the process: all that is ambient comes in through this one value.
///
/// Nothing else in the program asks the system for arguments, variables, streams, clocks, folders or
/// an end, so that a test runs the whole program in surroundings of its own making.
public struct World: Sendable {
    /// A stream that is written to.
    public struct Output: Sendable {
        /// Whether a terminal shows it.
        public var isTerminal: Bool
        /// The width of the terminal in characters, asked anew each time: windows change.
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

        /// Writes a text and a newline.
        public func write(line: String) throws(PosixError) { try write(Array((line + "\n").utf8)) }
    }

    /// How the process ends.
    public enum Ending: Sendable, Equatable, CustomStringConvertible {
        case code(Int32)
        /// By this signal, at its default action.
        case signal(Int32)

        /// `exit 0`, `signal 15`: as the journal has it.
        public var description: String {
            switch self {
            case .code(let code): "exit \(code)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    /// The arguments, the program's own name first.
    public var arguments: [String]
    /// The same, byte by byte: a script gets them so.
    public var argumentBytes: [[UInt8]]
    /// The environment as it was at the start, with the `HOME` that the system knows where there was none.
    public var environment: [String: String]
    /// Removes a variable, so that neither Lua nor a child sees it.
    public var removeVariable: @Sendable (String) -> Void = { _ in }
    /// Gives a variable another value, for Lua and for children.
    public var replaceVariable: @Sendable (String, String) -> Void = { _, _ in }
    /// Whether standard input is a terminal.
    public var inputIsTerminal = false
    /// Reads what standard input has, waiting for the first byte; nothing at its end.
    public var readPiece: @Sendable () -> [UInt8] = { [] }
    /// The terminal that a person types at; nil where there is none.
    public var terminal: @Sendable () -> TerminalDevice? = { nil }
    /// Reads standard input to its end; the parameter is the most bytes accepted.
    public var readInput: @Sendable (Int) throws(PosixError) -> [UInt8] = { _ in [] }
    /// Standard output.
    public var output: Output
    /// Standard error.
    public var error: Output
    /// A clock that only goes forward.
    public var monotonicTime: @Sendable () -> Duration = { .zero }
    /// The time since 1970-01-01T00:00:00Z.
    public var wallTime: @Sendable () -> Duration = { .zero }
    /// The working directory.
    public var workingDirectory: @Sendable () throws(PosixError) -> String = { () in "/" }
    /// The file that is being run.
    public var executablePath: @Sendable () throws(PosixError) -> String = { () in "/vmoon" }
    /// Reads a file; the second parameter is the most bytes accepted.
    public var readFile: @Sendable (String, Int) throws(PosixError) -> File.Contents
    /// As above, but what is no ordinary file, or a symbolic link, is not there.
    public var readOrdinaryFile: @Sendable (String, Int) throws(PosixError) -> File.Contents
    /// Replaces a file, readable by all, in one step.
    public var replaceFile: @Sendable (String, [UInt8]) throws(PosixError) -> Void = { _, _ in }
    /// Makes and verifies a folder for our eyes only.
    public var makePrivateFolder: @Sendable (String) throws(PosixError) -> Void = { _ in }
    /// Keeps both outputs back until the process ends, and for good where it ends with 0.
    public var keepOutput: @Sendable () throws(PosixError) -> Void = {}
    /// Lets signals and time limits stop a run, for as long as what it returns lives.
    public var watch: @Sendable (RunWatch.Target, RunWatch.Limits) -> RunWatch? = { _, _ in nil }
    /// Whether a SIGHUP has asked since the last look for the log to be opened again.
    public var takeReopening: @Sendable () -> Bool = { false }
    /// Sends a record with fields to systemd's journal; nil where standard error does not lead there.
    public var journal: (@Sendable ([UInt8]) throws(PosixError) -> Void)?
    /// The names in a folder, sorted; nil where the path is no folder.
    public var listFolder: @Sendable (String) throws(PosixError) -> [String]?
    /// The names in a folder as they are completed, folders with a slash; nothing where it cannot be read.
    public var completions: @Sendable (String) -> [String] = { _ in [] }
    /// Replaces a file, for our eyes only, in one step.
    public var replacePrivateFile: @Sendable (String, [UInt8]) throws(PosixError) -> Void =
        { _, _ in }
    /// Opens a file that only grows, or makes it for our eyes only.
    public var openGrowingFile: @Sendable (String) throws(PosixError) -> AppendOnlyFile
    /// Opens the file of a lock, or makes it.
    public var openLock: @Sendable (String) throws(PosixError) -> LockFile
    /// Whether something is at a path that is no ordinary file: a folder, a pipe or a device.
    public var isNoRegularFile: @Sendable (String) -> Bool = { _ in false }
    /// Throws where a name holds anything but an ordinary file that is empty or begins as one of ours does; the
    /// second parameter says in a message what is about to be done to it.
    public var checkOurs: @Sendable (String, String, ([UInt8]) -> Bool) throws(PosixError) -> Void =
        { _, _, _ in }
    /// Whether a file is there and may be read.
    public var isReadable: @Sendable (String) -> Bool = { _ in true }
    /// Keeps standard output for `output`: what a script or its programs write there goes to standard error.
    public var reserveOutput:
        @Sendable () throws(PosixError) -> (@Sendable ([UInt8]) throws(PosixError) -> Void)? = {
            () in nil
        }
    /// Whether a name is a symbolic link.
    public var isLink: @Sendable (String) -> Bool = { _ in false }
    /// A name with all symbolic links resolved; nil where nothing is there.
    public var realPath: @Sendable (String) -> String? = { $0 }
    /// The name of the machine.
    public var hostName = ""
    /// The number of this process.
    public var processNumber: Int32 = 0
    /// Runs a program to its end.
    public var run: @Sendable (Command) throws(PosixError) -> Command.Outcome
    /// Starts a program that runs beside us until it is ended, or until we end.
    public var startInBackground: @Sendable ([String]) throws(PosixError) -> BackgroundProcess
    /// Asks for a secret on the terminal.
    public var askSecret: @Sendable (String) throws(PosixError) -> SecretPrompt.Answer
    /// Whether this is a copy of the process that a C module has made with fork(2).
    public var isForked: @Sendable () -> Bool = { false }
    /// Says what to do when a library ends the process: gets the status, and whether that is our thread.
    public var onForeignExit: @Sendable (@escaping (Int32, Bool) -> Void) -> Void = { _ in }
    /// Ends the process; only in a test does it return.
    public var end: @Sendable (Ending) -> Void = { _ in }

    /// Makes surroundings in which there are no files, no programs and no terminal.
    public init(arguments: [String], environment: [String: String], output: Output, error: Output) {
        self.arguments = arguments
        argumentBytes = arguments.map { Array($0.utf8) }
        self.environment = environment
        self.output = output
        self.error = error
        // ENOENT and ENXIO, by number: this target has no C.
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
    /// To be made once, before anything is opened.
    public static func live() -> World {
        CurrentProcess.openMissingStandardStreams()
        CurrentProcess.unblockStoppingSignals()
        CurrentProcess.surviveFileLimits()
        var environment = Environment.all()
        // Services may run without it. Lua and children go without it all the same.
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
        world.workingDirectory = CurrentProcess.workingDirectory
        world.executablePath = CurrentProcess.executablePath
        world.readFile = { path, limit throws(PosixError) in try File.read(path, limit: limit) }
        world.replaceFile = { path, bytes throws(PosixError) in
            try File.replace(path, with: bytes, mode: 0o644)
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
        world.askSecret = SecretPrompt.ask
        let temporaryFolders = ["TMPDIR", "XDG_RUNTIME_DIR"].compactMap { environment.nonEmpty($0) }
        world.keepOutput = { () throws(PosixError) in
            try KeptOutput.begin(in: temporaryFolders + ["/tmp", "/var/tmp", "/dev/shm"])
        }
        world.watch = { target, limits in RunWatch(target, limits) }
        world.takeReopening = RunWatch.takeReopening
        if let stream = environment.nonEmpty("JOURNAL_STREAM"),
            StandardStream.error.isStream(stream)
        {
            // The second variable is for tests: there is one journal, and it belongs to systemd.
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
            if ending != .code(0) { KeptOutput.release() }
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
