internal import Glibc

/// The process: its arguments, environment, streams and signals.
///
/// No other code of this target accesses them.
public enum World {
    /// Ends the process.
    public static func end(_ code: Int32) -> Never { exit(code) }

    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The user's home folder: `HOME`, else from the system's user database; services may run without the
    /// variable.
    static var homeFolder: String? {
        if let home = variable("HOME") { return home }
        guard let user = getpwuid(getuid()), let folder = user.pointee.pw_dir else { return nil }
        let home = String(cString: folder)
        return home.isEmpty ? nil : home
    }

    static var processID: Int { Int(getpid()) }

    /// The system's message for the last error.
    static var lastError: String { text(ofError: errno) }

    /// The system's message for an error code.
    static func text(ofError code: Int32) -> String { String(cString: strerror(code)) }

    /// Writes to standard output, at once.
    /// - Returns: False if the reader has gone.
    static func say(_ text: String) -> Bool { FileText.write(text, to: STDOUT_FILENO) }

    static func warn(_ text: String) {
        _ = FileText.write("vmoon-sim: \(text)\n", to: STDERR_FILENO)
    }

    /// The signals that end the simulator, as a set.
    private static var endings: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
        return set
    }

    /// Blocks the ending signals for `waitForEnd`; threads started later inherit that.
    static func holdSignals() {
        var set = endings
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits until the process is told to end.
    static func waitForEnd() {
        var set = endings
        var caught: Int32 = 0
        while sigwait(&set, &caught) != 0 {}
    }

    /// Ends the process by SIGTERM when standard input ends.
    ///
    /// Then the parent, which held the other end of the pipe, has ended in some way. `PR_SET_PDEATHSIG` would
    /// fire when the parent's *thread* ends.
    static func endWithStandardInput() {
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { _ in
                var byte: UInt8 = 0
                while true {
                    let count = read(STDIN_FILENO, &byte, 1)
                    if count == 0 || (count < 0 && errno != EINTR) { break }
                }
                kill(getpid(), SIGTERM)
                return nil
            },
            nil
        )
        pthread_detach(thread)
    }
}
