internal import CProcess
@preconcurrency import Glibc

/// The process that runs this code.
public enum CurrentProcess {
    /// Its number.
    public static var identifier: Int32 { getpid() }

    /// The arguments it was started with, its own name first; none where its parent gave none at all.
    ///
    /// Bytes that are not UTF-8 become U+FFFD.
    public static var arguments: [String] {
        argumentBytes.map(SystemText.text)
    }

    /// The arguments as the kernel handed them over: without `/proc` `CommandLine` has none.
    public static var argumentBytes: [[UInt8]] {
        var count: Int32 = 0
        let words = vm_process_arguments(&count)
        return (0..<Int(count)).compactMap { number in
            words?[number].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        }
    }

    /// Whether it is a copy that a C module has made with fork(2): what it has belongs to its parent.
    public static var isForked: Bool { vm_process_is_forked() }

    /// What ends a program at its default action, and can be obeyed in an orderly way: SIGINT, SIGTERM and SIGHUP
    /// first.
    public static var stoppingSignals: [Int32] {
        var count: Int32 = 0
        let signals = vm_process_stopping_signals(&count)
        return Array(UnsafeBufferPointer(start: signals, count: Int(count)))
    }

    /// A file that may not grow any more (`ulimit -f`) is an error of the write, and no reason to die.
    public static func surviveFileLimits() { vm_process_survive(SIGXFSZ) }

    /// A connection whose other end has gone is an error of the write, and no reason to die either.
    ///
    /// Where something is to be done about a reader that has gone it is done already, and stays.
    public static func surviveBrokenPipes() { vm_process_survive(SIGPIPE) }

    /// The name of the machine, without its domain where the system keeps it so.
    public static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return name.withUnsafeBufferPointer { $0.baseAddress.map(String.init(cString:)) ?? "" }
    }

    /// The file that is being run, with all links resolved.
    public static func executablePath() throws(PosixError) -> String {
        try call("find", path: "/proc/self/exe") {
            // Without /proc: as it was called, seen from the folder that we were started in.
            realpath("/proc/self/exe", nil) ?? vm_process_path().flatMap { realpath($0, nil) }
        }
    }

    /// The working directory.
    public static func workingDirectory() throws(PosixError) -> String {
        try call("find the working directory") { getcwd(nil, 0) }
    }

    /// The home folder that the system knows of the user; nil where the user has none.
    public static var homeFolder: String? {
        guard let user = getpwuid(getuid()), let folder = user.pointee.pw_dir else { return nil }
        let home = SystemText.text(of: folder)
        return home.isEmpty ? nil : home
    }

    /// Opens `/dev/null` for each standard stream that the parent left closed, for reading: what is written to
    /// an output that was closed is lost, and has to fail.
    ///
    /// Otherwise the next file that is opened would become the standard output, and be printed into.
    public static func openMissingStandardStreams() {
        for number in 0...2 where fcntl(Int32(number), F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one: those below it are open by now.
            _ = open("/dev/null", O_RDONLY)
        }
    }

    /// Lets the signals that stop a program through, where the parent has left them blocked.
    ///
    /// One that is ignored stays so.
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
    /// One that was forked has had no end of a run, which closes files: what it has written is flushed here.
    public static func exit(_ code: Int32) -> Never {
        if isForked { fflush(nil) }
        _exit(code)
    }

    /// Ends the process by a signal, so that its parent sees that and not an exit code.
    ///
    /// A shell loop around us then stops too, which a plain exit with 130 does not achieve.
    public static func end(bySignal number: Int32) -> Never {
        vm_process_end_by(number)
        // Only for a signal whose default is not to end the process.
        _exit(128 &+ number)
    }

    /// Runs a C function that gives text we have to free.
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
