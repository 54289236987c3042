internal import Changes
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// The loop of a run, as changes see it.
final class RunLoop: ChangeLoop {
    private let multi: Multi

    init(_ multi: Multi) { self.multi = multi }

    var now: Duration { multi.now }
    var wallTime: Int64 { WallClock.now().wholeMilliseconds }

    func after(_ delay: Duration, _ action: @escaping () -> Void) -> Cancellation {
        let timer = multi.after(delay, action)
        return { [multi] in multi.cancel(timer) }
    }

    func watch(_ descriptor: Int32, _ action: @escaping () -> Void) {
        multi.watch(descriptor, for: .readable, action)
    }
}
