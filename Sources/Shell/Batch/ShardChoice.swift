internal import Bindings
internal import Text
internal import VSphere

/// Shards in the notation of the command line: `2/8`.
enum ShardText {
    /// Parses `I/N`.
    static func parse(_ text: String) throws(QuantityProblem) -> Shard {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(digits: parts[0]), let count = Int(digits: parts[1])
        else {
            throw QuantityProblem(reason: "it is not I/N", hint: "write 0/8 for the first of eight")
        }
        guard let shard = Shard(index, of: count) else {
            throw QuantityProblem(
                reason: "there is no such part",
                hint: "N is from 1 to \(Shard.mostShards), I from 0 to N"
            )
        }
        return shard
    }
}

/// Chooses the shard of a run, by its options and by the variables of the engine that started it.
struct ShardChoice {
    private let option: String?
    private let environment: [String: String]

    /// Makes a choice.
    /// - Parameters:
    ///   - option: The value of `--shard`, if it was given.
    ///   - environment: The environment.
    init(option: String?, environment: [String: String]) {
        self.option = option
        self.environment = environment
    }

    /// The shard; nil for the only run.
    ///
    /// A failure is raised only in a script that asks: an engine's job need not be divided.
    var shard: Result<Shard?, VSphereError> {
        do throws(VSphereError) {
            if let option { return .success(try? ShardText.parse(option)) }
            if environment.nonEmpty("JOB_COMPLETION_INDEX") != nil {
                return .success(try indexed("JOB_COMPLETION_INDEX", of: "Kubernetes"))
            }
            if environment.nonEmpty("SLURM_ARRAY_TASK_ID") != nil { return .success(try slurm()) }
            if environment.nonEmpty("NOMAD_ALLOC_INDEX") != nil {
                return .success(try indexed("NOMAD_ALLOC_INDEX", of: "Nomad"))
            }
            return .success(nil)
        } catch {
            return .failure(error)
        }
    }

    /// The shard for an engine that counts from 0 and does not tell the number of copies.
    private func indexed(_ name: String, of engine: String) throws(VSphereError) -> Shard {
        let index = try number(name)
        guard environment.nonEmpty("VMOON_SHARD_COUNT") != nil else {
            throw Self.usage(
                "\(name) is \(index), but \(engine) does not say how many copies there are",
                hint: "set VMOON_SHARD_COUNT to their number, or give --shard \(index)/N"
            )
        }
        let count = try number("VMOON_SHARD_COUNT")
        guard index < count, let shard = Shard(index, of: count) else {
            throw Self.usage(
                "\(name) is \(index), and VMOON_SHARD_COUNT is \(count)",
                hint: "the index counts from 0 up to the count less 1"
            )
        }
        return shard
    }

    /// The shard for Slurm, which tells where its array begins, its step, and the number of its tasks.
    private func slurm() throws(VSphereError) -> Shard {
        let task = try number("SLURM_ARRAY_TASK_ID")
        let count = try number("SLURM_ARRAY_TASK_COUNT")
        let first = try number("SLURM_ARRAY_TASK_MIN")
        let step = try number("SLURM_ARRAY_TASK_STEP", default: 1)
        let last = try number("SLURM_ARRAY_TASK_MAX", default: first + (count - 1) * step)
        guard step > 0, count > 0, last - first == (count - 1) * step, task >= first,
            (task - first) % step == 0, (task - first) / step < count,
            let shard = Shard((task - first) / step, of: count)
        else {
            throw Self.usage(
                "the tasks of this Slurm array do not follow one another: "
                    + "task \(task) of \(count), from \(first)",
                hint: "submit --array=0-7, or give --shard I/N"
            )
        }
        return shard
    }

    private func number(_ name: String, default absent: Int? = nil) throws(VSphereError) -> Int {
        guard let text = environment.nonEmpty(name) else {
            if let absent { return absent }
            throw Self.usage("\(name) is not set", hint: "give --shard I/N")
        }
        guard let number = Int(digits: text[...]), number <= 1 << 31 else {
            throw Self.usage(
                "\(name) is no number: \(text.quotedForMessage)",
                hint: "give --shard I/N"
            )
        }
        return number
    }

    private static func usage(_ message: String, hint: String) -> VSphereError {
        VSphereError(.usage, message, operation: "shard", hint: hint)
    }
}

extension Int {
    /// Parses decimal digits only: no sign, no space.
    fileprivate init?(digits text: Substring) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text)
        else { return nil }
        self = number
    }
}
