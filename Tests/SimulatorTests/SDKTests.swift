import JSON
import Support
import Testing

/// VMware's own Python SDK against the simulator.
struct SDKTests {
    private static let folder = String(
        #filePath.dropLast("/SimulatorTests/SDKTests.swift".utf8.count)
    )
    @Test(
        .enabled("VMware's SDK comes from PyPI") { PythonSDK.obstacle == nil },
        arguments: ["jsonrpc", "rest"]
    )
    func `VMware's Python SDK walks through the life of a template`(protocol name: String) throws {
        let simulator = try SimulatorProcess()
        let walk = try Command([
            PythonSDK.python, Self.folder + "/sdk/walk.py", "--protocol", name,
            "--server", String(simulator.url.dropFirst("https://".count)),
            "--ca-file", try #require(simulator.caFile), "--user", simulator.user,
            "--password", simulator.password,
        ])
        #expect(walk.code == 0, "\(walk.output)")
        #expect(try simulator.admin("GET", "/sim/sessions")["open"] == 0)
    }

    @Test(.enabled("VMware's SDK comes from PyPI") { PythonSDK.obstacle == nil })
    func `VMware's Python SDK gets stubbed answers, and the errors of what is not there`() throws {
        let simulator = try SimulatorProcess()
        let run = try Command([
            PythonSDK.python, Self.folder + "/sdk/stubs.py",
            "--server", String(simulator.url.dropFirst("https://".count)),
            "--ca-file", try #require(simulator.caFile), "--user", simulator.user,
            "--password", simulator.password,
        ])
        #expect(run.code == 0, "\(run.output)")
        // What the SDK sent is shown by its names, without what is secret.
        let seen = try simulator.requests().filter {
            $0["operation"]?.string == "vcenter.vm.guest.environment.list"
        }
        #expect(seen.count == 1)
        #expect(
            seen.first?["arguments"]?.sorted
                == [
                    "credentials": [
                        "interactive_session": false, "password": "***",
                        "type": "USERNAME_PASSWORD", "user_name": "root",
                    ],
                    "names": ["PATH"], "vm": "vm-109",
                ]
        )
        #expect(!JSONEncoder().encode(.array(seen)).contains("hush"))
    }
}
