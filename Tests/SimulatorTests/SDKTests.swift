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
}
