import Testing

@testable import Bindings

/// Which copy of a run an identifier belongs to: copies of all versions have to agree.
@Suite struct ShardTests {
    // From the reference implementation of XXH64 (xxhash 3.5 for Python).
    static let hashes: [(text: String, seed: UInt64, hash: UInt64)] = [
        ("", 0, 0xEF46_DB37_51D8_E999),
        ("abc", 0, 0x44BC_2CF5_AD77_0999),
        ("abc", 2_654_435_761, 0x1318_DF30_094A_85FD),
        ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1),
        ("00000000-0000-4000-a17e-000000000001", 7, 0x9B84_6168_8700_11D0),
    ]

    @Test(arguments: hashes)
    func `the hash is XXH64`(_ text: String, _ seed: UInt64, _ hash: UInt64) {
        #expect(XXHash64.hash(Array(text.utf8), seed: seed) == hash)
    }

    /// The shard of two, of three and of eight.
    static let places: [(id: String, of: [Int])] = [
        ("00000000-0000-4000-a17e-000000000001", [0, 0, 0]),
        ("00000000-0000-4000-a17e-000000000003", [1, 1, 3]),
        ("00000000-0000-4000-a17e-000000000005", [1, 1, 6]),
        ("00000000-0000-4000-a17e-000000000006", [1, 1, 7]),
        ("00000000-0000-4000-a17e-000000000007", [0, 2, 2]),
        ("a", [1, 1, 4]),
        ("golden/ubuntu-22.04", [0, 0, 6]),
    ]

    @Test(arguments: places)
    func `an identifier stays where earlier versions put it`(_ id: String, _ places: [Int]) {
        let found = [2, 3, 8].map { Shard.place(of: Array(id.utf8), among: $0) }
        #expect(found == places)
    }

    @Test(arguments: [1, 2, 7, 16]) func `one more shard takes its share and moves nothing else`(
        _ count: Int
    ) {
        let ids = (0..<2000).map { Array("00000000-0000-4000-8000-\($0)".utf8) }
        var sizes = Array(repeating: 0, count: count + 1)
        for id in ids {
            let before = Shard.place(of: id, among: count)
            let after = Shard.place(of: id, among: count + 1)
            #expect(after == before || after == count)
            sizes[after] += 1
        }
        let share = ids.count / (count + 1)
        #expect(sizes.allSatisfy { abs($0 - share) < share / 2 }, "\(sizes)")
    }

    @Test func `those who count from 1 have the same shards`() {
        #expect(Shard(3, of: 3) == Shard(0, of: 3))
        #expect(Shard(4, of: 3) == nil && Shard(-1, of: 3) == nil && Shard(0, of: 0) == nil)
        #expect(Shard(0, of: Shard.mostShards + 1) == nil)
    }
}
