internal import Changes
internal import Text
internal import Transport

/// The loop of a run, as changes see it.
final class RunLoop: ChangeLoop {
    private let multi: Multi
    private let wallClock: () -> Duration

    init(_ multi: Multi, _ wallClock: @escaping () -> Duration) {
        self.multi = multi
        self.wallClock = wallClock
    }

    var now: Duration { multi.now }
    var wallTime: Int64 { wallClock().wholeMilliseconds }

    func after(_ delay: Duration, _ action: @escaping () -> Void) -> Cancellation {
        let timer = multi.after(delay, action)
        return { [multi] in multi.cancel(timer) }
    }

    func watch(_ descriptor: Int32, _ action: @escaping () -> Void) {
        multi.watch(descriptor, for: .readable, action)
    }
}
