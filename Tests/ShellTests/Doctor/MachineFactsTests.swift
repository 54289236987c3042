import Testing
import VSphere

@testable import Shell

struct MachineFactsTests {
    /// A machine that is well.
    static var well: MachineFacts {
        var facts = MachineFacts()
        facts.version = "1.0"
        facts.libcurl = .success("7.88.1 (OpenSSL/3.0.19)")
        facts.stateFolder = "/home/me/state"
        facts.hasStateFolder = true
        facts.fileSystem = "ext4"
        facts.journal = .there(runs: 3, open: 0)
        facts.lockFiles = 2
        facts.outputIsTerminal = true
        facts.terminalName = "xterm"
        facts.columns = 100
        facts.locale = "C.UTF-8"
        return facts
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let topic: String
        let verdict: Diagnosis.Verdict
        let text: String
        let advice: String?
        let change: @Sendable (inout MachineFacts) -> Void
        var testDescription: String { text }

        init(
            _ topic: String,
            _ verdict: Diagnosis.Verdict,
            _ text: String,
            _ advice: String? = nil,
            _ change: @escaping @Sendable (inout MachineFacts) -> Void
        ) {
            (self.topic, self.verdict, self.text) = (topic, verdict, text)
            (self.advice, self.change) = (advice, change)
        }
    }

    static let cases: [Case] = [
        Case("programs", .good, "vmoon 1.0, libcurl 7.88.1 (OpenSSL/3.0.19)") { _ in },
        Case(
            "programs",
            .wrong,
            "vmoon 1.0, and no libcurl: it is not there",
            "install libcurl.so.4 (Debian: libcurl4)"
        ) {
            $0.libcurl = .failure(SettingsError("it is not there", exitCode: .configuration))
        },
        Case("settings", .wrong, "--x is bad", "write --y") {
            $0.problem = SettingsError("--x is bad", hint: "write --y", exitCode: .usage)
        },
        Case("state", .good, "/home/me/state (ext4)") { _ in },
        Case(
            "state",
            .odd,
            "HOME names /h, which is not there",
            "the first change makes it, if it may; or set VMOON_STATE_DIR to the one you mean"
        ) {
            $0.stateDoubt = "HOME names /h, which is not there"
        },
        Case("state", .good, "/home/me/state (ext4), not there yet: the first change makes it") {
            $0.hasStateFolder = false
        },
        Case("state", .wrong, "no variable says where journal and locks are", StandardFolders.hint)
        {
            $0.stateFolder = nil
        },
        Case(
            "state",
            .wrong,
            "it is open to others",
            "VMOON_STATE_DIR names the folder of journal and locks; it must be yours, mode 0700"
        ) { $0.stateProblem = "it is open to others" },
        Case("journal", .good, "3 runs, no open operation") { _ in },
        Case("journal", .good, "none yet: the first change makes it") { $0.journal = .none },
        Case(
            "journal",
            .odd,
            "3 runs, and of 2 operations it is not known whether they happened",
            "vmoon reconcile"
        ) { $0.journal = .there(runs: 3, open: 2) },
        Case("journal", .wrong, "it is of a later version", "use that one") {
            $0.journal = .unusable("it is of a later version", hint: "use that one")
        },
        Case("database", .good, "postgres://u@h/d") { $0.database = "postgres://u@h/d" },
        Case(
            "database",
            .wrong,
            "postgres://u@h/d, and its user may only read there",
            "the user needs the right to create and write the schema vmoon"
        ) { ($0.database, $0.mayWriteDatabase) = ("postgres://u@h/d", false) },
        Case(
            "database",
            .odd,
            "postgres://u@h/d; 2 outcomes are kept on this machine, since it was away",
            "vmoon reconcile"
        ) { ($0.database, $0.keptOutcomes) = ("postgres://u@h/d", 2) },
        Case("locks", .good, "2 files") { _ in },
        Case("locks", .good, "1 file; held by pid 12") {
            ($0.lockFiles, $0.lockHolders) = (1, ["pid 12"])
        },
        Case(
            "locks",
            .odd,
            "2 files on nfs4, where a lock may hold on one machine only",
            "VMOON_STATE_DIR names a folder on a disk of this machine"
        ) { $0.fileSystem = "nfs4" },
        Case("locks", .unseen, "not looked at, because there is no folder for them") {
            $0.stateFolder = nil
        },
        Case("terminal", .good, "output: xterm, 100 columns") { _ in },
        Case("terminal", .good, "none") { $0.outputIsTerminal = false },
        Case(
            "terminal",
            .odd,
            "TERM is not set",
            "set TERM to what the terminal is, such as xterm-256color"
        ) { $0.terminalName = nil },
        Case(
            "terminal",
            .odd,
            "output: xterm, 100 columns; the locale is C, and vmoon writes UTF-8",
            "set LANG to a locale of UTF-8, such as C.UTF-8"
        ) { $0.locale = "C" },
    ]

    @Test(arguments: cases) func `a machine is told as it is`(_ row: Case) {
        var facts = Self.well
        row.change(&facts)
        let found = facts.findings(Spelling()).first { $0.topic == row.topic }
        #expect(found?.verdict == row.verdict)
        #expect(found?.text == row.text)
        #expect(found?.advice == row.advice)
    }

    @Test func `a lock is held by whom its file names, if the system says so too`() {
        let locks = """
            1: FLOCK  ADVISORY  WRITE 12 08:01:131 0 EOF
            1: -> FLOCK  ADVISORY  WRITE 14 08:01:131 0 EOF
            2: POSIX  ADVISORY  WRITE 13 08:01:132 0 EOF
            """
        func file(_ process: Int) -> String { "pid \(process) run r\(process) since then\n" }
        let files = [file(12), file(13), file(14), file(15), "", "pid x run"]
        #expect(MachineFacts.holders(files, in: locks) == ["pid 12, run r12, since then"])
        #expect(MachineFacts.holders(files, in: "").isEmpty)
    }

    static let mounts = """
        /dev/sda1 / ext4 rw 0 0
        tmpfs /tmp tmpfs rw 0 0
        server:/home /home nfs4 rw 0 0
        /dev/sdb1 /home/me/my\\040state xfs rw 0 0
        """

    @Test(
        arguments: [
            ("/var/lib", "ext4"), ("/home/you", "nfs4"), ("/homes", "ext4"), ("/tmp", "tmpfs"),
            ("/home/me/my state/vmoon", "xfs"),
        ]
    ) func `the file system is that of the nearest mount above`(_ path: String, _ kind: String) {
        #expect(MachineFacts.fileSystem(of: path, in: Self.mounts) == kind)
        #expect(MachineFacts.fileSystem(of: path, in: "") == nil)
    }
}
