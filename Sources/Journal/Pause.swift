internal import Glibc

/// Waits on a thread of the journal's own, never on the loop's.
enum Pause {
    static func milliseconds(_ count: UInt32) { if count > 0 { usleep(count * 1000) } }
}
