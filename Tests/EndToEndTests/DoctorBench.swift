import Foundation
import JSON
import Support
import Testing

/// Runs of `vmoon doctor`, and what they found.
struct DoctorBench {
    let folder = TestFolder()

    /// One finding.
    struct Found {
        let verdict: String
        let text: String
        let advice: String?
    }

    /// A report.
    struct Report {
        let run: ProgramRun
        /// The findings about the only vCenter, by topic; several of one topic follow one another.
        let findings: [(topic: String, found: Found)]

        subscript(_ topic: String) -> Found? { findings.first { $0.topic == topic }?.found }

        /// The topics with a verdict.
        func topics(_ verdict: String) -> [String] {
            findings.filter { $0.found.verdict == verdict }.map(\.topic)
        }
    }

    /// Looks at a simulator.
    func look(
        at simulator: SimulatorProcess,
        _ options: [String] = [],
        user: String? = nil,
        password: String? = nil,
        trusts: Bool = true
    ) throws -> Report {
        let trust = trusts ? simulator.caFile.map { ["--ca-file", $0] } ?? [] : []
        return try look(
            ["--vcenter", simulator.url, "--user", user ?? simulator.user] + trust + options,
            ["VMOON_PASSWORD": password ?? simulator.password]
        )
    }

    /// Looks with these options and variables.
    func look(_ options: [String], _ environment: [String: String]) throws -> Report {
        let run = try vmoon(options + ["--json"], environment)
        let document = try JSONValue(parsing: run.output)
        // What is wrong, and nothing else, decides about the exit code.
        let all = (document["vcenters"]?.array ?? []).flatMap { $0["findings"]?.array ?? [] }
        let machine = document["machine"]?.array ?? []
        let isWrong = (all + machine).contains { $0["verdict"] == "wrong" }
        #expect(run.status == (isWrong ? 1 : 0), "\(run)")
        #expect(document["is_well"] == .boolean(!isWrong))
        for finding in all + machine {
            let verdict = finding["verdict"]?.string ?? ""
            let needsAdvice = verdict == "odd" || verdict == "wrong"
            #expect((finding["try"]?.string ?? "").isEmpty == !needsAdvice, "\(finding)")
        }
        return Report(
            run: run,
            findings: all.map { finding in
                (
                    finding["topic"]?.string ?? "",
                    Found(
                        verdict: finding["verdict"]?.string ?? "",
                        text: finding["text"]?.string ?? "",
                        advice: finding["try"]?.string
                    )
                )
            }
        )
    }

    /// Runs it.
    func vmoon(_ options: [String], _ environment: [String: String] = [:]) throws -> ProgramRun {
        try ProgramRun.of("vmoon", ["doctor"] + options, environment: environment, in: folder)
    }

    /// The contents of a file of the folder.
    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }
}

extension SimulatorProcess {
    /// Checks that nothing was sent but one log-in at most, reads by GET, and a log-out for each log-in.
    func expectOnlyReads() throws {
        let requests = try requests()
        let others = requests.filter { $0["method"] != "GET" }
        let logs = ["POST", "DELETE"]
        for request in others {
            #expect(logs.contains(request["method"]?.string ?? ""), "\(request)")
            #expect(request["path"]?.string?.hasSuffix("/session") == true, "\(request)")
            #expect(request["query"]?.string ?? "" == "", "\(request)")
        }
        let opened = others.filter {
            $0["method"] == "POST" && (200..<300).contains($0["status"]?.integer ?? 0)
        }
        let closed = others.filter { $0["method"] == "DELETE" }
        #expect(opened.count == closed.count && opened.count <= 1, "\(others)")
        #expect(try admin("GET", "/sim/sessions")["open"] == 0)
        #expect(!requests.contains { $0["applied"] == true && $0["method"] == "GET" })
    }
}
