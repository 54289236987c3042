internal import Foundation

/// Random numbers from a seed, so that a failure can be had again.
///
/// `VMOON_SEED` sets the seed of a run; without it each run has a new one. It is printed once.
public struct Dice: RandomNumberGenerator, Sendable {
    /// The seed of this run.
    public static let seed: UInt64 = {
        let given = ProcessInfo.processInfo.environment["VMOON_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0..<1_000_000_000)
        print("VMOON_SEED=\(seed)")
        return seed
    }()

    /// How many inputs a test tries: `VMOON_ROUNDS`, or 1,000.
    public static let rounds =
        ProcessInfo.processInfo.environment["VMOON_ROUNDS"].flatMap { Int($0) } ?? 1_000

    private var state: UInt64

    /// Makes a generator.
    ///
    /// - Parameter name: What it is for. Two names have different numbers, so that the order of tests does not matter.
    public init(for name: String) {
        state = name.utf8.reduce(Self.seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// The next number (SplitMix64).
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
