import Bindings
import Testing
import VSphere

@testable import Shell

/// What engines say about the copies they start, and the forms of `--shard` and `--lock`.
struct ShardChoiceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let title: String
        var option: String?
        var environment: [String: String] = [:]
        /// Nil where the run is the only one.
        var shard: [Int]?
        /// What the error says, where there is one.
        var problem: String?
        var testDescription: String { title }
    }

    private static func slurm(_ id: Int, _ count: Int, _ min: Int, _ max: Int, _ step: Int = 1)
        -> [String: String]
    {
        [
            "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_COUNT": "\(count)",
            "SLURM_ARRAY_TASK_MIN": "\(min)", "SLURM_ARRAY_TASK_MAX": "\(max)",
            "SLURM_ARRAY_TASK_STEP": "\(step)",
        ]
    }

    static let cases: [Case] = [
        Case(title: "nothing"),
        Case(title: "the option", option: "2/8", shard: [2, 8]),
        Case(title: "counted from 1", option: "8/8", shard: [0, 8]),
        Case(
            title: "the option beats the engine",
            option: "1/2",
            environment: slurm(3, 4, 1, 4),
            shard: [1, 2]
        ),
        Case(
            title: "Kubernetes",
            environment: ["JOB_COMPLETION_INDEX": "3", "VMOON_SHARD_COUNT": "4"],
            shard: [3, 4]
        ),
        Case(
            title: "Kubernetes without a count",
            environment: ["JOB_COMPLETION_INDEX": "3"],
            problem: "Kubernetes does not say how many copies there are"
        ),
        Case(
            title: "Kubernetes, beyond the count",
            environment: ["JOB_COMPLETION_INDEX": "4", "VMOON_SHARD_COUNT": "4"],
            problem: "VMOON_SHARD_COUNT is 4"
        ),
        Case(
            title: "no number",
            environment: ["JOB_COMPLETION_INDEX": "-1", "VMOON_SHARD_COUNT": "4"],
            problem: "is no number: '-1'"
        ),
        Case(title: "Slurm from 1", environment: slurm(1, 8, 1, 8), shard: [0, 8]),
        Case(title: "Slurm's last", environment: slurm(8, 8, 1, 8), shard: [7, 8]),
        Case(title: "Slurm in steps", environment: slurm(6, 4, 0, 6, 2), shard: [3, 4]),
        Case(
            title: "Slurm without MAX and STEP",
            environment: [
                "SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "4",
                "SLURM_ARRAY_TASK_MIN": "4",
            ],
            shard: [1, 4]
        ),
        Case(
            title: "Slurm with gaps",
            environment: slurm(1, 3, 1, 7),
            problem: "do not follow one another"
        ),
        Case(
            title: "Slurm without a count",
            environment: ["SLURM_ARRAY_TASK_ID": "5"],
            problem: "SLURM_ARRAY_TASK_COUNT is not set"
        ),
        Case(
            title: "Nomad",
            environment: ["NOMAD_ALLOC_INDEX": "0", "VMOON_SHARD_COUNT": "2"],
            shard: [0, 2]
        ),
        Case(title: "a count without an engine", environment: ["VMOON_SHARD_COUNT": "2"]),
    ]

    @Test(arguments: cases) func `which copy a run is`(_ row: Case) {
        switch ShardChoice(option: row.option, environment: row.environment).shard {
        case .success(let shard):
            #expect(shard.map { [$0.index, $0.count] } == row.shard)
            #expect(row.problem == nil)
        case .failure(let error):
            #expect(error.message.contains(row.problem ?? "?"), "\(error)")
            #expect(error.kind == .usage && error.hint?.isEmpty == false)
        }
    }

    @Test(arguments: [
        "--shard=3", "--shard=/3", "--shard=4/3", "--shard=-1/3", "--shard=0/0", "--shard=1/2/3",
        "--shard= 1/3", "--shard=+1/3", "--shard=1/100001", "--lock=", "--lock=.a", "--lock=-a",
        "--lock=a/b", "--lock=a b", "--lock=ä", "--lock=" + String(repeating: "a", count: 65),
    ]) func `a bad value is refused`(_ argument: String) {
        #expect(throws: UsageError.self) {
            try ArgumentParser.parse([argument, "-e", ""], inputIsTerminal: false)
        }
    }

    @Test(arguments: ["a", "0", "A.b_c-d", String(repeating: "a", count: 64)])
    func `a name of a lock`(_ name: String) throws {
        let invocation = try ArgumentParser.parse(["--lock", name], inputIsTerminal: false)
        #expect(invocation[.lock]?.text == name)
    }

    @Test(arguments: [
        ("pid 12 run 5f since 2026\n", "pid 12, run 5f, since 2026"), ("", nil), ("pid x", nil),
        ("pid 1 run a\u{1B}[2J since b", "pid 1, run a\\x1B[2J, since b"), ("garbage\n", nil),
    ]) func `what the file of a lock says is believed by nobody`(_ text: String, _ shown: String?) {
        #expect(RunLock.Holder(text)?.description == shown)
    }
}
