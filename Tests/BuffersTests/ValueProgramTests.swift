import Buffers
import Support
import Testing

/// Random writes, beside a tree that remembers what was written.
struct ValueProgramTests {
    private indirect enum Tree: Equatable {
        case null, integer(Int), string([UInt8]), list([Tree]), record([[UInt8]], [Tree])
    }

    private func write(_ out: ValueBuffer, _ depth: Int, _ dice: inout Dice) -> Tree {
        let bytes = (0..<Int.random(in: 0...20, using: &dice)).map { _ in
            UInt8.random(in: 0...255, using: &dice)
        }
        switch Int.random(in: 0..<(depth > 4 ? 3 : 5), using: &dice) {
        case 0:
            out.putNull()
            return .null
        case 1:
            let number = Int(truncatingIfNeeded: dice.next())
            out.put(number)
            return .integer(number)
        case 2:
            out.put(bytes: bytes)
            return .string(bytes)
        case 3:
            var list: [Tree] = []
            out.putArray {
                for _ in 0..<Int.random(in: 0...4, using: &dice) {
                    list.append(write(out, depth + 1, &dice))
                }
                return list.count
            }
            return .list(list)
        default:
            var (keys, values) = ([[UInt8]](), [Tree]())
            out.putRecord {
                for index in 0..<Int.random(in: 0...4, using: &dice) {
                    keys.append(bytes + [UInt8(index)])
                    out.put(bytes: keys[index])
                    values.append(write(out, depth + 1, &dice))
                }
                return keys.count
            }
            return .record(keys, values)
        }
    }

    private func read(_ value: Value) -> Tree? {
        switch value.kind {
        case .null: .null
        case .integer: value.integer.map { .integer($0) }
        case .string: value.bytes.map { .string($0) }
        case .array: .list(value.elements.compactMap(read))
        case .record:
            .record(
                value.fields.compactMap(\.key.bytes),
                value.fields.compactMap { read($0.value) }
            )
        default: nil
        }
    }

    @Test func `whatever is written, cut back, copied and written again is read as it was`() {
        var dice = Dice(for: "values")
        let (out, other) = (ValueBuffer(), ValueBuffer())
        var expected: [Tree] = []
        var places: [Int] = []
        for round in 0..<Dice.rounds {
            switch Int.random(in: 0..<10, using: &dice) {
            case 0 where !places.isEmpty:
                let count = Int.random(in: 0..<places.count, using: &dice)
                out.truncate(to: places[count])
                (expected, places) = (Array(expected[..<count]), Array(places[..<count]))
            case 1:
                out.clear()
                (expected, places) = ([], [])
            case 2:
                other.clear()
                let tree = write(other, 0, &dice)
                guard let root = other.root else { continue }
                places.append(out.byteCount)
                out.put(root)
                expected.append(tree)
            default:
                places.append(out.byteCount)
                expected.append(write(out, 0, &dice))
            }
            if round % 8 == 0 {
                #expect(
                    out.values.compactMap(read) == expected,
                    "VMOON_SEED=\(Dice.seed), \(round)"
                )
            }
        }
    }
}
