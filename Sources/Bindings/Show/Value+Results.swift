internal import Buffers

extension Value {
    /// The elements of what `parallel` and `table.pack` return, a list with its length as `n`; nil for anything else, and
    /// for one with holes.
    var packed: [Value]? {
        guard kind == .record, let count = self["n"]?.integer, count == self.count - 1 else {
            return nil
        }
        // A key that is no string comes as its text.
        let found = (0..<count).compactMap { self["[\($0 + 1)]"] }
        return found.count == count ? found : nil
    }

    /// Whether it is a table without anything in it.
    var isEmptyList: Bool { (kind == .array || kind == .record) && count == 0 }

    /// The same as a list; nil for an empty one too, which may be a record with a field `n`.
    var packedList: Value? {
        guard let packed, !packed.isEmpty else { return nil }
        let out = ValueBuffer()
        out.putArray {
            for value in packed { out.put(value) }
            return packed.count
        }
        return out.root
    }
}
