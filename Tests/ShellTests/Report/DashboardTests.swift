import JSON
import Posix
import Testing

@testable import Shell

/// The dashboard of `docs` and the metrics that runs write.
@Suite struct DashboardTests {
    private static let documents =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/docs/"

    private static func names(in text: String) -> Set<String> {
        Set(text.matches(of: /vmoon_[a-z_]*[a-z]/).map { String($0.output) })
    }

    private static let written: Set<String> = {
        var summary = RunMetrics.Summary(
            name: "nightly",
            started: .seconds(1),
            ended: .seconds(2),
            lasted: .seconds(1),
            exitCode: 0
        )
        summary.operations = [.init(name: "rollback", outcome: "done"): 1]
        return Set(
            RunMetrics.text(summary).split(separator: "\n").filter { !$0.hasPrefix("#") }
                .map { String($0.prefix { $0 != "{" }) }
        )
    }()

    @Test func `each metric that it asks for is one that is written, and none is left out`() throws
    {
        let text = try File.read(Self.documents + "grafana.json", limit: 1 << 20).text
        let tree = try JSONValue(parsing: text)
        let panels = tree["panels"]?.array ?? []
        let targets = panels.flatMap { $0["targets"]?.array ?? [] }
        let asked = targets.compactMap { $0["expr"]?.string }
        #expect(panels.count > 5 && asked.count == targets.count)
        #expect(asked.allSatisfy { !Self.names(in: $0).isEmpty })
        let all = Self.names(in: asked.joined(separator: " "))
        #expect(all.isSubset(of: Self.written), "\(all.subtracting(Self.written))")
        #expect(Self.written.isSubset(of: all), "\(Self.written.subtracting(all))")
        let queries = tree["templating"]?["list"]?.array?.compactMap {
            $0["query"]?["query"]?.string
        }
        #expect(Self.names(in: queries?.joined() ?? "") == ["vmoon_run_exit_code"])
    }

    @Test func `the page about evidence has each metric, and no other`() throws {
        let text = try File.read(Self.documents + "evidence.md", limit: 1 << 20).text
        #expect(Self.names(in: text) == Self.written)
    }
}
