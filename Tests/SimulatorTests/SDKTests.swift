import JSON
import Support
import Testing

/// VMware's own Python SDK against the simulator.
struct SDKTests {
    private static let folder = String(
        #filePath.dropLast("/SimulatorTests/SDKTests.swift".utf8.count)
    )
    static let environment = folder + "/../.build/sdk-venv"

    /// Why the SDK is not there; nil when it is.
    ///
    /// The first look installs it.
    static let obstacle: String? = {
        guard let made = try? Command([folder + "/sdk/venv", environment]) else {
            return "Tests/sdk/venv cannot be run"
        }
        let line = made.output.split(separator: "\n").last.map(String.init)
        return made.code == 0 ? nil : line ?? "Tests/sdk/venv failed"
    }()

    @Test(
        .enabled("VMware's SDK comes from PyPI") { obstacle == nil },
        arguments: ["jsonrpc", "rest"]
    )
    func `VMware's Python SDK walks through the life of a template`(protocol name: String) throws {
        let simulator = try SimulatorProcess()
        let walk = try Command([
            Self.environment + "/bin/python", Self.folder + "/sdk/walk.py", "--protocol", name,
            "--server", String(simulator.url.dropFirst("https://".count)),
            "--ca-file", try #require(simulator.caFile), "--user", simulator.user,
            "--password", simulator.password,
        ])
        #expect(walk.code == 0, "\(walk.output)")
        #expect(try simulator.admin("GET", "/sim/sessions")["open"] == 0)
    }
}
