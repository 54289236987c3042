internal import CProcess
@preconcurrency import Glibc

/// The process that runs this code.
public enum CurrentProcess {
    /// The process identifier.
    public static var identifier: Int32 { getpid() }

    /// How many processors it may use.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The arguments it was started with, its own name first; empty if its parent passed none.
    ///
    /// Bytes that are not UTF-8 become U+FFFD.
    public static var arguments: [String] {
        argumentBytes.map(SystemText.text)
    }

    /// The arguments as the kernel passed them: without `/proc` `CommandLine` has none.
    public static var argumentBytes: [[UInt8]] {
        var count: Int32 = 0
        let words = vm_process_arguments(&count)
        return (0..<Int(count)).compactMap { number in
            words?[number].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        }
    }

    /// Whether it is a copy that a C module has made with fork(2): its resources belong to its parent.
    public static var isForked: Bool { vm_process_is_forked() }

    /// The signals that end a program by default and can be handled in an orderly way: SIGINT, SIGTERM and SIGHUP
    /// first.
    public static var stoppingSignals: [Int32] {
        var count: Int32 = 0
        let signals = vm_process_stopping_signals(&count)
        return Array(UnsafeBufferPointer(start: signals, count: Int(count)))
    }

    /// Makes a write beyond a file size limit (`ulimit -f`) an error instead of the end of the process.
    public static func surviveFileLimits() { vm_process_survive(SIGXFSZ) }

    /// Makes a write to a closed connection an error instead of the end of the process.
    ///
    /// An existing handler for it is kept.
    public static func ignoreBrokenPipes() { vm_process_survive(SIGPIPE) }

    /// The name of the computer, without its domain unless the system's name includes it.
    public static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return name.withUnsafeBufferPointer { $0.baseAddress.map(String.init(cString:)) ?? "" }
    }

    /// The executable file, with all links resolved.
    public static func executablePath() throws(PosixError) -> String {
        try call("find", path: "/proc/self/exe") {
            // Without /proc: the path it was called by, relative to the folder that we were started in.
            realpath("/proc/self/exe", nil) ?? vm_process_path().flatMap { realpath($0, nil) }
        }
    }

    /// The licences and notices of what is linked into the program; nil unless `scripts/build` has made it.
    public static func notices() -> String? { vm_process_notices().map { String(cString: $0) } }

    /// The working directory.
    public static func workingDirectory() throws(PosixError) -> String {
        try call("find the working directory") { getcwd(nil, 0) }
    }

    /// Makes a folder the working directory.
    public static func enter(_ folder: String) throws(PosixError) {
        guard chdir(SystemText.bytes(folder).map(CChar.init(bitPattern:)) + [0]) == 0 else {
            throw .current("enter", path: folder)
        }
    }

    /// The home folder from the system's user database; nil if the user has none.
    public static var homeFolder: String? {
        guard let user = getpwuid(getuid()), let folder = user.pointee.pw_dir else { return nil }
        let home = SystemText.text(of: folder)
        return home.isEmpty ? nil : home
    }

    /// Opens `/dev/null` for each standard stream that the parent left closed, for reading only: a write to
    /// a closed output would be lost, and must fail.
    ///
    /// Otherwise the next opened file would become the standard output and be overwritten by it.
    public static func openMissingStandardStreams() {
        for number in 0...2 where fcntl(Int32(number), F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one: those below it are already open.
            _ = open("/dev/null", O_RDONLY)
        }
    }

    /// Unblocks the signals that stop a program, if the parent has blocked them.
    ///
    /// Ignored signals remain ignored.
    public static func unblockStoppingSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Says what to do when a library calls exit(3); `exit` below does not count.
    /// - Parameter body: Gets the status, and whether it is called in the thread that calls this. It may end the
    ///   process itself.
    public static func onForeignExit(_ body: @escaping (Int32, _ isOwnThread: Bool) -> Void) {
        let owner = Unmanaged.passRetained(ExitAction(body)).toOpaque()
        vm_process_on_exit(
            { owner, status, isOwnThread in
                guard let owner else { return }
                Unmanaged<ExitAction>.fromOpaque(owner).takeUnretainedValue()
                    .body(status, isOwnThread)
            },
            owner
        )
    }

    private final class ExitAction {
        let body: (Int32, Bool) -> Void
        init(_ body: @escaping (Int32, Bool) -> Void) { self.body = body }
    }

    /// Ends the process at once, without running exit handlers.
    ///
    /// A forked process does not reach the end of a run, which flushes files: its output is flushed here.
    public static func exit(_ code: Int32) -> Never {
        if isForked { fflush(nil) }
        _exit(code)
    }

    /// Ends the process by a signal, so that its parent sees that and not an exit code.
    ///
    /// A shell loop around us then stops too, which a plain exit with 130 does not achieve.
    public static func end(bySignal number: Int32) -> Never {
        vm_process_end_by(number)
        // Reached only for a signal that does not end the process by default.
        _exit(128 &+ number)
    }

    /// Calls a C function that returns text which we have to free.
    private static func call(
        _ operation: String,
        path: String? = nil,
        _ body: () -> UnsafeMutablePointer<CChar>?
    ) throws(PosixError) -> String {
        guard let text = body() else { throw .current(operation, path: path) }
        defer { free(text) }
        return SystemText.text(of: text)
    }
}
