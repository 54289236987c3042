/// Which of several copies of a run this one is.
///
/// Rendezvous hashing: every identifier has a weight in each shard and belongs to the heaviest, so that
/// another shard takes its share from all the others and nothing else moves. The weight of `id` in shard
/// `s` is XXH64 of its bytes with the seed `s`; of equal weights the lowest shard's counts. Copies of
/// different versions of vmoon have to agree: this never changes.
public struct Shard: Sendable, Equatable {
    /// The most shards there can be: Kubernetes allows as many copies of a job.
    public static let mostShards = 100_000

    /// Which one it is, from 0.
    public let index: Int
    /// How many there are.
    public let count: Int

    /// Makes one; nil where the numbers are out of range.
    /// - Parameters:
    ///   - index: From 0 to `count`; the last one of those who count from 1 is the first of those who
    ///     count from 0.
    ///   - count: From 1 to `mostShards`.
    public init?(_ index: Int, of count: Int) {
        guard 1...Self.mostShards ~= count, 0...count ~= index else { return nil }
        self.index = index % count
        self.count = count
    }

    /// The shard that an identifier belongs to, from 0.
    public static func place(of identifier: [UInt8], among count: Int) -> Int {
        var best = (shard: 0, weight: XXHash64.hash(identifier, seed: 0))
        for shard in 1..<max(count, 1) {
            let weight = XXHash64.hash(identifier, seed: UInt64(shard))
            if weight > best.weight { best = (shard, weight) }
        }
        return best.shard
    }

    /// Whether an identifier belongs to this one.
    public func contains(_ identifier: [UInt8]) -> Bool {
        Self.place(of: identifier, among: count) == index
    }
}
