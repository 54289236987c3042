import Foundation
import JSON
import Support
import Testing

/// The dashboard of `docs`, judged by a program that shares nothing with ours: by Grafana's model of a dashboard, and by
/// what Prometheus' own parser finds in the file of a run.
@Suite(.enabled("Prometheus' client comes from PyPI") { RunWatcherTests.obstacle == nil })
struct DashboardImportTests {
    private let bench: JournalBench

    init() throws {
        bench = try JournalBench(items: 1)
        let code = "session():rollback('\(JournalBench.item(1))', '1', 'x')"
        let words = ["--metrics-file", bench.folder.path + "/nightly.prom", "-e", code]
        #expect(try bench.vmoon(words).status == 0)
    }

    private func judge(_ dashboard: String) throws -> ProgramRun {
        try bench.folder.write(dashboard, to: "dashboard.json")
        return try ProgramRun.shell(
            "\(RunWatcherTests.environment)/bin/python \(projectRoot)/Tests/prometheus/dashboard.py dashboard.json nightly.prom",
            in: bench.folder
        )
    }

    private static let text = try? String(
        contentsOfFile: projectRoot + "/docs/grafana.json",
        encoding: .utf8
    )

    @Test func `Grafana can import it, and each query asks for what a run writes`() throws {
        let judged = try judge(try #require(Self.text))
        #expect(judged.status == 0 && judged.output == "9 panels, 8 metrics\n", "\(judged)")
    }

    @Test(arguments: [
        (
            "sum(vmoon_run_unknown_outcomes{", "sum(vmoon_run_doubts{",
            "no run writes vmoon_run_doubts"
        ),
        ("sum by (operation, outcome)", "sum by (operation, verdict)", "has no label verdict"),
        (
            "sum by (operation, outcome) (", "summe by (operation, outcome) (",
            "summe is no function"
        ),
        ("\"uid\": \"vmoon\"", "\"uid\": \"vmoon dashboard\"", "no uid that Grafana takes"),
        ("\"id\": 2,", "\"id\": 1,", "an id stands twice"),
        ("\"x\": 18,", "\"x\": 20,", "outside of the grid"),
        ("\"x\": 6,", "\"x\": 4,", "lies on panel"),
        ("${datasource}", "PBFA97CFB590B2093", "is of one machine only"),
        ("name=~\\\"$name\\\"", "name=~\\\"$run\\\"", "nobody declares: .'run'"),
        ("\"type\": \"timeseries\"", "\"type\": \"graphs\"", "no panel of Grafana's own"),
        (
            "\"color\": \"green\",\n                \"value\": null",
            "\"color\": \"green\",\n                \"value\": 9", "first threshold"
        ),
    ]) func `a dashboard that is wrong is refused`(_ right: String, _ wrong: String, _ says: String)
        throws
    {
        let text = try #require(Self.text)
        let place = try #require(text.range(of: right), "\(right)")
        let judged = try judge(text.replacingCharacters(in: place, with: wrong))
        #expect(judged.status == 1, "\(judged)")
        #expect(judged.output.range(of: says, options: .regularExpression) != nil, "\(judged)")
    }
}
