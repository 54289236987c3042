import JSON
import Support

/// A script, its plan, and runs that are held to it.
struct HeldRuns {
    static let ubuntu = PolicyTests.ubuntu
    static let rhel = PolicyTests.rhel
    static let place = "placement = { folder = 'group-v3', resource_pool = 'resgroup-8' }"

    let runs: Runs
    let script: String
    var plan: String { runs.folder.path + "/p.json" }

    /// Writes a script; nothing is planned yet.
    init(_ text: String, _ runs: Runs) throws {
        self.runs = runs
        script = try runs.folder.write(text, to: "s.lua")
    }

    /// Plans a script against a simulator of its own.
    init(planning text: String, _ arguments: [String] = [], dialect: String = "auto") throws {
        try self.init(text, try Runs())
        let run = try makePlan(arguments, ["--api", dialect])
        guard run.status == 0 else { throw Failure(run: run) }
        try runs.simulator.admin("DELETE", "/sim/requests")
    }

    struct Failure: Error {
        let run: ProgramRun
    }

    func makePlan(_ arguments: [String] = [], _ options: [String] = []) throws -> ProgramRun {
        try runs.vmoon(options + ["--dry-run", "--plan-out", plan, script] + arguments)
    }

    /// `vmoon apply`, with further options and variables.
    func apply(
        _ options: [String] = [],
        _ variables: [String: String] = [:],
        in folder: TestFolder? = nil
    ) throws -> ProgramRun {
        var environment = ["VMOON_PASSWORD": runs.simulator.password]
        environment.merge(variables) { $1 }
        environment["VMOON_STATE_DIR"] = runs.folder.path + "/state"
        return try ProgramRun.of(
            "vmoon",
            ["apply"] + runs.connection + options + [plan],
            environment: environment,
            in: folder ?? runs.folder
        )
    }

    /// Changes something as somebody else.
    func interfere(_ code: String) throws {
        let other = Runs(beside: runs)
        let run = try other.vmoon(["-e", code], user: "alice@vsphere.local")
        guard run.status == 0 else { throw Failure(run: run) }
        try runs.simulator.admin("DELETE", "/sim/requests")
    }

    /// The value with the members of objects in order: Lua's tables have none.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(sorted))
        case .object(let members):
            let members = members.map { JSONValue.Member($0.name, sorted($0.value)) }
            return .object(members.sorted { $0.name < $1.name })
        default: return value
        }
    }

    /// The requests since the plan that changed something: method, path, query and body, without marks.
    func changes() throws -> [String] {
        let mark = #/\[vmoon:[0-9a-f\-]+\] /#
        return try runs.simulator.requests().compactMap { request in
            let path = request["path"]?.string ?? ""
            let query = request["query"]?.string ?? ""
            let method = request["method"]?.string ?? ""
            guard method != "GET", !path.hasSuffix("/session"), !query.hasSuffix("find") else {
                return nil
            }
            let sent = request["body"]?.string.flatMap { try? JSONValue(parsing: $0) }
            let body = JSONEncoder().encode(Self.sorted(sent ?? .null))
            return "\(method) \(path) \(query) \(body)".replacing(mark, with: "")
        }
    }
}
