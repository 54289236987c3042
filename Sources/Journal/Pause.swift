internal import Glibc

/// Waiting, on a thread of the journal's own.
enum Pause {
    static func milliseconds(_ count: UInt32) { if count > 0 { usleep(count * 1000) } }
}
