import Foundation
import JSON
import Support
import Testing

/// A simulator with many equal items, runs of `vmoon` that keep a journal, and somebody else
/// who works on the same items.
struct JournalBench {
    let simulator: SimulatorProcess
    let folder = TestFolder()

    init(items: Int, _ arguments: String...) throws {
        simulator = try SimulatorProcess(arguments: ["--http"] + arguments)
        try simulator.admin("PUT", "/sim/state", Self.inventory(try simulator.state(), items))
    }

    /// The identifier of an item, from 1.
    static func item(_ number: Int) -> String {
        "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - "\(number)".count)
            + "\(number)"
    }

    /// Runs a script with a state folder of this bench's own.
    func vmoon(
        _ arguments: [String],
        onOutput: ((String, ChildProcess) -> Void)? = nil,
        state: String? = nil
    ) throws -> ProgramRun {
        let isSubcommand = ["runs", "reconcile"].contains(arguments.first)
        let connection = ["--vcenter", simulator.url, "--user", simulator.user]
        // In `runs` a vCenter is a choice.
        let words =
            arguments.first == "runs"
            ? arguments : isSubcommand ? arguments + connection : connection + arguments
        return try ProgramRun.of(
            "vmoon",
            words,
            environment: environment(state: state),
            in: folder,
            onOutput: onOutput
        )
    }

    /// Puts the vCenter's clock forward.
    func advance(hours: Int) throws {
        _ = try simulator.admin("POST", "/sim/clock", ["advance_s": .integer(hours * 3600)])
    }

    /// The variables of a run.
    func environment(state: String? = nil) -> [String: String] {
        [
            "VMOON_PASSWORD": simulator.password,
            "VMOON_STATE_DIR": state ?? folder.path + "/state",
        ]
    }

    /// The journal behind vmoon's back.
    var stored: StoredJournal { StoredJournal(state: folder.path + "/state") }

    /// The operations in the journal, oldest run first.
    func operations() throws -> [JSONValue] {
        let runs = try JSONValue(parsing: try vmoon(["runs", "--json"]).output).array ?? []
        return try runs.reversed().flatMap { run in
            let id = run["run_id"]?.string ?? ""
            let text = try vmoon(["runs", id, "--json"]).output
            return try JSONValue(parsing: text)["operations"]?.array ?? []
        }
    }

    /// The versions that carry the mark of an operation, in the simulator's own record.
    func marks() throws -> [String: [String]] {
        var marks: [String: [String]] = [:]
        for library in try simulator.state()["libraries"]?.array ?? [] {
            for item in library["items"]?.array ?? [] {
                for change in item["changes"]?.array ?? [] {
                    guard let message = change["message"]?.string, message.hasPrefix("[vmoon:")
                    else {
                        continue
                    }
                    let id = String(message.dropFirst(7).prefix(36))
                    marks[id, default: []].append(change["version"]?.string ?? "")
                }
            }
        }
        return marks
    }

    private static func inventory(_ state: JSONValue, _ count: Int) throws -> JSONValue {
        var state = state
        var libraries = state["libraries"]?.array ?? []
        let model = try #require(
            libraries[0]["items"]?.array?.first { $0["name"]?.string == "ubuntu-22.04" }
        )
        let machines = state["machines"]?.array ?? []
        let template = try #require(machines.first { $0["template"]?.boolean == true })
        var items: [JSONValue] = []
        var templates: [JSONValue] = []
        for number in 1...count {
            var copy = model
            copy["id"] = .string(item(number))
            copy["name"] = .string("many-\(number)")
            var versions: [JSONValue] = []
            for version in 1...2 {
                let vm = "vm-\(10_000 + 2 * number + version)"
                versions.append(["version": .string("\(version)"), "vm_template": .string(vm)])
                var machine = template
                machine["vm"] = .string(vm)
                machine["name"] = .string("many-\(number)")
                templates.append(machine)
            }
            copy["versions"] = .array(versions)
            items.append(copy)
        }
        libraries[0]["items"] = .array((libraries[0]["items"]?.array ?? []) + items)
        state["libraries"] = .array(libraries)
        state["machines"] = .array(machines + templates)
        state["next_machine"] = .integer(20_000)
        return state
    }
}

/// Somebody else: a client of its own, with none of vmoon's code.
final class OtherOperator {
    private let simulator: SimulatorProcess
    private var connection: PlainConnection?
    private var session = ""

    init(_ simulator: SimulatorProcess) { self.simulator = simulator }

    /// Replaces the latest version: a check-out that is checked in at once.
    func replace(_ item: String) {
        let path = "/api/vcenter/vm-template/library-items/\(item)/check-outs"
        let spec =
            #"{"name":"other-\#(UInt32.random(in: 0 ... .max))","placement":{"folder":"\#(folder)"}}"#
        guard let vm = call("POST", path + "?action=check-out", spec)?.string else { return }
        _ = call("POST", "\(path)/\(vm)?action=check-in", #"{"message":"by somebody else"}"#)
    }

    /// Checks a machine in that is checked out.
    func checkIn(_ item: String, _ vm: String) {
        let path = "/api/vcenter/vm-template/library-items/\(item)/check-outs/\(vm)"
        _ = call("POST", path + "?action=check-in", #"{"message":"by somebody else"}"#)
    }

    /// Rolls back, or deletes, the version before the latest.
    func usePrevious(_ item: String, deleting: Bool) {
        let path = "/api/vcenter/vm-template/library-items/\(item)/versions"
        let versions = call("GET", path)?.array ?? []
        guard versions.count == 2, let version = versions[0]["version"]?.string else { return }
        if deleting {
            _ = call("DELETE", "\(path)/\(version)")
        } else {
            let message = #"{"message":"by somebody else"}"#
            _ = call("POST", "\(path)/\(version)?action=rollback", message)
        }
    }

    private lazy var folder: String =
        call("GET", "/api/vcenter/folder?type=VIRTUAL_MACHINE")?.array?.first?["folder"]?.string
        ?? ""

    /// Makes a call; a fault that was meant for vmoon may hit it, and then it was nothing.
    private func call(_ method: String, _ path: String, _ body: String? = nil) -> JSONValue? {
        do {
            let open = try connection ?? simulator.connect()
            connection = open
            if session.isEmpty {
                let secret = Data("\(simulator.user):\(simulator.password)".utf8)
                let header = "Authorization: Basic \(secret.base64EncodedString())"
                let answer = try open.exchange("POST", "/api/session", headers: [header], body: "")
                session = try JSONValue(parsing: answer.text).string ?? ""
            }
            let headers = ["vmware-api-session-id: \(session)", "Content-Type: application/json"]
            let answer = try open.exchange(method, path, headers: headers, body: body ?? "")
            guard (200..<300).contains(answer.status), !answer.body.isEmpty else { return nil }
            return try JSONValue(parsing: answer.text)
        } catch {
            connection = nil
            return nil
        }
    }
}
