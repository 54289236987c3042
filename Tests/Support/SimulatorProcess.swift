internal import Glibc
public import JSON
internal import Synchronization

/// A running `vmoon-sim` of a test's own, on a free port; it ends with this object.
///
/// The program is the one that was built beside the test bundle. Where standard input ends it ends too,
/// so a test run that crashes leaves none behind.
public final class SimulatorProcess: Sendable {
    /// Where it listens: `https://127.0.0.1:PORT`, or `http://…` with `--http`.
    public let url: String
    /// The authority to trust; nil with `--http` and with certificates of the test's own.
    public let caFile: String?
    /// The user who may do everything.
    public let user: String
    /// Everybody's password.
    public let password: String
    /// The process.
    public let pid: Int32

    private let adminPort: UInt16
    private let input: Int32
    private let output: Int32

    /// Why a simulator could not be started or asked.
    public struct Failure: Error, CustomStringConvertible {
        /// One line for a person.
        public let description: String
    }

    /// Starts one and waits until it accepts connections.
    /// - Parameters:
    ///   - arguments: Options of `vmoon-sim`.
    ///   - environment: Variables it has beside this process's.
    /// - Throws: `Failure` when it does not say so within a minute.
    public init(arguments: [String] = [], environment: [String: String] = [:]) throws {
        let program = try Self.program("vmoon-sim")
        let words = ["vmoon-sim", "--admin", "127.0.0.1:0", "--with-parent"] + arguments
        (pid, input, output) = try Self.spawn(program, words, environment)
        var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while poll(&descriptor, 1, 60_000) == 1, read(output, &byte, 1) == 1, byte != 10 {
            line.append(byte)
        }
        guard byte == 10, let ready = try? JSONParser().decode(line),
            let url = ready["url"]?.string, let admin = ready["admin_url"]?.string,
            let port = UInt16(admin.split(separator: ":").last ?? "")
        else {
            // No deinit runs for an object that was never complete.
            Self.end(pid, closing: [input, output])
            throw Failure(description: "\(program) \(arguments) did not become ready")
        }
        self.url = url
        caFile = ready["ca_file"]?.string
        user = ready["user"]?.string ?? ""
        password = ready["password"]?.string ?? ""
        adminPort = port
    }

    deinit { Self.end(pid, closing: [input, output]) }

    /// The requests it has seen, oldest first.
    public func requests() throws -> [JSONValue] {
        try admin("GET", "/sim/requests")["requests"]?.array ?? []
    }

    /// Its inventory.
    public func state() throws -> JSONValue { try admin("GET", "/sim/state") }

    /// Sets a fault.
    public func add(fault: JSONValue) throws { _ = try admin("POST", "/sim/faults", fault) }

    /// Puts its clock forward.
    public func advanceClock(seconds: Int) throws {
        _ = try admin("POST", "/sim/clock", ["advance_s": .integer(seconds)])
    }

    /// Asks something under `/sim/`; this is no TLS and leaves no trace in `requests`.
    /// - Returns: The answer's body; null for none.
    /// - Throws: `Failure` for any status but 2xx.
    @discardableResult
    public func admin(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil
    ) throws -> JSONValue {
        let text = body.map { JSONEncoder().encode($0) }
        let answer = try PlainConnection(port: adminPort).exchange(method, path, body: text)
        guard (200..<300).contains(answer.status) else {
            throw Failure(description: "\(method) \(path): \(answer.status) \(answer.text)")
        }
        return answer.body.isEmpty ? .null : try JSONParser().decode(answer.body)
    }

    /// Opens a connection to the API of a simulator that was started with `--http`.
    public func connect() throws -> PlainConnection {
        guard url.hasPrefix("http://"), let port = UInt16(url.split(separator: ":").last ?? "")
        else {
            throw Failure(description: "\(url) is not plain HTTP")
        }
        return try PlainConnection(port: port)
    }

    /// Sends SIGTERM.
    /// - Returns: The exit code, or minus the signal it died by.
    public func terminate() -> Int32 {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    /// A program that was built beside the running test bundle, or lies in the folder that
    /// `VMOON_TEST_PROGRAMS` names.
    /// - Throws: `Failure` when it is not there.
    public static func program(_ name: String) throws -> String {
        if let folder = getenv("VMOON_TEST_PROGRAMS") {
            return try executable(String(cString: folder) + "/" + name)
        }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(
            decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        let folder = own.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        return try executable(folder + "/" + name)
    }

    private static func executable(_ path: String) throws -> String {
        guard access(path, X_OK) == 0 else { throw Failure(description: "\(path) is not built") }
        return path
    }

    /// Starts a program with pipes for its standard input and output.
    private static func spawn(
        _ program: String,
        _ words: [String],
        _ environment: [String: String]
    ) throws -> (pid: Int32, input: Int32, output: Int32) {
        // One at a time: a sibling that holds the other end of a pipe would keep this one alive.
        try spawning.withLock { _ in try spawnAlone(program, words, environment) }
    }

    static let spawning = Mutex(())

    private static func spawnAlone(
        _ program: String,
        _ words: [String],
        _ environment: [String: String]
    ) throws -> (pid: Int32, input: Int32, output: Int32) {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard pipe(&input) == 0, pipe(&output) == 0 else {
            throw Failure(description: "no pipe: \(String(cString: strerror(errno)))")
        }
        for descriptor in input + output { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        // The first of two equal names counts, so ours stand before those of this process.
        let own = environment.map { strdup("\($0.key)=\($0.value)") }
        var variables = own
        var place = environ
        while let variable = place.pointee {
            variables.append(variable)
            place += 1
        }
        variables.append(nil)
        defer { for text in arguments + own { free(text) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, program, &actions, nil, arguments, variables)
        close(input[0])
        close(output[1])
        guard failure == 0 else {
            throw Failure(description: "\(program): \(String(cString: strerror(failure)))")
        }
        return (pid, input[1], output[0])
    }

    private static func end(_ pid: Int32, closing descriptors: [Int32]) {
        // After `terminate` the process is reaped, and its number may be another's: -1 then.
        if waitpid(pid, nil, WNOHANG) == 0 {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        for descriptor in descriptors { close(descriptor) }
    }
}
