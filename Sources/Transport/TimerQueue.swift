internal import Buffers

/// Identifies a timer of a `Multi`.
public struct TimerID: Hashable, Sendable {
    let number: UInt64
}

/// Actions with their due times: a heap ordered by time, then by the order in which they were
/// added.
///
/// A cancelled timer remains in the heap, without its action, until it is due or half of the heap is
/// cancelled; so adding and cancelling remain cheap with ten thousand sleeping tasks.
struct TimerQueue {
    private struct Entry {
        let due: Int64
        let number: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            left.due == right.due ? left.number < right.number : left.due < right.due
        }
    }

    private var heap: [Entry] = []
    private var actions = NumberedTable<() -> Void>()

    /// A mark: timers added from now on come after it.
    var mark: TimerID { TimerID(number: actions.last) }

    mutating func add(at due: Int64, _ action: @escaping () -> Void) -> TimerID {
        let number = actions.add(action)
        heap.append(Entry(due: due, number: number))
        siftUp(heap.count - 1)
        return TimerID(number: number)
    }

    mutating func remove(_ timer: TimerID) {
        guard actions.remove(timer.number) != nil else { return }
        guard heap.count > 64, actions.count < heap.count / 2 else { return }
        // A sorted array is a heap.
        heap = heap.filter { actions[$0.number] != nil }.sorted(by: <)
    }

    /// The due time of the next timer; nil without timers.
    mutating func nextDue() -> Int64? {
        while let first = heap.first, actions[first.number] == nil { removeFirst() }
        return heap.first?.due
    }

    /// Removes the next timer that is due at `time` and was added before `mark`, and returns its action.
    mutating func takeDue(at time: Int64, before mark: TimerID) -> (() -> Void)? {
        guard let due = nextDue(), due <= time, let first = heap.first, first.number <= mark.number
        else { return nil }
        removeFirst()
        return actions.remove(first.number)
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var at = 0
        while true {
            var least = at
            let left = 2 * at + 1
            if left < heap.count, heap[left] < heap[least] { least = left }
            if left + 1 < heap.count, heap[left + 1] < heap[least] { least = left + 1 }
            guard least != at else { return }
            heap.swapAt(at, least)
            at = least
        }
    }

    private mutating func siftUp(_ start: Int) {
        var at = start
        while at > 0, heap[at] < heap[(at - 1) / 2] {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }
}
