import Foundation
import JSON
import Support
import Testing

/// What lies in `scripts/deploy`, read by the programs it is for.
@Suite struct DeploySampleTests {
    private static let folder = "\(projectRoot)/scripts/deploy"

    private static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    @Test func `every sample is explained, and names only files and options that exist`() throws {
        let help = try ProgramRun.of("vmoon", ["--help"]).output
        let readme = try Self.text("README.md")
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder) {
            guard name != "README.md" else { continue }
            #expect(readme.contains("`\(name)`"), "\(name)")
            let text = try Self.text(name)
            for script in text.matches(of: /share\/vmoon"?\}?"?\/([a-z-]+)\.lua/) {
                let path = WorkflowBench.script(String(script.1))
                #expect(FileManager.default.fileExists(atPath: path), "\(name): \(path)")
            }
            // The Dockerfile's options are those of other programs.
            guard name != "Dockerfile" else { continue }
            for option in text.matches(
                of: /(?m)^ +- (--[a-z-]+)$|vmoon (--[a-z-]+)| (--[a-z-]+) [0-9]+[sh]/
            ) {
                let option = option.1 ?? option.2 ?? option.3 ?? ""
                let isKnown =
                    help.contains(" \(option) ")
                    || ["--json", "--list", "--from-file"].contains(option)
                #expect(isKnown, "\(name): \(option)")
            }
        }
    }

    /// The units with the built program in place of the one that is not installed here.
    private func units() throws -> TestFolder {
        let folder = TestFolder()
        let program = try SimulatorProcess.program("vmoon")
        for name in ["vmoon-nightly.service", "vmoon-nightly.timer"] {
            let text = try Self.text(name).replacing("/usr/local/bin/vmoon", with: program)
            try folder.write(text, to: name)
        }
        return folder
    }

    private static let analyzer: Bool = {
        let install =
            "apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends systemd"
        let line = "command -v systemd-analyze || { [ $(id -u) = 0 ] && \(install); }"
        return (try? ProgramRun.shell(line, within: 300))?.status == 0
    }()

    @Test(.enabled(if: analyzer, "skipped: systemd-analyze is not there (apt-get install systemd)"))
    func `systemd finds nothing wrong with the units`() throws {
        let run = try ProgramRun.shell(
            "systemd-analyze verify ./vmoon-nightly.service ./vmoon-nightly.timer",
            in: try units()
        )
        #expect(run.status == 0)
        #expect(run.output + run.error == "")
    }

    @Test(.enabled(if: analyzer, "skipped: systemd-analyze is not there (apt-get install systemd)"))
    func `the service is exposed to little`() throws {
        // The threshold is in tenths; a run above it fails.
        let run = try ProgramRun.shell(
            "systemd-analyze security --offline=true --threshold=20 --no-pager ./vmoon-nightly.service",
            in: try units()
        )
        #expect(run.status == 0, "\(run.lines.last ?? "")\(run.error)")
        #expect(run.output.contains("Overall exposure level"))
        let open = try ProgramRun.shell(
            """
            printf '[Service]\\nExecStart=/bin/true\\n' >open.service
            systemd-analyze security --offline=true --threshold=20 --no-pager ./open.service
            """,
            in: try units()
        )
        #expect(open.status != 0)
    }

    /// The value of a directive in seconds.
    private func seconds(_ name: String, _ text: String) throws -> Int {
        let value = try #require(text.firstMatch(of: try Regex("\\b\(name)[= ]([0-9]+)(s|min|h)")))
        let number = try #require(Int(value.output[1].substring ?? ""))
        return number * (["s": 1, "min": 60, "h": 3_600][value.output[2].substring ?? ""] ?? 0)
    }

    @Test func `systemd waits longer than vmoon does, and tries again only what may be`() throws {
        let text = try Self.text("vmoon-nightly.service")
        let (grace, deadline) = (try seconds("--grace", text), try seconds("--deadline", text))
        #expect(try seconds("TimeoutStopSec", text) > grace)
        #expect(try seconds("TimeoutStartSec", text) > deadline + grace)
        #expect(text.contains("\nType=oneshot\n") && text.contains("\nSuccessExitStatus=SIGTERM\n"))
        #expect(text.contains("\nLoadCredential=vmoon.password:"))
        #expect(text.contains("\nStateDirectory=vmoon\nStateDirectoryMode=0700\n"))
        let prevented = try #require(text.firstMatch(of: /RestartPreventExitStatus=(.*)/)).1
        let codes = Set(prevented.split(separator: " ").compactMap { Int32($0) })
        let all = try ProgramRun.of("vmoon", ["--man"]).output
        for code in codes { #expect(all.contains("\(code)")) }
        #expect(codes == [1, 64, 65, 66, 70, 73, 74, 76, 77, 78, 80, 81, 124])
        let timer = try Self.text("vmoon-nightly.timer")
        #expect(timer.contains("\nPersistent=true\n") && timer.contains("\nRandomizedDelaySec="))
    }

    private static let yaml: Bool = {
        let install =
            "apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends python3-yaml"
        let line = "/usr/bin/python3 -c 'import yaml' || { [ $(id -u) = 0 ] && \(install); }"
        return (try? ProgramRun.shell(line, within: 300))?.status == 0
    }()

    @Test(.enabled(if: yaml, "skipped: there is no YAML parser (apt-get install python3-yaml)"))
    func `the CronJob is as it must be`() throws {
        let read =
            "import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)"
        let run = try ProgramRun.shell(
            "/usr/bin/python3 -c '\(read)' <\(Self.folder)/cronjob.yaml"
        )
        let documents = try JSONValue(parsing: run.output).array ?? []
        let cron = try #require(documents.first { $0["kind"] == "CronJob" }?["spec"])
        #expect(cron["concurrencyPolicy"] == "Forbid")
        let job = try #require(cron["jobTemplate"]?["spec"])
        #expect(job["completionMode"] == "Indexed")
        let pod = try #require(job["template"]?["spec"])
        #expect(pod["restartPolicy"] == "Never")
        let container = try #require(pod["containers"]?.array?.first)

        for (code, action) in [
            80: "FailJob", 81: "FailJob", 64: "FailJob", 69: "Count", 75: "Count",
        ] {
            #expect(self.action(on: code, job, container) == action, "\(code)")
        }
        // On a node that is drained too, a run whose outcome is unknown is not started again.
        for (code, action) in [80: "FailJob", 81: "FailJob", 75: "Ignore", 143: "Ignore"] {
            let actual = self.action(on: code, job, container, isDisrupted: true)
            #expect(actual == action, "\(code) on a drained node")
        }
        let names = Dictionary(
            uniqueKeysWithValues: (container["env"]?.array ?? []).map {
                ($0["name"]?.string, $0["value"])
            }
        )
        #expect(names["VMOON_SHARD_COUNT"] == .string("\(job["completions"]?.integer ?? 0)"))

        // Whoever breaks out of the script is nobody, and has nowhere to write but the state and /tmp.
        #expect(pod["securityContext"]?["runAsNonRoot"] == true)
        #expect(container["securityContext"]?["readOnlyRootFilesystem"] == true)
        #expect(container["securityContext"]?["allowPrivilegeEscalation"] == false)
        #expect(container["securityContext"]?["capabilities"] == ["drop": ["ALL"]])
        let volumes = pod["volumes"]?.array ?? []
        let mounts = container["volumeMounts"]?.array ?? []
        #expect(volumes.count == mounts.count)
        let state = try #require(volumes.first { $0["name"] == "state" })
        #expect(state["persistentVolumeClaim"]?["claimName"] == "vmoon-state")
        #expect(documents.contains { $0["metadata"]?["name"] == "vmoon-state" })
        // The password is a file, not a variable that every child inherits.
        #expect(volumes.contains { $0["secret"] != nil })
        #expect(container["env"]?.array?.allSatisfy { $0["valueFrom"] == nil } == true)
        let arguments = container["args"]?.array?.compactMap(\.string) ?? []
        let grace = try seconds("--grace", arguments.joined(separator: " "))
        #expect((pod["terminationGracePeriodSeconds"]?.integer ?? 0) > grace)
    }

    /// What Kubernetes does with a code: the first rule that matches.
    private func action(
        on code: Int,
        _ job: JSONValue,
        _ container: JSONValue,
        isDisrupted: Bool = false
    ) -> String? {
        for rule in job["podFailurePolicy"]?["rules"]?.array ?? [] {
            let conditions = rule["onPodConditions"]?.array ?? []
            if isDisrupted, conditions.contains(where: { $0["type"] == "DisruptionTarget" }) {
                return rule["action"]?.string
            }
            guard let codes = rule["onExitCodes"], codes["operator"] == "In",
                codes["containerName"] == container["name"]
            else { continue }
            if codes["values"]?.array?.contains(.integer(code)) == true {
                return rule["action"]?.string
            }
        }
        return nil
    }

    @Test func `the image is built from what is there and runs as nobody`() throws {
        let text = try Self.text("Dockerfile").replacing("\\\n", with: " ")
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let stages = lines.filter { $0.hasPrefix("FROM ") }
        #expect(stages.count == 2 && stages.last == "FROM debian:12-slim")
        let known: Set<Substring> = [
            "FROM", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "ENV", "ENTRYPOINT",
        ]
        for line in lines { #expect(known.contains(line.prefix { $0 != " " }), "\(line)") }
        for line in lines where line.hasPrefix("COPY ") && !line.contains("--from") {
            let words = line.split(separator: " ").dropFirst().dropLast()
            for word in words {
                let run = try ProgramRun.shell("ls -d \(projectRoot)/\(word)")
                #expect(run.status == 0, "\(word)")
            }
        }
        let run = try #require(lines.firstIndex { $0 == "FROM debian:12-slim" })
        #expect(lines[run...].contains { $0.hasPrefix("USER 65532") })
        // The package brings what the programs need when they run.
        let program = try SimulatorProcess.program("vmoon")
        let libraries = try ProgramRun.shell(
            "ldd \(program) | grep -oE 'lib(curl|sqlite3|lua)[^ ]*' | sort -u"
        )
        for library in Set(libraries.lines.map { $0.prefix { $0 != "." } }) {
            #expect(lines[run...].joined().contains(library), "\(library)")
        }
        #expect(
            lines[run...].joined().contains(
                "apt-get install -y --no-install-recommends ca-certificates libpq5 /tmp/package/vmoon_*.deb"
            )
        )
    }
}
