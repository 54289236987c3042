/// Which of several copies of a run this one is.
///
/// Rendezvous hashing: every identifier has a weight in each shard and belongs to the heaviest; a
/// new shard takes its share from all the others and nothing else moves. The weight of `id` in shard
/// `s` is XXH64 of its bytes with the seed `s`; the lowest of equally heavy shards counts. Copies of
/// different versions of vmoon have to agree: this must never change.
public struct Shard: Sendable, Equatable {
    /// The most shards there can be: Kubernetes allows as many copies of a job.
    public static let mostShards = 100_000

    /// Its number, from 0.
    public let index: Int
    /// The number of shards.
    public let count: Int

    /// Makes a shard; nil if the numbers are out of range.
    /// - Parameters:
    ///   - index: From 0 to `count`: `count` itself, the last one when counting from 1, is taken as the first
    ///     one when counting from 0.
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

    /// Tells whether an identifier belongs to this shard.
    public func contains(_ identifier: [UInt8]) -> Bool {
        Self.place(of: identifier, among: count) == index
    }
}
