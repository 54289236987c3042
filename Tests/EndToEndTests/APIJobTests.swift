import Foundation
import JSON
import Support
import Testing

/// The jobs of `docs/api.md`, each as it stands there, against stubs.
struct APIJobTests {
    /// The answer of each operation; none where it has no result.
    static let results: [String: JSONValue] = [
        "vcenter.network.list": [
            ["name": "prod", "network": "network-1", "type": "STANDARD_PORTGROUP"]
        ],
        "cis.tagging.tag_association.list_attached_tags": ["t"],
        "cis.tagging.tag.list": ["t"],
        "vcenter.vm.guest.identity.get": [
            "family": "LINUX",
            "full_name": ["id": "i", "default_message": "d", "args": []],
            "host_name": "web", "ip_address": "10.0.0.5", "name": "DEBIAN_11_64",
        ],
        "vcenter.vm.guest.local_filesystem.get": ["/": ["capacity": 2, "free_space": 1]],
        "vcenter.vm.tools.get": [
            "auto_update_supported": true, "run_state": "RUNNING", "upgrade_policy": "MANUAL",
        ],
        "vcenter.vm.hardware.ethernet.create": "4000",
        "vcenter.guest.customization_specs.list": [],
        "appliance.health.system.get": "green",
        "vcenter.datastore.get": [
            "accessible": true, "free_space": 7, "multiple_host_access": false, "name": "d",
            "thin_provisioning_supported": true, "type": "VMFS",
        ],
        "vcenter.VM.clone": "vm-200",
    ]

    /// The lines of the table, with the operation that each calls.
    static func jobs() throws -> [(line: String, operation: String)] {
        let page = try ProgramRun.shell("cat '\(projectRoot)/docs/api.md'").output
        return page.split(separator: "\n").compactMap { row in
            let cells = row.components(separatedBy: " | ")
            guard cells.count == 4, cells[1].hasPrefix("`") else { return nil }
            let line = String(cells[1].dropFirst().dropLast())
            guard let start = line.range(of: "api.")?.upperBound else { return nil }
            let name = line[start...].prefix { $0.isLetter || $0 == "." || $0 == "_" }
            return (line, String(name))
        }
    }

    @Test func `every line does what it says, with one request`() throws {
        let jobs = try Self.jobs()
        #expect(jobs.count == 20)
        let folder = TestFolder()
        var tests = ""
        for job in jobs {
            let dot = try #require(job.operation.lastIndex(of: "."))
            let service = job.operation[..<dot]
            let name = job.operation[job.operation.index(after: dot)...]
            let answer = Self.results[job.operation].map { JSONEncoder().encode($0) }
            let result = answer.map { ", result = json.decode([==[\($0)]==])" } ?? ""
            tests += """
                test("\(job.operation)", function()
                  sim.reset()
                  sim.stub{ service = "\(service)", operation = "\(name)"\(result) }
                  \(job.line)
                  local sent = sim.requests{ path = "/api" }
                  assert.equal(1, #sent)
                  assert.equal("invoke", json.decode(sent[1].body).method)
                  assert.truthy(sent[1].body:find('"operationId":"\(name)"', 1, true))
                end)

                """
        }
        try folder.write(tests, to: "jobs_test.lua")
        let run = try ProgramRun.of("vmoon", ["test", "."], in: folder)
        #expect(run.status == 0, "\(run.output)\(run.error)")
        #expect(run.output.contains("20 tests"), "\(run.output)")
    }
}
