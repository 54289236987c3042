internal import Foundation
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

    /// Whether suites that know nothing of databases are to run over one: `VMOON_TEST_JOURNAL` is `postgresql`.
    public static let isWanted =
        getenv("VMOON_TEST_JOURNAL").map { String(cString: $0) } == "postgresql"

    private struct Journals {
        /// The databases of state folders.
        var ofFolders: [String: String] = [:]
        /// Those whose folders are gone.
        var free: [String] = []
    }
    private static let journals = Mutex(Journals())

    /// The database that is the journal of a state folder.
    /// - Parameter state: The folder.
    /// - Returns: Its address; nil where journals are files.
    /// - Throws: When it cannot be made.
    public static func journal(state: String) throws -> String? {
        guard isWanted else { return nil }
        guard let shared else { throw SimulatorProcess.Failure(description: "no server") }
        let state = plain(state)
        return try journals.withLock { journals in
            if let known = journals.ofFolders[state] { return known }
            let made =
                try journals.free.popLast().map { try shared.clear($0) } ?? shared.database()
            journals.ofFolders[state] = made
            return made
        }
    }

    /// The same path, however it is spelled.
    private static func plain(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Gives the databases of state folders in a folder that is gone to others.
    static func forget(in folder: String) {
        guard isWanted else { return }
        let folder = plain(folder)
        journals.withLock { journals in
            for (state, database) in journals.ofFolders where state.hasPrefix(folder) {
                journals.ofFolders[state] = nil
                journals.free.append(database)
            }
        }
    }

    /// Ends the leases of a process that was killed, for which others would else wait.
    static func bury(_ process: Int32, in journal: String) {
        _ = shared?.state.withLock { ask($0.process, "bury \(name(of: journal)) \(process)") }
    }

    private static func name(of address: String) -> String {
        String(address.prefix { $0 != "?" }.split(separator: "/").last ?? "")
    }

    /// The variables that have a program keep its journal in a database, one for each state folder.
    static func variables(for given: [String: String], in folder: String?) throws -> [String:
        String]
    {
        let usual = given["HOME"].map { $0 + "/.local/state/vmoon" }
        guard given["VMOON_JOURNAL"] == nil, let state = given["VMOON_STATE_DIR"] ?? usual,
            let journal = try journal(
                state: state.hasPrefix("/") ? state : "\(folder ?? ".")/\(state)"
            )
        else { return [:] }
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

    /// Empties a database, whoever still uses it.
    private func clear(_ address: String) throws -> String {
        let name = Self.name(of: address)
        let answer = state.withLock { Self.ask($0.process, "clear \(name)") }
        guard answer == "cleared" else {
            throw SimulatorProcess.Failure(description: "\(name) was not cleared: \(answer)")
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
