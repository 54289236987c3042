import Foundation
import Support
import Testing

/// The programs for `--on-failure` that the page about evidence has, with a mailer and a curl that write down what they get.
@Suite struct HookExampleTests {
    private static let hasJQ = (try? ProgramRun.shell("command -v jq"))?.status == 0

    private static let programs: [String] = {
        let page = try? String(contentsOfFile: "\(projectRoot)/docs/evidence.md", encoding: .utf8)
        return (page ?? "").components(separatedBy: "```sh\n").dropFirst().map {
            String($0.prefix(upTo: $0.range(of: "```")?.lowerBound ?? $0.endIndex))
        }
    }()

    @Test func `there are two`() { #expect(Self.programs.count == 2) }

    @Test(
        .enabled(if: hasJQ, "there is no jq (apt-get install jq)"),
        arguments: [(0, "mail"), (1, "curl")]
    )
    func `each tells what a run ended with`(_ number: Int, _ program: String) throws {
        let folder = TestFolder()
        let vmoon = try SimulatorProcess.program("vmoon")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/vmoon",
            withDestinationPath: vmoon
        )
        let note = "#!/bin/sh\necho \"$@\" > \(folder.path)/words; cat > \(folder.path)/got\n"
        try folder.write(note, to: program, mode: 0o755)
        let example = Self.programs[number].replacing("/etc/vmoon", with: folder.path)
        let hook = try folder.write(example, to: "hook", mode: 0o755)
        try folder.write("https://chat.example/x", to: "chat-url")
        let run = try ProgramRun.of(
            "vmoon",
            ["--on-failure", hook, "-e", "error 'a \"quoted\" word'"],
            environment: [
                "PATH": "\(folder.path):/usr/bin:/bin", "VMOON_STATE_DIR": folder.path + "/state",
            ],
            in: folder
        )
        #expect(run.status == 1 && !run.error.contains("warning"), "\(run.error)")
        let got = try String(contentsOfFile: folder.path + "/got", encoding: .utf8)
        let words = try String(contentsOfFile: folder.path + "/words", encoding: .utf8)
        #expect(got.contains("ended with 1"), "\(got)")
        if program == "mail" {
            #expect(got.contains("a \"quoted\" word") && got.contains("# What changed"))
            #expect(words.contains("operators@example.com"))
        } else {
            #expect(
                got.contains("a \\\"quoted\\\" word") && words.contains("https://chat.example/x")
            )
        }
    }
}
