internal import Buffers
import CCurlShims

/// The events for which a descriptor is watched.
public struct Events: OptionSet, Sendable, Hashable {
    /// The bits of poll(2).
    public let rawValue: Int16

    /// Makes a set from the bits of poll(2).
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Data can be read, or the other end is closed.
    public static let readable = Events(rawValue: Int16(VM_CURL_READABLE))
    /// Data can be written, or the other end is closed.
    public static let writable = Events(rawValue: Int16(VM_CURL_WRITABLE))
}

/// Identifies a watched descriptor of a `Multi`.
public struct WatchID: Hashable, Sendable {
    let number: UInt64
}

/// The descriptors that are waited for besides the transfers; the first one wakes the loop.
struct WatchList {
    private var numbers: [UInt64] = [0]
    private var entries: [vm_curl_watch]
    private var actions = NumberedTable<() -> Void>()

    init(wakeDescriptor: Int32) {
        entries = [
            vm_curl_watch(descriptor: wakeDescriptor, events: Events.readable.rawValue, found: 0)
        ]
    }

    var isEmpty: Bool { actions.isEmpty }

    mutating func add(_ descriptor: Int32, _ events: Events, _ action: @escaping () -> Void)
        -> WatchID
    {
        let number = actions.add(action)
        numbers.append(number)
        entries.append(vm_curl_watch(descriptor: descriptor, events: events.rawValue, found: 0))
        return WatchID(number: number)
    }

    mutating func remove(_ watch: WatchID) {
        guard actions.remove(watch.number) != nil,
            let at = numbers.firstIndex(of: watch.number)
        else { return }
        numbers.remove(at: at)
        entries.remove(at: at)
    }

    /// The action of a watch, unless it was removed.
    func action(of watch: WatchID) -> (() -> Void)? { actions[watch.number] }

    /// Waits for the descriptors and, through libcurl, the transfers.
    /// - Returns: Whether the loop was woken, and the watches with events.
    mutating func wait(
        with multi: UnsafeMutableRawPointer?,
        milliseconds: Int32
    ) throws(TransportError) -> (isWoken: Bool, ready: [WatchID]) {
        let hangups = !isEmpty
        let code = entries.withUnsafeMutableBufferPointer { list in
            vm_curl_wait(
                multi,
                list.baseAddress,
                UInt32(list.count),
                milliseconds,
                hangups
            )
        }
        guard code == CURLM_OK else { throw .loop(code) }
        var ready: [WatchID] = []
        if hangups {
            for at in entries.indices.dropFirst() where entries[at].found != 0 {
                ready.append(WatchID(number: numbers[at]))
            }
        }
        return (entries[0].found != 0, ready)
    }
}
