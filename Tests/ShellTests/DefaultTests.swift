import Foundation
import Journal
import Posix
import Testing
import Text
import VSphere

@testable import Shell

/// A default is one constant: what help, pages and runs say of it is the same.
struct DefaultTests {
    /// What holds for a run, or a session of it, whose command line says nothing.
    private func held() throws -> [Option: OptionValue] {
        let invocation = try ArgumentParser.parse([], inputIsTerminal: false)
        let run = RunOptions(invocation, environment: [:])
        let profile = try resolve(["--vcenter", "a"]).profile
        return [
            .timeout: .duration(profile.timeout),
            .connectTimeout: .duration(profile.connectTimeout),
            .operationTimeout: .duration(profile.operationTimeout),
            .maxAnswer: .size(profile.answerLimit), .limit: .count(profile.requestLimit),
            .api: .text(profile.dialect.rawValue), .grace: .duration(run.grace),
            .settle: .duration(run.settle), .resends: .count(run.resends),
            .giveUp: .duration(run.giveUp), .lockWait: .duration(run.lockWait),
            .lease: .duration(SharedJournal.usualLease),
            .logFormat: .text(run.logFormat.rawValue), .logLevel: .text(run.logLevel.rawValue),
        ]
    }

    @Test func `what help calls the default is what holds`() throws {
        let held = try held()
        // Colours depend on the terminal: RunOptionsTests has them.
        for flag in Flag.all where flag.defaultValue != nil && flag.option != .color {
            let value = try #require(held[flag.option], "\(flag.spelling) is not looked at")
            #expect(flag.defaultValue == value, "\(flag.spelling)")
            #expect(flag.fullText.contains("default: \(value.spelled)]"))
        }
    }

    @Test func `a default is written so that the option reads the same`() throws {
        for flag in Flag.all + Subcommand.all.flatMap(\.flags) {
            guard let value = flag.defaultValue else { continue }
            #expect(try flag.value(value.spelled, spelling: flag.spelling) == value)
        }
    }

    /// The pages that people read, by their path in the project.
    private static let pages: [(name: String, text: String)] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let names = FileManager.default.enumerator(atPath: root.path + "/docs")?
            .compactMap { ($0 as? String).map { "docs/" + $0 } }
        let others = ["README.md", "CHANGELOG.md", "SECURITY.md", "scripts/COOKBOOK.md"]
        let all = others + (names ?? [])
        return all.filter { $0.hasSuffix(".md") }.compactMap { name in
            let text = try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
            return text.map { (name, $0) }
        }
    }()

    @Test func `a page that names a default behind its option has the right one`() {
        var found = 0
        for page in Self.pages {
            for match in page.text.matches(of: /`--([a-z-]+)`\s+\(([0-9]+ ?[a-zA-Z]*)\)/) {
                let flag = Flag.all.first { $0.name == String(match.1) }
                guard let flag, flag.defaultValue != nil else { continue }
                found += 1
                #expect(String(match.2) == flag.defaultText, "\(page.name): \(match.0)")
            }
        }
        #expect(found >= 3)
    }

    @Test func `a page that names an exit code names one that there is`() {
        let codes = Set(ExitCode.allCases.map(\.rawValue))
        var found = 0
        for page in Self.pages where page.name != "CHANGELOG.md" {
            let ends = page.text.matches(of: /(?:ends|end|ended)\s+with\s+([0-9]+)\b/).map(\.1)
            let listed = page.text.firstMatch(of: /They follow `sysexits.h`:([^`]*)`/)?.1 ?? ""
            for number in ends + listed.matches(of: /[0-9]+/).map(\.0) {
                found += 1
                let code = Int32(number).map(codes.contains)
                #expect(code == true, "\(page.name): \(number)")
            }
        }
        #expect(found >= ExitCode.allCases.count)
    }
}
