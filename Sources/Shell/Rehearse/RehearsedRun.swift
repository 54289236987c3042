internal import JSON
internal import Journal
internal import LuaHost
internal import Posix
internal import Synchronization
internal import Text
internal import VSphere

/// What a run knows that is one case of a rehearsal: its simulators, where it is to be killed, and what it leaves for
/// the rehearsal to find.
///
/// Every session goes to a simulator, whatever the configuration says; journal, steps and `vmoon resume` are as in any
/// other run.
struct RehearsedRun: Sendable {
    /// The variable that tells it; whoever has it reaches no vCenter at all.
    static let variable = "VMOON_REHEARSAL"

    /// The lines that the simulators printed when they were ready, by the URL of the vCenter they stand for; empty for
    /// the one that is not named.
    let simulators: [String: JSONValue]
    /// Where the run is killed; nil for nowhere.
    let kill: KillPoint?
    /// The folder for what the rehearsal reads afterwards.
    let folder: String
    /// Decides what is left to chance in it.
    let seed: UInt64
    /// The number of the process among those of its case, from 0.
    let stage: Int
    /// How much time has passed in it without being waited for.
    let passed: PassedTime

    /// Time that has passed without being waited for.
    final class PassedTime: Sendable {
        private let time: Mutex<Duration>

        init(_ time: Duration) { self.time = Mutex(time) }

        var value: Duration { time.withLock { $0 } }
        func add(_ span: Duration) { time.withLock { $0 += span } }
    }

    /// Why the variable is refused.
    struct Malformed: Error {}

    /// Reads the variable.
    init(_ text: String) throws(Malformed) {
        guard let tree = try? JSONValue(parsing: text), let folder = tree["folder"]?.string,
            let members = tree["simulators"]?.members, let passed = tree["passed_ms"]?.integer,
            let seed = tree["seed"]?.integer, let stage = tree["stage"]?.integer
        else { throw Malformed() }
        self.seed = UInt64(bitPattern: Int64(seed))
        self.stage = stage
        self.folder = folder
        self.passed = PassedTime(.milliseconds(passed))
        var simulators: [String: JSONValue] = [:]
        for member in members { simulators[member.name] = member.value }
        self.simulators = simulators
        guard let kill = tree["kill"], kill != .null else {
            self.kill = nil
            return
        }
        guard let word = kill["word"]?.string, let number = kill["number"]?.integer,
            let side = kill["side"]?.string.flatMap(KillPoint.Side.init(rawValue:))
        else { throw Malformed() }
        self.kill = KillPoint(word: word, number: number, side: side)
    }

    /// The variable for a run.
    static func text(
        simulators: [String: JSONValue],
        kill: KillPoint?,
        folder: String,
        passed: Duration,
        seed: UInt64 = 1,
        stage: Int = 0
    ) -> String {
        let sorted = simulators.sorted { $0.key < $1.key }
        var tree: JSONValue = [
            "simulators": .object(sorted.map { JSONValue.Member($0.key, $0.value) }),
            "folder": .string(folder), "passed_ms": .integer(Int(passed.wholeMilliseconds)),
            "seed": .integer(Int(truncatingIfNeeded: seed)), "stage": .integer(stage),
        ]
        if let kill {
            tree["kill"] = [
                "word": .string(kill.word), "number": .integer(kill.number),
                "side": .string(kill.side.rawValue),
            ]
        }
        return JSONEncoder().encode(tree)
    }

    /// The identifier of its run: random numbers of steps follow from it.
    var identifier: String {
        var dice = SeededDice(seed)
        for _ in 0..<stage { _ = dice.next() }
        let digits = String(dice.next(), radix: 16)
        let all = String(repeating: "0", count: 16 - digits.count) + digits
        return "\(all.prefix(8))-0000-4000-8000-0000\(all.suffix(8))"
    }

    /// Makes what a script leaves to chance the same in all cases.
    func decideChance(in interpreter: Interpreter) {
        let seeds = "math.randomseed(\(Int64(bitPattern: seed)), 0)"
        try? interpreter.run(seeds, chunkName: "=rehearsal")
    }

    /// The file that gets the name of every vCenter for which there is no simulator.
    static let missingFile = "vcenters"
    /// The file that gets a line for every commit to the journal.
    static let writesFile = "writes"

    /// The addresses of the simulators.
    var addresses: [String] {
        Set(simulators.values.compactMap { $0["url"]?.string }).sorted()
    }

    /// The profile of the simulator that a journal names.
    func profile(at vcenter: String) -> ConnectionProfile? {
        simulators.values.lazy.compactMap(SimulatorFleet.profile).first {
            $0.endpoint.description == vcenter
        }
    }
}

extension RehearsedRun {
    /// The simulator that stands for the vCenter of a journal, in place of all that the settings name.
    func candidates(_ place: ReconcilePlace) -> [Settings.Candidate] {
        guard let profile = profile(at: place.vcenter) else {
            let error = SettingsError("no twin was made of it", exitCode: .configuration)
            return [.failure(error)]
        }
        return [.success(Settings.Connection(profile: profile, warnings: []))]
    }
}

/// The point at which a run is killed: before or after a write to the journal is on the disk.
struct KillPoint: Hashable, Sendable {
    enum Side: String, Sendable, CaseIterable { case before, after }

    /// The word of the write, such as `intend_rollback` or `settle`.
    let word: String
    /// Its number, from 1, among those of the same word.
    let number: Int
    let side: Side
}

extension Invocation {
    /// The same for a rehearsed run: it has simulators anyway, and everything else is as in a run without `--sim`.
    var rehearsed: Invocation {
        var result = self
        result.options[.sim] = nil
        return result
    }
}

extension World {
    /// Becomes the surroundings of a rehearsed run, where a variable says that it is one.
    /// - Throws: A variable that cannot be read: nothing may run then.
    mutating func takeRehearsal() throws(RehearsedRun.Malformed) {
        guard let text = environment.removeValue(forKey: RehearsedRun.variable) else { return }
        removeVariable(RehearsedRun.variable)
        let run = try RehearsedRun(text)
        rehearsal = run
        let (wall, monotonic, passed) = (wallTime, monotonicTime, run.passed)
        wallTime = { wall() + passed.value }
        monotonicTime = { monotonic() + passed.value }
    }

    /// The identifier of a run that begins.
    func newRun() -> String { rehearsal?.identifier ?? RandomIdentifier.make() }

    /// Appends a line to a file for the rehearsal; where that fails, the rehearsal says that it is missing.
    func leave(_ line: String, in name: String) {
        guard let rehearsal else { return }
        let file = try? openGrowingFile("\(rehearsal.folder)/\(name)")
        try? file?.append(Array("\(line)\n".utf8))
    }
}
