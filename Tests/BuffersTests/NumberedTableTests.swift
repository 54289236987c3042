import Buffers
import Support
import Testing

/// Values by number.
@Suite struct NumberedTableTests {
    @Test func `no number is given twice`() {
        var table = NumberedTable<String>()
        let (one, two) = (table.add("one"), table.add("two"))
        #expect([one, two] == [1, 2] && table.values == ["one", "two"])
        #expect(table.remove(two) == "two" && table[two] == nil && table.remove(two) == nil)
        #expect(table.add("three") == 3 && table.last == 3 && table.count == 2)
        table.removeAll()
        #expect(table.isEmpty && table.add("four") == 4)
    }

    @Test func `a value is replaced, and one that was removed stays away`() {
        var table = NumberedTable<String>()
        let one = table.add("one")
        table[one] = "uno"
        #expect(table[one] == "uno")
        table[one] = nil
        table[one] = "again"
        table[7] = "never given"
        #expect(table[one] == nil && table[7] == nil && table.isEmpty)
    }

    @Test func `it is like a dictionary`() {
        var dice = Dice(for: "numbers")
        var table = NumberedTable<UInt64>()
        var known: [UInt64: UInt64] = [:]
        for round in 0..<20_000 {
            // It grows, and shrinks again.
            let grows = round % 4_000 < 2_000 ? 3 : 1
            if UInt64.random(in: 0..<4, using: &dice) < grows {
                let value = dice.next()
                known[table.add(value)] = value
            } else {
                let number = UInt64.random(in: 0...table.last, using: &dice)
                #expect(table.remove(number) == known.removeValue(forKey: number))
            }
            let number = UInt64.random(in: 0...(table.last + 1), using: &dice)
            #expect(table[number] == known[number])
            #expect(table.count == known.count)
        }
        #expect(table.values == known.sorted { $0.key < $1.key }.map(\.value))
    }
}
