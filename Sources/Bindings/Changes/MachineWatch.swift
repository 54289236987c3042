internal import Transport
internal import VSphere

/// Looks at a machine until it is known what became of a change of it.
final class MachineWatch {
    private let goal: MachineGoal
    private let vm: String
    private let reader: ItemReader
    private let multi: Multi
    private let isExpired: Bool
    private let end: (ChangeVerdict) -> Void
    private var timer: TimerID?
    private var delay: Duration = .seconds(1)
    private var lastLook: Duration = .zero

    /// Makes a watch.
    /// - Parameters:
    ///   - goal: What is to be seen.
    ///   - vm: The machine.
    ///   - reader: Asks the vCenter.
    ///   - multi: The loop.
    ///   - isExpired: Whether the time of the request is over already.
    ///   - end: Told the verdict; not called after `cancel`.
    init(
        _ goal: MachineGoal,
        of vm: String,
        reader: ItemReader,
        multi: Multi,
        isExpired: Bool = false,
        end: @escaping (ChangeVerdict) -> Void
    ) {
        self.goal = goal
        self.vm = vm
        self.reader = reader
        self.multi = multi
        self.isExpired = isExpired
        self.end = end
    }

    /// Begins.
    /// - Parameter time: How long to look at most, once at least.
    func start(for time: Duration) {
        lastLook = multi.now + time
        look()
    }

    /// Gives up.
    func cancel() {
        if let timer { multi.cancel(timer) }
        timer = nil
        reader.cancel()
    }

    private func look() {
        reader.ask([.init(goal.question, vm)]) { [self] answers in
            let rest = lastLook - multi.now
            let wait = rest > .zero ? min(delay, rest) : nil
            switch goal.next(goal.sight(answers[0]), nextWait: wait, isExpired: isExpired) {
            case .conclude(let verdict): end(verdict)
            default:
                delay = min(delay * 2, .seconds(16))
                timer = multi.after(wait ?? .zero) { [self] in
                    timer = nil
                    look()
                }
            }
        }
    }
}
