internal import Glibc
internal import Posix
internal import Synchronization

/// A PostgreSQL server that all tests of a process share; it ends with the process.
public final class PostgreSQLServer: Sendable {
    /// The server; nil where there can be none, which is printed once.
    public static let shared: PostgreSQLServer? = {
        do {
            return try PostgreSQLServer()
        } catch {
            print("tests over PostgreSQL are skipped: \(error)")
            return nil
        }
    }()

    private struct State: ~Copyable {
        let process: PipedProcess
        var databases = 0
    }

    private let state: Mutex<State>

    /// A server of a test's own, which may crash it; it ends with this object.
    /// - Returns: The server; nil where there can be none.
    public static func alone() -> PostgreSQLServer? {
        shared == nil ? nil : try? PostgreSQLServer()
    }

    /// The databases of homes.
    private static let journals = Mutex<[String: String]>([:])

    /// The variables that have a program keep its journal in a database, one for each home, if `VMOON_TEST_JOURNAL` is
    /// `postgresql`: so suites that know nothing of databases run over one.
    static func journal(for variables: [String: String]) throws -> [String: String] {
        let wanted = getenv("VMOON_TEST_JOURNAL").map { String(cString: $0) }
        guard wanted == "postgresql", variables["VMOON_JOURNAL"] == nil, let shared,
            let home = variables["VMOON_STATE_DIR"] ?? variables["HOME"]
        else { return [:] }
        let known = journals.withLock { $0[home] }
        let journal = try known ?? shared.database()
        journals.withLock { $0[home] = journal }
        return ["VMOON_JOURNAL": journal, "VMOON_LEASE": "1s"]
    }

    private init() throws {
        let script = PythonSDK.package + "/Tests/Support/postgresql"
        let process = try SimulatorProcess.spawning.withLock { _ in try PipedProcess([script]) }
        let answer = Self.line(of: process)
        guard answer.hasPrefix("ready ") else {
            throw SimulatorProcess.Failure(description: answer.isEmpty ? "no answer" : answer)
        }
        state = Mutex(State(process: process))
    }

    /// Makes an empty database.
    /// - Returns: Its address.
    /// - Throws: When it cannot be made.
    public func database() throws -> String {
        let address = state.withLock { state in
            state.databases += 1
            return Self.ask(state.process, "new test\(state.databases)")
        }
        guard address.hasPrefix("postgres://") else {
            throw SimulatorProcess.Failure(description: "no database: \(address)")
        }
        return address
    }

    /// Ends the server as a crash does; all its connections break.
    public func crash() { _ = state.withLock { Self.ask($0.process, "crash") } }

    /// Starts it again.
    public func start() { _ = state.withLock { Self.ask($0.process, "start") } }

    private static func ask(_ process: PipedProcess, _ command: String) -> String {
        _ = process.write(Array((command + "\n").utf8)[...])
        return line(of: process)
    }

    private static func line(of process: PipedProcess) -> String {
        var bytes: [UInt8] = []
        var entry = pollfd(fd: process.output, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, 60_000) > 0 {
            switch process.read(from: process.output) {
            case .bytes(let piece): bytes += piece
            case .nothing: break
            case .end: return String(decoding: bytes, as: UTF8.self)
            }
            if bytes.last == 10 { return String(decoding: bytes.dropLast(), as: UTF8.self) }
        }
        return ""
    }
}
