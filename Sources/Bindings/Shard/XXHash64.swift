/// XXH64, as in its specification: the same number on every machine, in every version.
///
/// Shape: 64 bits. It spreads identifiers evenly but is no protection against identifiers chosen on purpose.
enum XXHash64 {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    /// The hash of some bytes.
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - seed: Each seed gives a different hash function.
    /// - Returns: The hash.
    static func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
        var rest = bytes[...]
        var sum = stripes(&rest, seed) &+ UInt64(bytes.count)
        while rest.count >= 8 {
            sum ^= round(0, word(&rest, 8))
            sum = rotated(sum, 27) &* prime1 &+ prime4
        }
        if rest.count >= 4 {
            sum ^= word(&rest, 4) &* prime1
            sum = rotated(sum, 23) &* prime2 &+ prime3
        }
        for byte in rest {
            sum ^= UInt64(byte) &* prime5
            sum = rotated(sum, 11) &* prime1
        }
        sum = (sum ^ sum >> 33) &* prime2
        sum = (sum ^ sum >> 29) &* prime3
        return sum ^ sum >> 32
    }

    /// Consumes all whole stripes of 32 bytes.
    private static func stripes(_ rest: inout ArraySlice<UInt8>, _ seed: UInt64) -> UInt64 {
        guard rest.count >= 32 else { return seed &+ prime5 }
        var lanes = [seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1]
        while rest.count >= 32 {
            for lane in lanes.indices { lanes[lane] = round(lanes[lane], word(&rest, 8)) }
        }
        var sum = zip(lanes, [1, 7, 12, 18]).reduce(0) { $0 &+ rotated($1.0, $1.1) }
        for lane in lanes { sum = (sum ^ round(0, lane)) &* prime1 &+ prime4 }
        return sum
    }

    private static func round(_ sum: UInt64, _ lane: UInt64) -> UInt64 {
        rotated(sum &+ lane &* prime2, 31) &* prime1
    }

    private static func rotated(_ number: UInt64, _ count: UInt64) -> UInt64 {
        number << count | number >> (64 - count)
    }

    /// Consumes some bytes as a number, the lowest byte first.
    private static func word(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> UInt64 {
        let number = rest.prefix(count).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(count)
        return number
    }
}
